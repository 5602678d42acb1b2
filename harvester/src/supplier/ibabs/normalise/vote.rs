//! Votes about an entry of a list, member by member. Who did not vote is simply not there.

use raadhuis_schema::{
    AgendaItem, Choice, Entity, EntityId, EntryKind, Id, Kind, Meeting, Named, Origin, Outcome, Person,
    Remark, Standing, Tally, Vote, VoteEvent,
};

use super::{Reading, payload, people};
use crate::supplier::json::Node;

/// The votes about an entry. An empty list means that the site does not publish votes, not that nobody voted.
pub fn votes(reading: &mut Reading<'_>, result: &Node<'_>, entry: &str, register: &str) {
    let about = reading.any_id(EntryKind::of_words(None, Some(register)).kind(), entry);
    let origin = Origin::Aspect { aspect: "votes".into(), of: about.clone() };
    reading.complete(origin.clone(), None, None);
    let event = Id::<VoteEvent>::within(&about, "vote");
    let mut tally = Tally::default();
    let mut counted = 0_u32;
    // The EntryId in each vote is another one than was asked for: it is the master's, and no key here.
    for node in result.get("ListEntryVotes").get("iBabsListEntryVote").items_of_anything() {
        let Some(voter) = node.get("UserId").text().or_else(|| node.get("UserName").text()) else {
            reading.notes.add(Remark::missing_id(reading.notes.subject(), node.path(), Kind::Vote));
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
            reading.says(&origin, Standing::Mention, Entity::Person(person));
        }
        let group = node.get("GroupId");
        let party = people::party(reading, &group, &node.get("GroupName"), &origin).map(|name| Named {
            name: Some(name),
            id: group.text().map(|id| reading.any_id(Kind::Party, id.to_lowercase())),
        });
        let vote = Vote {
            person,
            name: published,
            party,
            ..Vote::bare(
                Id::within(event.any(), voter.to_lowercase()),
                reading.authority(),
                event.clone(),
                choice,
            )
        };
        tally.add(choice, 1);
        counted += 1;
        reading.says(&origin, Standing::Detail, Entity::Vote(vote));
    }
    if counted > 0 {
        let event = VoteEvent {
            about: Some(about),
            type_words: Some(register.trim().to_owned()),
            tally: Some(tally),
            ..VoteEvent::bare(event, reading.authority())
        };
        reading.says(&origin, Standing::Detail, Entity::VoteEvent(event));
    }
}

/// The totals that stand with an agenda item or an entry. They are 0 in every public answer that is known.
pub fn stated(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    origin: &Origin,
    about: &EntityId,
    at: Option<(&Id<AgendaItem>, &Id<Meeting>)>,
) {
    let count = |key: &str| node.get(key).small().unwrap_or(0);
    let stated = Tally { favour: count("VotesInFavour"), against: count("VotesAgainst"), ..Tally::default() };
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
    reading.says(origin, Standing::Mention, Entity::VoteEvent(event));
}
