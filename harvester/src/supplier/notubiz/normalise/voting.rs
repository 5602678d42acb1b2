//! Votes of members, under anonymous role numbers.

use raadhuis_schema::{Choice, Entity, Id, Kind, Meeting, Origin, Outcome, Standing, Tally, Vote, VoteEvent};

use super::{Reading, must_have};
use crate::supplier::{UnreadableError, json::JsonNode};

/// The votings of a meeting, except those about agenda items that are not public.
pub fn read_votings(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    meeting: u64,
    withheld: &[u64],
) -> Result<(), UnreadableError> {
    let of = reading.id::<Meeting>(meeting);
    let origin = Origin::Aspect { aspect: "votings".into(), of: of.as_entity().clone() };
    reading.complete(origin.clone(), None, None);
    for node in must_have(root, "votings")?.items() {
        // `type_data.voting_id` is another number and is no key.
        let Some(native) = reading.native_number(&node, Kind::VoteEvent) else { continue };
        let agenda_item = node.get("parent").get("id").number();
        let id = reading.id::<VoteEvent>(native);
        if withheld.contains(&native) || agenda_item.is_some_and(|item| withheld.contains(&item)) {
            reading.withhold(&origin, id.into(), &node, Some(of.as_entity()));
            continue;
        }
        let data = node.get("type_data");
        let choices = add_votes(reading, &data.get("votes"), &origin, &id);
        let words = data.get("voting_result").text();
        let event = VoteEvent {
            agenda_item: agenda_item.map(|item| reading.id(item)),
            meeting: Some(of.clone()),
            title: data.get("title").text(),
            type_words: data.get("voting_type").text(),
            outcome: words.as_deref().and_then(Outcome::of_words),
            outcome_words: words,
            tally: (!choices.is_empty()).then(|| Tally::count_choices(choices)),
            ..VoteEvent::bare(id, reading.authority())
        };
        reading.describe(&origin, Standing::Detail, Entity::VoteEvent(event));
    }
    Ok(())
}

fn add_votes(
    reading: &mut Reading<'_>,
    list: &JsonNode<'_>,
    origin: &Origin,
    event: &Id<VoteEvent>,
) -> Vec<Choice> {
    let mut choices = Vec::new();
    for node in list.items_of_anything() {
        let words = node.get("vote").text();
        let choice = match words.as_deref() {
            Some("in_favor") => Choice::Favour,
            Some("against") => Choice::Against,
            Some("abstained" | "blank") => Choice::Abstain,
            Some("absent") => Choice::Absent,
            _ => {
                node.get("vote").unexpected::<()>("a known choice");
                Choice::Unknown
            }
        };
        let Some(role) = node.get("role_id").number() else {
            let subject = reading.notes.subject();
            reading.notes.add_diagnostic(raadhuis_schema::Diagnostic::missing_id(
                subject,
                node.path(),
                Kind::Vote,
            ));
            continue;
        };
        choices.push(choice);
        let vote = Vote {
            voter: Some(format!("notubiz:{}:role:{role}", reading.source.tenant)),
            ..Vote::bare(Id::within(event.as_entity(), role), reading.authority(), event.clone(), choice)
        };
        reading.describe(origin, Standing::Detail, Entity::Vote(vote));
    }
    choices
}
