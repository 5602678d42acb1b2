//! How it was decided: votes as events, and what each member chose.

use serde::{Deserialize, Serialize};

use crate::{
    AgendaItem, Authority, Outcome, Person,
    id::{Id, Kind, OfKind},
};

/// One vote of a council about one thing (Dutch: stemming).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoteEvent {
    /// Its id.
    pub id: Id<VoteEvent>,
    /// In whose council.
    pub authority: Id<Authority>,
    /// The agenda item under which the vote was taken.
    pub agenda_item: Option<Id<AgendaItem>>,
    /// What the vote was about, as published.
    pub title: Option<String>,
    /// What the supplier calls the thing voted about (`motion`, `council_proposal`).
    pub type_words: Option<String>,
    /// The result.
    pub outcome: Option<Outcome>,
    /// The result in the supplier's words.
    pub outcome_words: Option<String>,
    /// The counts over the individual votes; absent when none were published.
    pub tally: Option<Tally>,
}

impl OfKind for VoteEvent {
    const KIND: Kind = Kind::VoteEvent;
}

/// The counts of a vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Votes in favour.
    pub favour: u32,
    /// Votes against.
    pub against: u32,
    /// Abstentions and blank votes.
    pub abstain: u32,
    /// Members who were not there.
    pub absent: u32,
    /// Votes of which the choice was published in words we do not know.
    pub unknown: u32,
}

impl Tally {
    /// The counts over `choices`.
    pub fn of(choices: impl IntoIterator<Item = Choice>) -> Self {
        let mut tally = Self::default();
        for choice in choices {
            match choice {
                Choice::Favour => tally.favour += 1,
                Choice::Against => tally.against += 1,
                Choice::Abstain => tally.abstain += 1,
                Choice::Absent => tally.absent += 1,
                Choice::Unknown => tally.unknown += 1,
            }
        }
        tally
    }
}

/// What one member chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// Its id.
    pub id: Id<Vote>,
    /// In whose council.
    pub authority: Id<Authority>,
    /// The vote of which this is one.
    pub event: Id<VoteEvent>,
    /// The supplier's anonymous key of the voter, the same in every vote.
    pub voter: Option<String>,
    /// Who it was, where that is public.
    pub person: Option<Id<Person>>,
    /// The choice.
    pub choice: Choice,
}

impl OfKind for Vote {
    const KIND: Kind = Kind::Vote;
}

/// The choices. `Unknown` is a published choice in words we do not know, never a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Voor.
    Favour,
    /// Tegen.
    Against,
    /// Onthouden or blanco.
    Abstain,
    /// Afwezig.
    Absent,
    /// Unknown words.
    Unknown,
}
