//! Votes: vote events, and the choice of each member.

use serde::{Deserialize, Serialize};

use crate::{
    AgendaItem, Authority, Meeting, Named, Outcome, Person,
    id::{EntityId, Id, Kind, OfKind},
    time::When,
};

/// One vote of a council on one subject (Dutch: stemming).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoteEvent {
    /// The id of this vote event.
    pub id: Id<VoteEvent>,
    /// The authority whose council voted.
    pub authority: Id<Authority>,
    /// The agenda item under which the vote was taken.
    pub agenda_item: Option<Id<AgendaItem>>,
    /// The meeting in which it was taken.
    pub meeting: Option<Id<Meeting>>,
    /// The motion, amendment or proposal that was voted on.
    pub about: Option<EntityId>,
    /// The time of the vote.
    pub date: Option<When>,
    /// The subject of the vote, as published.
    pub title: Option<String>,
    /// The supplier's word for the subject (`motion`, `council_proposal`).
    pub type_words: Option<String>,
    /// The result of the vote, if known.
    pub outcome: Option<Outcome>,
    /// The result in the supplier's words.
    pub outcome_words: Option<String>,
    /// The counts over the individual votes; absent when none were published, or only those of parties
    /// without a number.
    pub tally: Option<Tally>,
    /// The counts as stated by the supplier, if any.
    pub stated: Option<Tally>,
}

impl VoteEvent {
    /// Makes a vote event with these ids and no other fields.
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

/// The counts of a vote event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// The number of votes in favour.
    pub favour: u32,
    /// The number of votes against.
    pub against: u32,
    /// The number of abstentions and blank votes.
    pub abstain: u32,
    /// The number of absent members.
    pub absent: u32,
    /// The number of votes published in unknown words.
    pub unknown: u32,
}

impl Tally {
    /// Counts the given choices, by kind.
    pub fn count_choices(choices: impl IntoIterator<Item = Choice>) -> Self {
        let mut tally = Self::default();
        choices.into_iter().for_each(|choice| tally.add_votes(choice, 1));
        tally
    }

    /// Adds `votes` votes with the same choice.
    pub fn add_votes(&mut self, choice: Choice, votes: u32) {
        let count = match choice {
            Choice::Favour => &mut self.favour,
            Choice::Against => &mut self.against,
            Choice::Abstain => &mut self.abstain,
            Choice::Absent => &mut self.absent,
            Choice::Unknown => &mut self.unknown,
        };
        *count = count.saturating_add(votes);
    }

    /// Returns whether the votes cast are equal; absent members are left out, because only some suppliers
    /// state them.
    pub fn reconciles_with(self, stated: Self) -> bool {
        (self.favour, self.against) == (stated.favour, stated.against)
    }
}

/// The choice of one member, or of one party where no more is published: a party's vote is never attributed
/// to members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// The id of this vote.
    pub id: Id<Vote>,
    /// The authority whose council voted.
    pub authority: Id<Authority>,
    /// The vote event of this vote.
    pub event: Id<VoteEvent>,
    /// The supplier's anonymous key of the voter, the same in every vote.
    pub voter: Option<String>,
    /// The member who voted, if public.
    pub person: Option<Id<Person>>,
    /// The member's name as published.
    pub name: Option<String>,
    /// The party of the member, or the party that voted when no member is named.
    pub party: Option<Named>,
    /// The choice that was made.
    pub choice: Choice,
    /// The number of members of the party with this choice, if this is a party's vote and the number was
    /// published.
    pub members: Option<u32>,
}

impl Vote {
    /// Makes a vote with these fields and no others.
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

/// The choices. `Unknown` is a published choice in unknown words, never a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// In favour of the subject (Dutch: voor).
    Favour,
    /// Against the subject (Dutch: tegen).
    Against,
    /// Abstained or blank (Dutch: onthouden, blanco).
    Abstain,
    /// Not at the vote (Dutch: afwezig).
    Absent,
    /// A choice published in unknown words.
    Unknown,
}
