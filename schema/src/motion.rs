//! What was put forward: motions and amendments, and what became of them.

use serde::{Deserialize, Serialize};

use crate::{
    Authority, Registered,
    id::{EntityId, Id, Kind, OfKind},
};

/// A motion or an amendment (Dutch: motie, amendement). Its status words say what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Motion {
    /// Its id.
    pub id: Id<Motion>,
    /// In whose council.
    pub authority: Id<Authority>,
    /// Motion or amendment.
    pub kind: Option<MotionKind>,
    /// What it has in common with the other entries of registers.
    #[serde(flatten)]
    pub entry: Registered,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// What the register says of the vote, as plain text, never interpreted.
    pub vote_summary: Option<String>,
    /// Who put it forward.
    #[serde(default)]
    pub proposers: Vec<Named>,
    /// Who signed with them.
    #[serde(default)]
    pub co_proposers: Vec<Named>,
    /// The parties that put it forward.
    #[serde(default)]
    pub parties: Vec<Named>,
}

impl OfKind for Motion {
    const KIND: Kind = Kind::Motion;
}

/// Motion or amendment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MotionKind {
    /// Asks something of the executive.
    Motion,
    /// Changes a proposal.
    Amendment,
}

/// What became of a motion, an amendment or a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Aangenomen.
    Adopted,
    /// Verworpen.
    Rejected,
    /// Ingetrokken.
    Withdrawn,
    /// Aangehouden.
    HeldOver,
    /// Anything else the supplier says; its words are kept.
    Other,
}

impl Outcome {
    /// The outcome named by the supplier's words (Dutch, Frisian, or the votings API's English). `None` for silence.
    pub fn of_words(words: &str) -> Option<Self> {
        let words = words.trim().to_lowercase();
        let has = |known: &[&str]| known.iter().any(|word| words.contains(word));
        if words.is_empty() {
            None
        } else if has(&["ingetrokken", "ynlutsen", "withdrawn"]) {
            Some(Self::Withdrawn)
        } else if has(&["aangehouden", "oanhâlden", "held over"]) {
            Some(Self::HeldOver)
        } else if has(&["niet aangenomen", "verworpen", "fersmiten", "rejected"]) {
            Some(Self::Rejected)
        } else if has(&["aangenomen", "oannommen", "adopted", "accepted"]) {
            Some(Self::Adopted)
        } else {
            Some(Self::Other)
        }
    }
}

/// A person or party as a register names them: the words always, the id where the register gives one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// The words.
    pub name: Option<String>,
    /// Whom they name.
    pub id: Option<EntityId>,
}

impl Named {
    /// Somebody of whom only the words are known.
    pub fn words(name: impl Into<String>) -> Self {
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
