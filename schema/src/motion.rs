//! Motions and amendments, and their outcomes.

use serde::{Deserialize, Serialize};

use crate::{
    Authority, Registered,
    id::{EntityId, Id, Kind, OfKind},
};

/// A motion or an amendment (Dutch: motie, amendement). Its status words tell its outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Motion {
    /// The id of this motion.
    pub id: Id<Motion>,
    /// The authority whose council dealt with it.
    pub authority: Id<Authority>,
    /// The kind: motion or amendment.
    pub kind: Option<MotionKind>,
    /// The fields that all register entries share.
    #[serde(flatten)]
    pub entry: Registered,
    /// The outcome of the motion, if known.
    pub outcome: Option<Outcome>,
    /// The register's summary of the vote, as plain text, never interpreted.
    pub vote_summary: Option<String>,
    /// The persons or parties that put it forward.
    #[serde(default)]
    pub proposers: Vec<Named>,
    /// The persons who signed with the proposers.
    #[serde(default)]
    pub co_proposers: Vec<Named>,
    /// The parties that put it forward.
    #[serde(default)]
    pub parties: Vec<Named>,
}

impl OfKind for Motion {
    const KIND: Kind = Kind::Motion;
}

/// The two kinds: motion and amendment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MotionKind {
    /// A motion asks something of the executive.
    Motion,
    /// An amendment changes a proposal.
    Amendment,
}

/// The outcome of a motion, an amendment or a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The council adopted it (Dutch: aangenomen).
    Adopted,
    /// The council rejected it (Dutch: verworpen).
    Rejected,
    /// The proposers withdrew it (Dutch: ingetrokken).
    Withdrawn,
    /// The council held it over (Dutch: aangehouden).
    HeldOver,
    /// Any other outcome; the supplier's words are kept.
    Other,
}

impl Outcome {
    /// Derives the outcome from the supplier's words (Dutch, Frisian, or the votings API's English). `None`
    /// without words.
    pub fn of_words(words: &str) -> Option<Self> {
        let words = words.trim().to_lowercase();
        if words.is_empty() {
            None
        } else if crate::plain::contains_any(&words, &["ingetrokken", "ynlutsen", "withdrawn"]) {
            Some(Self::Withdrawn)
        } else if crate::plain::contains_any(&words, &["aangehouden", "oanhâlden", "held over"]) {
            Some(Self::HeldOver)
        } else if crate::plain::contains_any(
            &words,
            &["niet aangenomen", "verworpen", "fersmiten", "rejected"],
        ) {
            Some(Self::Rejected)
        } else if crate::plain::contains_any(&words, &["aangenomen", "oannommen", "adopted", "accepted"]) {
            Some(Self::Adopted)
        } else {
            Some(Self::Other)
        }
    }
}

/// A person or party as a register names it: always the words, and the id if the register gives one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// The name in the register's words.
    pub name: Option<String>,
    /// The person or party that the name means.
    pub id: Option<EntityId>,
}

impl Named {
    /// Makes a name without an id.
    pub fn from_text(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), id: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_told_from_dutch_frisian_and_english_words() {
        let check = |words: &str, expected| assert_eq!(Outcome::of_words(words), expected, "{words:?}");
        check("Aangenomen met 21 stemmen", Some(Outcome::Adopted));
        check("niet aangenomen", Some(Outcome::Rejected));
        check("verworpen", Some(Outcome::Rejected));
        check("Ingetrokken na aangenomen ordevoorstel", Some(Outcome::Withdrawn));
        check("Fersmiten", Some(Outcome::Rejected));
        check("adopted", Some(Outcome::Adopted));
        check("afgedaan", Some(Outcome::Other));
        check("  ", None);
    }
}
