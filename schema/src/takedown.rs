//! Taking something down for good, and what is said of what is gone.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EntityId, Gone};

/// Why an operator took something down. It is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakedownReason {
    /// It tells of somebody what need not be public.
    Privacy,
    /// Its maker does not allow it to be spread.
    Copyright,
    /// A court ordered it.
    Court,
}

impl TakedownReason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Privacy, Self::Copyright, Self::Court];

    /// The word that stands for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Copyright => "copyright",
            Self::Court => "court",
        }
    }
}

impl fmt::Display for TakedownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for TakedownReason {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|reason| reason.word() == text);
        found.ok_or_else(|| format!("{text:?} is none of privacy, copyright, court"))
    }
}

/// Something that an operator took down. Nothing of it is kept, nothing of it enters again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Takedown {
    /// What.
    pub id: EntityId,
    /// Why.
    pub reason: TakedownReason,
    /// When.
    pub at: Timestamp,
    /// The SHA-256 of the files that went with it. A file read later with one of them is taken down too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// What is left of a thing that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// What it was.
    pub id: EntityId,
    /// How it went.
    pub gone: Gone,
    /// Why it was taken down, where it was itself. What hung from something that was taken down has no reason of its own.
    pub reason: Option<TakedownReason>,
    /// Since when.
    pub since: Timestamp,
}
