//! What may be done with what is published here.

use async_graphql::SimpleObject;

/// Under which licence our metadata are given: everybody may do anything with them.
pub const METADATA_LICENSE: &str = "https://creativecommons.org/publicdomain/zero/1.0/";

/// What holds for files.
pub const FILE_TERMS: &str = "The file belongs to its maker. It is shown as the authority published it; who spreads it further \
                              asks whose it is.";

/// What may be done with a document: our description of it is free, the file is its maker's.
#[derive(Clone, Debug, SimpleObject)]
pub struct Rights {
    /// The licence of what we say of it, as a URL (CC0 1.0).
    metadata_license: &'static str,
    /// What holds for the file and its text.
    file_terms: &'static str,
}

impl Default for Rights {
    fn default() -> Self {
        Self { metadata_license: METADATA_LICENSE, file_terms: FILE_TERMS }
    }
}
