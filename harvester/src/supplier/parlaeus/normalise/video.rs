//! The video of a meeting: a page of the portal that answers in JSON.

use raadhuis_schema::{
    AgendaItem, Chapter, Entity, Id, Media, Meeting, Origin, Recording, Standing, address::join_address,
};

use super::Reading;
use crate::supplier::json::JsonNode;

/// The video of a meeting: its points and its speakers are chapters.
pub fn read_video(reading: &mut Reading<'_>, root: &JsonNode<'_>, native: &str) {
    let meeting = reading.id::<Meeting>(native);
    let origin = Origin::Aspect { aspect: "video".into(), of: meeting.as_entity().clone() };
    reading.complete(origin.clone(), None, None);
    let player = root.get("player");
    let file = player.get("VIDEO_DOWNLOAD");
    let points = root.get("indexdata").get("ndx").items_of_anything();
    if file.text().is_none() && points.is_empty() {
        return;
    }
    let id = reading.id::<Recording>(native);
    let recording = Recording {
        media: Some(Media::Video),
        player: join_address(&reading.source.base, &format!("/user/agenda/action=view/ag={native}")),
        file: file.address(),
        ..Recording::bare(id.clone(), reading.authority(), meeting, "parlaeus".to_owned())
    };
    reading.describe(&origin, Standing::Detail, Entity::Recording(recording));
    for (at, point) in points.iter().enumerate() {
        let item = point.get("point").text().map(|item| reading.id::<AgendaItem>(item));
        chapter(reading, point, &origin, &id, &at.to_string(), item.clone(), None);
        for (turn, speaker) in point.get("mb").items_of_anything().iter().enumerate() {
            let is_chair = speaker.get("chairman").flag().unwrap_or(false);
            let name = speaker.get("name").text().map(|name| (name, is_chair));
            chapter(reading, speaker, &origin, &id, &format!("{at}-{turn}"), item.clone(), name);
        }
        if !point.get("votes").items_of_anything().is_empty() {
            // The shape of these values is unknown.
            point.get("votes").unexpected::<()>("no votes, whose shape is not known");
        }
    }
}

fn chapter(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    recording: &Id<Recording>,
    key: &str,
    agenda_item: Option<Id<AgendaItem>>,
    speaker: Option<(String, bool)>,
) {
    let Some(starts_at) = node.get("start").number_u32() else {
        node.get("start").unexpected::<()>("the second at which it begins");
        return;
    };
    let id = Id::within(recording.as_entity(), key);
    // Only the chair, or a known member's name, tells a member from a citizen.
    let speaker = match speaker {
        Some((name, true)) => Some(name),
        Some((name, false)) => {
            reading.add_speaker(&id, name);
            None
        }
        None => None,
    };
    let chapter = Chapter {
        agenda_item,
        speaker,
        ends_at: node.get("end").number_u32().filter(|end| *end > starts_at),
        ..Chapter::bare(id, reading.authority(), recording.clone(), starts_at)
    };
    reading.describe(origin, Standing::Detail, Entity::Chapter(chapter));
}
