//! The entries of a council's registers: proposals, decisions, commitments, questions, and the rest.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    AgendaItem, Authority, Document, Meeting, MotionKind, Named, Outcome, VoteEvent, YesNo,
    id::{Id, Kind, OfKind},
    time::When,
};

/// The fields that every register entry has, motions included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// The name of the register ("Ingekomen stukken").
    pub register: Option<String>,
    /// The supplier's words for this sort of entry ("Motie vreemd").
    pub type_words: Option<String>,
    /// The title of the entry as published.
    pub title: Option<String>,
    /// The number or reference of the entry.
    pub number: Option<String>,
    /// The date the register keeps: of submission, receipt or decision.
    pub date: Option<When>,
    /// The date by which it should be dealt with.
    pub due: Option<When>,
    /// The date on which it was dealt with.
    pub settled: Option<When>,
    /// The dictum or explanation, as plain text.
    pub description: Option<String>,
    /// The status, in the supplier's words.
    pub status_words: Option<String>,
    /// The meeting in which it was treated.
    pub meeting: Option<Id<Meeting>>,
    /// The agenda items under which it was treated.
    #[serde(default)]
    pub agenda_items: Vec<Id<AgendaItem>>,
    /// The agenda item in the supplier's words, if the register gives no id.
    pub agenda_words: Option<String>,
    /// Its documents, the main one first.
    #[serde(default)]
    pub documents: Vec<Id<Document>>,
    /// The time at which the supplier last changed it.
    pub modified: Option<When>,
    /// The page of the entry at the supplier.
    pub page: Option<Url>,
}

/// A proposal put to a council for decision (Dutch: raadsvoorstel, statenvoorstel).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// The id of this proposal.
    pub id: Id<Proposal>,
    /// The authority whose council decides.
    pub authority: Id<Authority>,
    /// The fields that all register entries share.
    #[serde(flatten)]
    pub entry: Registered,
    /// The outcome of the proposal, if known.
    pub outcome: Option<Outcome>,
    /// The office-holder who answers for it (portefeuillehouder).
    pub holder: Option<Named>,
}

/// A decision of a council (Dutch: besluit).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The id of this decision.
    pub id: Id<Decision>,
    /// The authority whose council decided.
    pub authority: Id<Authority>,
    /// The fields that all register entries share.
    #[serde(flatten)]
    pub entry: Registered,
    /// The proposal that was decided.
    pub proposal: Option<Id<Proposal>>,
    /// The outcome of the decision, if known.
    pub outcome: Option<Outcome>,
    /// The vote by which it was decided.
    pub vote: Option<Id<VoteEvent>>,
}

/// A promise of an executive to a council (Dutch: toezegging).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Commitment {
    /// The id of this commitment.
    pub id: Id<Commitment>,
    /// The authority whose council got the promise.
    pub authority: Id<Authority>,
    /// The fields that all register entries share.
    #[serde(flatten)]
    pub entry: Registered,
    /// The office-holder who made the promise.
    pub holder: Option<Named>,
    /// The register's statement whether the promise was kept.
    pub fulfilled: Option<YesNo>,
}

/// Questions of members in writing, with the answer (Dutch: schriftelijke vragen).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WrittenQuestion {
    /// The id of this question.
    pub id: Id<WrittenQuestion>,
    /// The authority whose members asked.
    pub authority: Id<Authority>,
    /// The fields that all register entries share. `settled` is the date of the answer.
    #[serde(flatten)]
    pub entry: Registered,
    /// The members who asked the questions.
    #[serde(default)]
    pub askers: Vec<Named>,
    /// The parties that asked the questions.
    #[serde(default)]
    pub parties: Vec<Named>,
    /// The documents with the answer.
    #[serde(default)]
    pub answers: Vec<Id<Document>>,
}

/// An entry of a register that is none of the others: an incoming letter, a report, a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterEntry {
    /// The id of this entry.
    pub id: Id<RegisterEntry>,
    /// The authority that keeps the register.
    pub authority: Id<Authority>,
    /// The fields that all register entries share.
    #[serde(flatten)]
    pub entry: Registered,
}

impl OfKind for Proposal {
    const KIND: Kind = Kind::Proposal;
}

impl OfKind for Decision {
    const KIND: Kind = Kind::Decision;
}

impl OfKind for Commitment {
    const KIND: Kind = Kind::Commitment;
}

impl OfKind for WrittenQuestion {
    const KIND: Kind = Kind::WrittenQuestion;
}

impl OfKind for RegisterEntry {
    const KIND: Kind = Kind::RegisterEntry;
}

/// The kinds of register entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A motion or an amendment, told apart.
    Motion(MotionKind),
    /// A proposal to the council.
    Proposal,
    /// A decision of the council.
    Decision,
    /// A commitment of the executive (toezegging).
    Commitment,
    /// A question of members in writing.
    WrittenQuestion,
    /// An entry of any other sort.
    Other,
}

impl EntryKind {
    /// Derives the kind from the supplier's words for this sort of entry or, if these do not tell, from the
    /// register's name.
    pub fn of_words(type_words: Option<&str>, register: Option<&str>) -> Self {
        match Self::of_phrase(type_words.unwrap_or_default()) {
            Self::Other if type_words.is_none_or(|words| words.trim().is_empty()) => {
                Self::of_phrase(register.unwrap_or_default())
            }
            kind => kind,
        }
    }

    /// Derives the kind from one phrase.
    pub fn of_phrase(words: &str) -> Self {
        let words = words.to_lowercase();
        // Lists, letters and the handling of a motion mention decisions and motions without being any.
        if crate::plain::contains_any(
            &words,
            &[
                "besluitenlijst",
                "besluitlijst",
                "afsprakenlijst",
                "stemlijst",
                "brief",
                "brieven",
                "memo",
                "afdoening",
                "verslag",
                "ingekomen",
            ],
        ) {
            Self::Other
        } else if crate::plain::contains_any(&words, &["amendement", "amendemint"])
            && !crate::plain::contains_any(&words, &["motie", "moasje"])
        {
            Self::Motion(MotionKind::Amendment)
        } else if crate::plain::contains_any(&words, &["motie", "moasje"]) {
            Self::Motion(MotionKind::Motion)
        } else if crate::plain::contains_any(&words, &["toezegging", "tasizzing"]) {
            Self::Commitment
        } else if crate::plain::contains_any(
            &words,
            &["schriftelijke vra", "raadsvra", "statenvra", "vragen van raadsleden", "artikel"],
        ) && !crate::plain::contains_any(&words, &["technische"])
        {
            Self::WrittenQuestion
        } else if crate::plain::contains_any(
            &words,
            &["raadsvoorstel", "statenvoorstel", "steateútstel", "initiatiefvoorstel", "ab-voorstel"],
        ) {
            Self::Proposal
        } else if crate::plain::contains_any(&words, &["raadsbesluit", "statenbesluit", "ab-besluit"])
            || words == "besluiten"
        {
            Self::Decision
        } else {
            Self::Other
        }
    }

    /// The kind of entity that such an entry becomes.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Motion(_) => Kind::Motion,
            Self::Proposal => Kind::Proposal,
            Self::Decision => Kind::Decision,
            Self::Commitment => Kind::Commitment,
            Self::WrittenQuestion => Kind::WrittenQuestion,
            Self::Other => Kind::RegisterEntry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_is_stands_in_its_type_or_in_the_name_of_its_register() {
        let check =
            |words, register, expected| assert_eq!(EntryKind::of_words(words, Some(register)), expected);
        check(Some("Motie vreemd"), "Moties", EntryKind::Motion(MotionKind::Motion));
        check(Some("Toezegging"), "Moties", EntryKind::Commitment);
        check(None, "1.2 Amendementen", EntryKind::Motion(MotionKind::Amendment));
        check(None, "Schriftelijke vragen", EntryKind::WrittenQuestion);
        check(None, "Moties en amendementen", EntryKind::Motion(MotionKind::Motion));
        check(Some("Amendement"), "Moties en amendementen", EntryKind::Motion(MotionKind::Amendment));
        check(None, "Motielijst", EntryKind::Motion(MotionKind::Motion));
        check(None, "Toezeggingenlijst", EntryKind::Commitment);
        check(None, "Technische vragen", EntryKind::Other);
        check(None, "Raadsvoorstellen", EntryKind::Proposal);
        check(None, "Besluitenlijsten B&W", EntryKind::Other);
        check(None, "Raadsbesluiten", EntryKind::Decision);
        check(Some("Raadsbrief"), "Moties", EntryKind::Other);
        check(Some(" "), "Toezeggingen", EntryKind::Commitment);
    }
}
