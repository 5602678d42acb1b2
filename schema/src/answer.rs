//! Yes or no, where a third answer is that nobody says.

use serde::{Deserialize, Serialize};

/// Yes or no. A plain flag that is absent means no; an answer that is absent means that nobody gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum YesNo {
    /// It is so.
    Yes,
    /// It is not so.
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
