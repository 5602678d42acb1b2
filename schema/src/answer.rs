//! An answer of yes or no that may also be absent.

use serde::{Deserialize, Serialize};

/// Yes or no. An absent flag means no; an absent answer means that nobody gave one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum YesNo {
    /// The answer is yes, explicitly.
    Yes,
    /// The answer is no, explicitly.
    No,
}

impl From<bool> for YesNo {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}

impl From<YesNo> for bool {
    fn from(answer: YesNo) -> Self {
        answer == YesNo::Yes
    }
}
