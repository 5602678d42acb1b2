//! Recordings: their addresses, the times of agenda items, and the subtitles.

use raadhuis_schema::{
    AgendaItem, Chapter, Entity, Id, Kind, Media, Meeting, Origin, Recording, Standing, TranscriptKind,
};
use url::Url;

use super::{NotubizTask, Reading, must_have};
use crate::supplier::{
    UnreadableError,
    json::JsonNode,
    notubiz::{API_HOST, Stretch},
    transcript::{self, to_seconds},
};

/// The recordings of a meeting. The times of its agenda items become chapters of the first.
pub fn read_media(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    meeting: u64,
    page: Option<&Url>,
    stretches: &[Stretch],
    withheld: &[u64],
    closed: &[Stretch],
) -> Result<(), UnreadableError> {
    let of = reading.id::<Meeting>(meeting);
    let origin = Origin::Aspect { aspect: "media".into(), of: of.as_entity().clone() };
    reading.complete(origin.clone(), None, None);
    let mut first = None;
    for (at, node) in must_have(root, "media")?.items().iter().enumerate() {
        let Some(native) = reading.native_number(node, Kind::Recording) else { continue };
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
        reading.describe(&origin, Standing::Detail, Entity::Recording(recording));
        first = first.or(Some(native));
        if at == 0 {
            chapters(reading, &origin, &id, stretches);
        }
        if let Some(address) = address(&node.get("subtitles_url")) {
            reading.next(NotubizTask::Subtitles { media: native, meeting, address, closed: closed.to_vec() });
        }
    }
    // Requested with or without a recording: the page also has the votes by name.
    if let Some(address) = page.cloned() {
        let (withheld, closed) = (withheld.to_vec(), closed.to_vec());
        reading.next(NotubizTask::Page { meeting, address, recording: first, withheld, closed });
    }
    Ok(())
}

fn chapters(reading: &mut Reading<'_>, origin: &Origin, recording: &Id<Recording>, stretches: &[Stretch]) {
    for stretch in stretches {
        let chapter = Chapter {
            // The title is that of the item: it is withdrawn together with the item.
            agenda_item: Some(reading.id::<AgendaItem>(stretch.item)),
            ends_at: Some(stretch.end),
            ..Chapter::bare(
                Id::within(recording.as_entity(), stretch.item),
                reading.authority(),
                recording.clone(),
                stretch.start,
            )
        };
        reading.describe(origin, Standing::Detail, Entity::Chapter(chapter));
    }
}

/// The address, which the supplier gives without its scheme and with raw spaces.
fn address(node: &JsonNode<'_>) -> Option<Url> {
    let text = node.text()?;
    let text = if text.starts_with(API_HOST) { format!("https://{text}") } else { text };
    node.address_written(&text)
}

/// The subtitles, without those within the times of withheld items.
pub fn read_subtitles(
    reading: &mut Reading<'_>,
    bytes: &[u8],
    media: u64,
    meeting: u64,
    closed: &[Stretch],
) -> Result<(), UnreadableError> {
    let id = reading.id::<Recording>(media);
    let origin = Origin::Aspect { aspect: "subtitles".into(), of: id.as_entity().clone() };
    let mut cues = transcript::parse_cues(bytes)?;
    reading.complete(origin.clone(), None, None);
    let seconds = cues.last().map(|cue| to_seconds(cue.end));
    cues.retain(|cue| {
        let (start, end) = (to_seconds(cue.start), to_seconds(cue.end));
        !closed.iter().any(|stretch| start <= stretch.end && end >= stretch.start)
    });
    let recording = Recording {
        seconds,
        language: Some("nl".to_owned()),
        transcript: Some(TranscriptKind::Machine),
        ..Recording::bare(id.clone(), reading.authority(), reading.id(meeting), "notubiz".to_owned())
    };
    reading.describe(&origin, Standing::Mention, Entity::Recording(recording));
    transcript::segments(reading, &origin, &id, cues);
    Ok(())
}
