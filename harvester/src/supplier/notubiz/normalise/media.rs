//! Recordings: where they are, what is treated when, and what was said.

use raadhuis_schema::{
    AgendaItem, Chapter, Entity, Id, Kind, Media, Meeting, Origin, Recording, Standing, TranscriptKind,
};
use url::Url;

use super::{Reading, Task, must_have};
use crate::supplier::{
    Unreadable,
    json::Node,
    notubiz::{API_HOST, Stretch},
    transcript::{self, second},
};

/// The recordings of a meeting. The stretches of its agenda are chapters of the first.
pub fn media(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    meeting: u64,
    page: Option<&Url>,
    stretches: &[Stretch],
    withheld: &[u64],
    closed: &[Stretch],
) -> Result<(), Unreadable> {
    let of = reading.id::<Meeting>(meeting);
    let origin = Origin::Aspect { aspect: "media".into(), of: of.any().clone() };
    reading.complete(origin.clone(), None, None);
    let mut first = None;
    for (at, node) in must_have(root, "media")?.items().iter().enumerate() {
        let Some(native) = reading.native(node, Kind::Recording) else { continue };
        let id = reading.id::<Recording>(native);
        let media = match node.get("media_type").text().as_deref() {
            Some("video") => Some(Media::Video),
            Some("audio") => Some(Media::Audio),
            _ => node.get("media_type").unexpected("video or audio"),
        };
        let recording = Recording {
            name: node.get("filename").text(),
            media,
            player: page.cloned(),
            file: address(&node.get("download_url")),
            bytes: node.get("file_size").number(),
            ..Recording::bare(id.clone(), reading.authority(), of.clone(), "notubiz".to_owned())
        };
        reading.says(&origin, Standing::Detail, Entity::Recording(recording));
        first = first.or(Some(native));
        if at == 0 {
            chapters(reading, &origin, &id, stretches);
        }
        if let Some(address) = address(&node.get("subtitles_url")) {
            reading.next(Task::Subtitles { media: native, meeting, address, closed: closed.to_vec() });
        }
    }
    // Asked whether there is a recording or not: votes by name stand there too.
    if let Some(address) = page.cloned() {
        let (withheld, closed) = (withheld.to_vec(), closed.to_vec());
        reading.next(Task::Page { meeting, address, recording: first, withheld, closed });
    }
    Ok(())
}

fn chapters(reading: &mut Reading<'_>, origin: &Origin, recording: &Id<Recording>, stretches: &[Stretch]) {
    for stretch in stretches {
        let chapter = Chapter {
            // The title is the item's own, so that it goes when the item goes.
            agenda_item: Some(reading.id::<AgendaItem>(stretch.item)),
            ends_at: Some(stretch.end),
            ..Chapter::bare(
                Id::within(recording.any(), stretch.item),
                reading.authority(),
                recording.clone(),
                stretch.start,
            )
        };
        reading.says(origin, Standing::Detail, Entity::Chapter(chapter));
    }
}

/// An address without its scheme and with raw spaces, as the supplier gives them.
fn address(node: &Node<'_>) -> Option<Url> {
    let text = node.text()?;
    let text = if text.starts_with(API_HOST) { format!("https://{text}") } else { text };
    node.address_written(&text)
}

/// What was said, except while something was treated that is not public.
pub fn subtitles(
    reading: &mut Reading<'_>,
    bytes: &[u8],
    media: u64,
    meeting: u64,
    closed: &[Stretch],
) -> Result<(), Unreadable> {
    let id = reading.id::<Recording>(media);
    let origin = Origin::Aspect { aspect: "subtitles".into(), of: id.any().clone() };
    let mut cues = transcript::cues(bytes)?;
    reading.complete(origin.clone(), None, None);
    let seconds = cues.last().map(|cue| second(cue.end));
    let heard = |start: u64, end: u64| {
        !closed.iter().any(|stretch| second(start) <= stretch.end && second(end) >= stretch.start)
    };
    cues.retain(|cue| heard(cue.start, cue.end));
    let recording = Recording {
        seconds,
        language: Some("nl".to_owned()),
        transcript: Some(TranscriptKind::Machine),
        ..Recording::bare(id.clone(), reading.authority(), reading.id(meeting), "notubiz".to_owned())
    };
    reading.says(&origin, Standing::Mention, Entity::Recording(recording));
    transcript::segments(reading, &origin, &id, cues);
    Ok(())
}
