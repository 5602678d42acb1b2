//! The licence of our metadata and the terms for files.

use async_graphql::SimpleObject;

/// The licence of our metadata, CC0 1.0: everybody may use them without conditions.
pub const METADATA_LICENSE: &str = "https://creativecommons.org/publicdomain/zero/1.0/";

/// The terms for the files and their texts.
pub const FILE_TERMS: &str = "The file belongs to its maker. It is shown as the authority published it; who spreads it further \
                              asks whose it is.";

/// The rights to a document: our description is free, and the file belongs to its maker.
#[derive(Clone, Debug, SimpleObject)]
pub struct Rights {
    /// The licence of our description, as a URL (CC0 1.0).
    metadata_license: &'static str,
    /// The terms for the file and its text, in words.
    file_terms: &'static str,
}

impl Default for Rights {
    fn default() -> Self {
        Self { metadata_license: METADATA_LICENSE, file_terms: FILE_TERMS }
    }
}
