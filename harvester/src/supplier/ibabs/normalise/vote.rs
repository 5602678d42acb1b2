//! Votes about an entry of a list, by member. Members who did not vote are absent.

use raadhuis_schema::{
    AgendaItem, Choice, Diagnostic, Entity, EntityId, EntryKind, Id, Kind, Meeting, Named, Origin, Outcome,
    Person, Standing, Tally, Vote, VoteEvent,
};

use super::{Reading, payload, people};
use crate::supplier::json::JsonNode;

/// The votes about an entry. An empty list means that the site does not publish votes, not that nobody voted.
pub fn read_votes(reading: &mut Reading<'_>, result: &JsonNode<'_>, entry: &str, register: &str) {
    let about = reading.any_id(EntryKind::of_words(None, Some(register)).kind(), entry);
    let origin = Origin::Aspect { aspect: "votes".into(), of: about.clone() };
    reading.complete(origin.clone(), None, None);
    let event = Id::<VoteEvent>::within(&about, "vote");
    let mut tally = Tally::default();
    let mut counted = 0_u32;
    // The EntryId in each vote is that of the master entry, not the requested one, and is no key here.
    for node in result.get("ListEntryVotes").get("iBabsListEntryVote").items_of_anything() {
        let Some(voter) = node.get("UserId").text().or_else(|| node.get("UserName").text()) else {
            reading.notes.add_diagnostic(Diagnostic::missing_id(
                reading.notes.subject(),
                node.path(),
                Kind::Vote,
            ));
            continue;
        };
        let choice = match node.get("Vote").flag() {
            Some(true) => Choice::Favour,
            Some(false) => Choice::Against,
            None => Choice::Unknown,
        };
        let published = node.get("UserName").text();
        let person = node.get("UserId").text().map(|id| reading.id::<Person>(id.to_lowercase()));
        if let Some(id) = person.clone() {
            let name = published.as_deref().map(payload::person_name);
            let person = Person { id, authority: reading.authority(), name };
            reading.describe(&origin, Standing::Mention, Entity::Person(person));
        }
        let group = node.get("GroupId");
        let party = people::add_party(reading, &group, &node.get("GroupName"), &origin).map(|name| Named {
            name: Some(name),
            id: group.text().map(|id| reading.any_id(Kind::Party, id.to_lowercase())),
        });
        let vote = Vote {
            person,
            name: published,
            party,
            ..Vote::bare(
                Id::within(event.as_entity(), voter.to_lowercase()),
                reading.authority(),
                event.clone(),
                choice,
            )
        };
        tally.add_votes(choice, 1);
        counted += 1;
        reading.describe(&origin, Standing::Detail, Entity::Vote(vote));
    }
    if counted > 0 {
        let event = VoteEvent {
            about: Some(about),
            type_words: Some(register.trim().to_owned()),
            tally: Some(tally),
            ..VoteEvent::bare(event, reading.authority())
        };
        reading.describe(&origin, Standing::Detail, Entity::VoteEvent(event));
    }
}

/// The totals given with an agenda item or an entry. They are 0 in every known public answer.
pub fn add_totals(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    about: &EntityId,
    at: Option<(&Id<AgendaItem>, &Id<Meeting>)>,
) {
    let stated = Tally {
        favour: node.get("VotesInFavour").number_u32().unwrap_or(0),
        against: node.get("VotesAgainst").number_u32().unwrap_or(0),
        ..Tally::default()
    };
    if stated == Tally::default() {
        return;
    }
    let event = VoteEvent {
        agenda_item: at.map(|(item, _)| item.clone()),
        meeting: at.map(|(_, meeting)| meeting.clone()),
        about: at.is_none().then(|| about.clone()),
        outcome: node
            .get("VoteResult")
            .flag()
            .map(|passed| if passed { Outcome::Adopted } else { Outcome::Rejected }),
        stated: Some(stated),
        ..VoteEvent::bare(Id::within(about, "vote"), reading.authority())
    };
    reading.describe(origin, Standing::Mention, Entity::VoteEvent(event));
}
