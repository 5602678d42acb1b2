//! What was put forward: motions and amendments, and the other entries of a council's registers.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    AgendaItem, Authority, Document,
    id::{EntityId, Id, Kind, OfKind},
    time::When,
};

/// A motion or an amendment (Dutch: motie, amendement).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Motion {
    /// Its id.
    pub id: Id<Motion>,
    /// In whose council.
    pub authority: Id<Authority>,
    /// Motion or amendment.
    pub kind: Option<MotionKind>,
    /// What the supplier calls this sort ("Motie vreemd").
    pub type_words: Option<String>,
    /// The title as published.
    pub name: Option<String>,
    /// Its number in the register.
    pub number: Option<String>,
    /// The day it was put forward or decided, whichever the register keeps.
    pub date: Option<When>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// What became of it, in the supplier's words.
    pub outcome_words: Option<String>,
    /// The dictum or explanation, as plain text.
    pub explanation: Option<String>,
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
    /// The agenda items under which it was treated.
    #[serde(default)]
    pub agenda_items: Vec<Id<AgendaItem>>,
    /// Its documents, the main one first.
    #[serde(default)]
    pub documents: Vec<Id<Document>>,
    /// The name of the register.
    pub register: Option<String>,
    /// When the supplier last changed it.
    pub modified: Option<When>,
    /// Where the supplier publishes it.
    pub page: Option<Url>,
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

/// An entry of a register that is neither motion nor amendment: an incoming letter, a commitment, a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterEntry {
    /// Its id.
    pub id: Id<RegisterEntry>,
    /// In whose register.
    pub authority: Id<Authority>,
    /// The name of the register ("Ingekomen stukken").
    pub register: Option<String>,
    /// What the supplier calls this sort of entry.
    pub type_words: Option<String>,
    /// The title as published.
    pub title: Option<String>,
    /// Its number or reference.
    pub number: Option<String>,
    /// The date the register keeps.
    pub date: Option<When>,
    /// The date by which it was or will be dealt with.
    pub settled: Option<When>,
    /// The explanation, as plain text.
    pub description: Option<String>,
    /// How it stands, in the supplier's words.
    pub status_words: Option<String>,
    /// The agenda items under which it was treated.
    #[serde(default)]
    pub agenda_items: Vec<Id<AgendaItem>>,
    /// Its documents, the main one first.
    #[serde(default)]
    pub documents: Vec<Id<Document>>,
    /// When the supplier last changed it.
    pub modified: Option<When>,
    /// Where the supplier publishes it.
    pub page: Option<Url>,
}

impl OfKind for RegisterEntry {
    const KIND: Kind = Kind::RegisterEntry;
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
