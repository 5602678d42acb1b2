//! How it was decided: votes as events, and what each member chose.

use serde::{Deserialize, Serialize};

use crate::{
    AgendaItem, Authority, Meeting, Named, Outcome, Person,
    id::{EntityId, Id, Kind, OfKind},
    time::When,
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
    /// The meeting in which it was taken.
    pub meeting: Option<Id<Meeting>>,
    /// The motion, amendment or proposal that was voted about.
    pub about: Option<EntityId>,
    /// When it was taken.
    pub date: Option<When>,
    /// What the vote was about, as published.
    pub title: Option<String>,
    /// What the supplier calls the thing voted about (`motion`, `council_proposal`).
    pub type_words: Option<String>,
    /// The result.
    pub outcome: Option<Outcome>,
    /// The result in the supplier's words.
    pub outcome_words: Option<String>,
    /// The counts over the individual votes; absent when none were published, or of parties without a number.
    pub tally: Option<Tally>,
    /// The counts as the supplier states them, where it does.
    pub stated: Option<Tally>,
}

impl VoteEvent {
    /// Of which nothing more is said.
    pub fn bare(id: Id<Self>, authority: Id<Authority>) -> Self {
        Self {
            id,
            authority,
            agenda_item: None,
            meeting: None,
            about: None,
            date: None,
            title: None,
            type_words: None,
            outcome: None,
            outcome_words: None,
            tally: None,
            stated: None,
        }
    }
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
        choices.into_iter().for_each(|choice| tally.add(choice, 1));
        tally
    }

    /// Counts `votes` alike.
    pub fn add(&mut self, choice: Choice, votes: u32) {
        let count = match choice {
            Choice::Favour => &mut self.favour,
            Choice::Against => &mut self.against,
            Choice::Abstain => &mut self.abstain,
            Choice::Absent => &mut self.absent,
            Choice::Unknown => &mut self.unknown,
        };
        *count = count.saturating_add(votes);
    }

    /// Whether the votes cast are the same: those who were away are stated by some suppliers only.
    pub fn reconciles_with(self, stated: Self) -> bool {
        (self.favour, self.against) == (stated.favour, stated.against)
    }
}

/// What one member chose, or one party where no more is published: a party's vote stays a party's vote.
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
    /// The member's name as published.
    pub name: Option<String>,
    /// The party, of which this is the vote when no member is named.
    pub party: Option<Named>,
    /// The choice.
    pub choice: Choice,
    /// How many members of the party chose so, where this is the vote of a party and the number was published.
    pub members: Option<u32>,
}

impl Vote {
    /// Of which nothing more is said.
    pub fn bare(id: Id<Self>, authority: Id<Authority>, event: Id<VoteEvent>, choice: Choice) -> Self {
        Self {
            id,
            authority,
            event,
            voter: None,
            person: None,
            name: None,
            party: None,
            choice,
            members: None,
        }
    }
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
