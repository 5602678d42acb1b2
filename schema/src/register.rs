//! The entries of a council's registers: proposals, decisions, commitments, questions, and the rest.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    AgendaItem, Authority, Document, Meeting, MotionKind, Named, Outcome, VoteEvent, YesNo,
    id::{Id, Kind, OfKind},
    time::When,
};

/// What every entry of a register has, motions included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// The name of the register ("Ingekomen stukken").
    pub register: Option<String>,
    /// What the supplier calls this sort of entry ("Motie vreemd").
    pub type_words: Option<String>,
    /// The title as published.
    pub title: Option<String>,
    /// Its number or reference.
    pub number: Option<String>,
    /// The date the register keeps: of submission, receipt or decision.
    pub date: Option<When>,
    /// The date by which it should be dealt with.
    pub due: Option<When>,
    /// The date on which it was dealt with.
    pub settled: Option<When>,
    /// The dictum or explanation, as plain text.
    pub description: Option<String>,
    /// How it stands, in the supplier's words.
    pub status_words: Option<String>,
    /// The meeting in which it was treated.
    pub meeting: Option<Id<Meeting>>,
    /// The agenda items under which it was treated.
    #[serde(default)]
    pub agenda_items: Vec<Id<AgendaItem>>,
    /// Where it was treated, in the supplier's words, where it gives no id.
    pub agenda_words: Option<String>,
    /// Its documents, the main one first.
    #[serde(default)]
    pub documents: Vec<Id<Document>>,
    /// When the supplier last changed it.
    pub modified: Option<When>,
    /// Where the supplier publishes it.
    pub page: Option<Url>,
}

/// What is put to a council for decision (Dutch: raadsvoorstel, statenvoorstel).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Its id.
    pub id: Id<Proposal>,
    /// To whose council.
    pub authority: Id<Authority>,
    /// What it has in common with the other entries of registers.
    #[serde(flatten)]
    pub entry: Registered,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// The office-holder who answers for it (portefeuillehouder).
    pub holder: Option<Named>,
}

/// What a council decided (Dutch: besluit).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Its id.
    pub id: Id<Decision>,
    /// Whose council.
    pub authority: Id<Authority>,
    /// What it has in common with the entries of registers.
    #[serde(flatten)]
    pub entry: Registered,
    /// The proposal that was decided.
    pub proposal: Option<Id<Proposal>>,
    /// What was decided.
    pub outcome: Option<Outcome>,
    /// The vote by which.
    pub vote: Option<Id<VoteEvent>>,
}

/// What an executive promised a council (Dutch: toezegging).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Commitment {
    /// Its id.
    pub id: Id<Commitment>,
    /// To whose council.
    pub authority: Id<Authority>,
    /// What it has in common with the other entries of registers.
    #[serde(flatten)]
    pub entry: Registered,
    /// The office-holder who made it.
    pub holder: Option<Named>,
    /// Whether it was kept, where the register says so.
    pub fulfilled: Option<YesNo>,
}

/// What members asked in writing, and the answer (Dutch: schriftelijke vragen).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WrittenQuestion {
    /// Its id.
    pub id: Id<WrittenQuestion>,
    /// In whose council.
    pub authority: Id<Authority>,
    /// What it has in common with the other entries of registers. It was settled when it was answered.
    #[serde(flatten)]
    pub entry: Registered,
    /// The members who asked.
    #[serde(default)]
    pub askers: Vec<Named>,
    /// The parties that asked.
    #[serde(default)]
    pub parties: Vec<Named>,
    /// The documents that answer it.
    #[serde(default)]
    pub answers: Vec<Id<Document>>,
}

/// An entry of a register that is none of the others: an incoming letter, a report, a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterEntry {
    /// Its id.
    pub id: Id<RegisterEntry>,
    /// In whose register.
    pub authority: Id<Authority>,
    /// What it has in common with the other entries of registers.
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

/// Which sort of thing an entry of a register is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A motion or an amendment.
    Motion(MotionKind),
    /// A proposal to the council.
    Proposal,
    /// A decision of the council.
    Decision,
    /// A commitment of the executive.
    Commitment,
    /// A question in writing.
    WrittenQuestion,
    /// Anything else.
    Other,
}

impl EntryKind {
    /// Told from what the supplier calls this sort of entry or, where that says nothing, from the register's name.
    pub fn of_words(type_words: Option<&str>, register: Option<&str>) -> Self {
        let of = |words: Option<&str>| Self::of_phrase(words.unwrap_or_default());
        match of(type_words) {
            Self::Other if type_words.is_none_or(|words| words.trim().is_empty()) => of(register),
            kind => kind,
        }
    }

    /// Told from one phrase.
    pub fn of_phrase(words: &str) -> Self {
        let words = words.to_lowercase();
        let has = |known: &[&str]| known.iter().any(|word| words.contains(word));
        // Lists and letters speak of decisions and motions without being any; so does the handling of a motion.
        if has(&[
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
        ]) {
            Self::Other
        } else if has(&["amendement", "amendemint"]) && !has(&["motie", "moasje"]) {
            Self::Motion(MotionKind::Amendment)
        } else if has(&["motie", "moasje"]) {
            Self::Motion(MotionKind::Motion)
        } else if has(&["toezegging", "tasizzing"]) {
            Self::Commitment
        } else if has(&["schriftelijke vra", "raadsvra", "statenvra", "vragen van raadsleden", "artikel"])
            && !has(&["technische"])
        {
            Self::WrittenQuestion
        } else if has(&[
            "raadsvoorstel",
            "statenvoorstel",
            "steateútstel",
            "initiatiefvoorstel",
            "ab-voorstel",
        ]) {
            Self::Proposal
        } else if has(&["raadsbesluit", "statenbesluit", "ab-besluit"]) || words == "besluiten" {
            Self::Decision
        } else {
            Self::Other
        }
    }

    /// The kind of entity.
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
