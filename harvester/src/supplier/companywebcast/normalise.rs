//! From Company Webcast's shapes to our entities.

use raadhuis_schema::{
    AgendaItem, Chapter, Entity, Id, Media, Meeting, Origin, Recording, Standing, TranscriptKind,
    agenda_reference::find_same_title,
};
use url::Url;

use super::{CompanyWebcastTask, Webcast, payload};
use crate::supplier::{UnreadableError, json::JsonNode, parse::parse_json, reading::Reading, transcript};

/// Extensions of the recording files to keep: those that browsers play.
const FILES: [(&str, Media); 2] = [("mp4", Media::Video), ("mp3", Media::Audio)];

/// The description of a recording. A recording that cannot be played yet is skipped.
pub fn read_info<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
    wrap: impl Fn(CompanyWebcastTask) -> T,
) -> Result<(), UnreadableError> {
    let json = parse_json(bytes)?;
    let root = JsonNode::root(&json, reading.notes);
    let origin = Origin::Aspect { aspect: "info".into(), of: webcast.recording.clone() };
    if root.get("phase").text().is_some_and(|phase| !phase.eq_ignore_ascii_case("ondemand")) {
        return Ok(());
    }
    reading.complete(origin.clone(), None, None);
    let duration = root.get("duration");
    let seconds = duration.text().and_then(|clock| {
        payload::seconds(&clock).or_else(|| duration.unexpected("hours, minutes and seconds"))
    });
    let file = FILES.into_iter().find_map(|(extension, media)| Some((media, find_file(&root, extension)?)));
    let recording = Recording {
        name: root.get("label").text(),
        media: file.as_ref().map(|(media, _)| *media),
        start: root.get("start").date_time(),
        seconds,
        file: file.map(|(_, file)| file),
        ..bare_recording(reading, webcast)?
    };
    reading.describe(&origin, Standing::Detail, Entity::Recording(recording));
    reading.next(wrap(CompanyWebcastTask::Chapters(webcast.clone())));
    match root.get("id").text() {
        Some(guid) if guid.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
            reading.next(wrap(CompanyWebcastTask::Tracks(webcast.clone(), guid, None)));
        }
        _ => drop(root.get("id").unexpected::<()>("the id of the player")),
    }
    Ok(())
}

/// The address of the file with this extension, without its signature.
fn find_file(root: &JsonNode<'_>, extension: &str) -> Option<Url> {
    let downloads = root.get("downloads").items_of_anything();
    let found = downloads.iter().find(|download| {
        download.get("extension").text().is_some_and(|text| text.trim_start_matches('.') == extension)
    })?;
    let mut url = found.get("url").address_from(&payload::address(payload::SDK, ""))?;
    url.set_query(None);
    Some(url)
}

/// The recording with the fields that every answer about it gives.
fn bare_recording<T>(reading: &Reading<'_, T>, webcast: &Webcast) -> Result<Recording, UnreadableError> {
    Ok(Recording {
        player: webcast.code.player_address(),
        ..Recording::bare(
            Id::try_from(webcast.recording.clone()).map_err(no_recording)?,
            reading.authority(),
            Id::<Meeting>::try_from(webcast.meeting.clone()).map_err(no_recording)?,
            webcast.code.platform().to_owned(),
        )
    })
}

fn no_recording<E>(_: E) -> UnreadableError {
    UnreadableError("the question names no recording".into())
}

/// Topics and speakers of the channel, in the order of playing.
pub fn read_chapters<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
) -> Result<(), UnreadableError> {
    let json = parse_json(bytes)?;
    let root = JsonNode::root(&json, reading.notes);
    let recording = bare_recording(reading, webcast)?.id;
    let origin = Origin::Aspect { aspect: "chapters".into(), of: webcast.recording.clone() };
    reading.complete(origin.clone(), None, None);
    let [topics, speakers] = ["topics", "speakers"].map(|key| root.get(key).items_of_anything());
    if topics.is_empty() && speakers.is_empty() {
        return Ok(());
    }
    let begin = root.get("actualStart");
    let Some(begin) = begin.text().and_then(|date| payload::milliseconds(&date)) else {
        begin.unexpected::<()>("when the recording began");
        return Ok(());
    };
    let mut treated = Vec::new();
    for (at, topic) in topics.iter().enumerate() {
        let title = topic.get("title").text();
        let item = item_of(webcast, topic.get("reference").text().as_deref(), title.as_deref());
        for stretch in stretches(topic, begin) {
            treated.push((stretch, item));
            let bare = chapter_of(reading, &recording, &format!("topic-{at}"), stretch, item);
            let chapter = Chapter { title: title.clone().filter(|_| item.is_none()), ..bare };
            reading.describe(&origin, Standing::Detail, Entity::Chapter(chapter));
        }
    }
    for (at, speaker) in speakers.iter().enumerate() {
        let name = speaker.get("name");
        let name = ["first", "middle", "last"].map(|key| name.get(key).text().unwrap_or_default()).join(" ");
        for stretch in stretches(speaker, begin) {
            let item = item_at(&treated, stretch.0);
            let chapter = chapter_of(reading, &recording, &format!("speaker-{at}"), stretch, item);
            reading.add_speaker(&chapter.id, name.split_whitespace().collect::<Vec<_>>().join(" "));
            reading.describe(&origin, Standing::Detail, Entity::Chapter(chapter));
        }
    }
    Ok(())
}

fn chapter_of<T>(
    reading: &Reading<'_, T>,
    recording: &Id<Recording>,
    key: &str,
    stretch: Stretch,
    item: Option<&str>,
) -> Chapter {
    let (starts_at, ends_at) = stretch;
    let id = Id::within(recording.as_entity(), format!("{key}-{starts_at}"));
    Chapter {
        agenda_item: item.map(|item| reading.id::<AgendaItem>(item)),
        ends_at,
        ..Chapter::bare(id, reading.authority(), recording.clone(), starts_at)
    }
}

/// The agenda item of the first topic that covers this second.
fn item_at<'a>(treated: &[(Stretch, Option<&'a str>)], second: u32) -> Option<&'a str> {
    let topic = treated
        .iter()
        .find(|((from, until), _)| *from <= second && until.is_some_and(|until| second < until));
    topic.and_then(|(_, item)| *item)
}

/// Start and end in seconds from the start of the recording.
type Stretch = (u32, Option<u32>);

/// The times of a topic or a speaker. Times before the start of the recording are left out: they cannot be played.
fn stretches(node: &JsonNode<'_>, begin: i64) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for event in node.get("events").items_of_anything() {
        if let Some(starts_at) = second_since(begin, &event.get("start")) {
            let ends_at = second_since(begin, &event.get("end")).filter(|end| *end >= starts_at);
            stretches.push((starts_at, ends_at));
        }
    }
    stretches
}

/// The seconds from `begin`, in Unix milliseconds, to a time; `None` for an earlier time.
fn second_since(begin: i64, time: &JsonNode<'_>) -> Option<u32> {
    let at = payload::milliseconds(&time.text()?)?.checked_sub(begin)?;
    u32::try_from(at / 1000).ok().filter(|_| at >= 0)
}

/// The agenda item that a topic refers to, or the only item with its title.
fn item_of<'a>(webcast: &'a Webcast, reference: Option<&str>, title: Option<&str>) -> Option<&'a str> {
    let items = &webcast.items;
    let referred = items.iter().position(|(id, _)| reference.is_some_and(|r| r.eq_ignore_ascii_case(id)));
    let names: Vec<_> = items.iter().map(|(_, name)| Some(name.as_str())).collect();
    let found = referred.or_else(|| find_same_title(title.unwrap_or_default(), &names));
    items.get(found?).map(|(id, _)| id.as_str())
}

/// The token that a player gives to any visitor.
pub fn read_token<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
    guid: &str,
    wrap: impl Fn(CompanyWebcastTask) -> T,
) -> Result<(), UnreadableError> {
    let json = parse_json(bytes)?;
    let token = JsonNode::root(&json, reading.notes).get("identificationToken");
    match token.text() {
        Some(token) => {
            reading.next(wrap(CompanyWebcastTask::Access(webcast.clone(), guid.to_owned(), Some(token))));
        }
        None => drop(token.unexpected::<()>("a token for the player")),
    }
    Ok(())
}

/// The signature that a player gives for a token. It is used for the tracks of this recording and stored nowhere.
pub fn read_signature<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
    guid: &str,
    wrap: impl Fn(CompanyWebcastTask) -> T,
) -> Result<(), UnreadableError> {
    let json = parse_json(bytes)?;
    match payload::Signature::find_for_players(&json) {
        Some(signature) => {
            reading.next(wrap(CompanyWebcastTask::Tracks(webcast.clone(), guid.to_owned(), Some(signature))));
        }
        None => drop(JsonNode::root(&json, reading.notes).unexpected::<()>("a signature for players")),
    }
    Ok(())
}

/// The recording whose tracks are read, and the access to them.
pub struct Player<'a> {
    pub webcast: &'a Webcast,
    /// The recording's GUID in the player's API.
    pub guid: &'a str,
    /// Signs addresses; `None` where tracks are open.
    pub signature: Option<&'a payload::Signature>,
}

/// The available tracks, of which the best is read.
pub fn read_tracks<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    player: &Player<'_>,
    wrap: impl Fn(CompanyWebcastTask) -> T,
) -> Result<(), UnreadableError> {
    let Player { webcast, guid, signature } = *player;
    let json = parse_json(bytes)?;
    let root = JsonNode::root(&json, reading.notes);
    let mut tracks: Vec<(String, String)> = Vec::new();
    for node in root.items_of_anything() {
        match (node.get("path").text(), node.get("id").text()) {
            (Some(path), Some(id)) => tracks.push((path, id)),
            _ => drop(node.unexpected::<()>("a track with a path and an id")),
        }
    }
    if tracks.is_empty() {
        // Without a track, earlier subtitles are withdrawn.
        let origin = Origin::Aspect { aspect: "subtitles".into(), of: webcast.recording.clone() };
        reading.complete(origin, None, None);
    }
    tracks.sort_by_key(|(_, id)| payload::track_rank(id));
    if let Some((path, id)) = tracks.first() {
        let (language, is_corrected) = payload::parse_track_id(id);
        let mut address = payload::address(payload::SDK, &format!("players/{guid}/vtt/{path}/{id}"));
        if let Some(signature) = signature {
            signature.sign_address(&mut address);
        }
        reading.next(wrap(CompanyWebcastTask::Track(
            webcast.clone(),
            address,
            language.to_owned(),
            is_corrected,
        )));
    }
    Ok(())
}

pub fn read_track<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
    language: &str,
    is_corrected: bool,
) -> Result<(), UnreadableError> {
    let cues = transcript::parse_cues(bytes)?;
    let origin = Origin::Aspect { aspect: "subtitles".into(), of: webcast.recording.clone() };
    reading.complete(origin.clone(), None, None);
    let kind = if is_corrected { TranscriptKind::Corrected } else { TranscriptKind::Machine };
    let recording = Recording {
        language: Some(language.to_owned()),
        transcript: Some(kind).filter(|_| !cues.is_empty()),
        ..bare_recording(reading, webcast)?
    };
    let id = recording.id.clone();
    reading.describe(&origin, Standing::Mention, Entity::Recording(recording));
    transcript::segments(reading, &origin, &id, cues);
    Ok(())
}
