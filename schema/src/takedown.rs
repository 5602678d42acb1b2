//! Takedowns, and the tombstones of entities that are gone.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EntityId, Gone};

/// The reason of a takedown. It is public.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum TakedownReason {
    /// The content concerns the privacy of a person and need not be public.
    Privacy,
    /// The maker does not allow its distribution.
    Copyright,
    /// A court ordered the takedown.
    Court,
}

impl TakedownReason {
    /// All reasons, in their order.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The word for it that is stored and printed.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl FromStr for TakedownReason {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().copied().find(|reason| reason.as_str() == text);
        found.ok_or_else(|| format!("{text:?} is none of privacy, copyright, court"))
    }
}

/// A record of an entity that an operator took down. Nothing of it is kept or enters again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Takedown {
    /// The entity that was taken down.
    pub id: EntityId,
    /// The reason of the takedown.
    pub reason: TakedownReason,
    /// The time of the takedown.
    pub at: Timestamp,
    /// The SHA-256 of the files taken down with it. A file read later with one of them is taken down too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// The public remains of an entity that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The id that the entity had.
    pub id: EntityId,
    /// The way in which it went.
    pub gone: Gone,
    /// The reason of its own takedown. An entity that went with another one has no reason of its own.
    pub reason: Option<TakedownReason>,
    /// The time at which it went.
    pub since: Timestamp,
}
