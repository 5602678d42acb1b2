//! From Company Webcast's shapes to our entities.

use raadhuis_schema::{
    AgendaItem, Chapter, Entity, Id, Media, Meeting, Origin, Recording, Standing, TranscriptKind,
    agenda_reference::find_same_title,
};
use url::Url;

use super::{Task, Webcast, payload};
use crate::supplier::{Unreadable, json::Node, parse::parse_json, reading::Reading, transcript};

/// What may be kept of a recording's file: what browsers play.
const FILES: [(&str, Media); 2] = [("mp4", Media::Video), ("mp3", Media::Audio)];

/// What the recording is. Until it can be played there is none.
pub fn info<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
    wrap: impl Fn(Task) -> T,
) -> Result<(), Unreadable> {
    let json = parse_json(bytes)?;
    let root = Node::root(&json, reading.notes);
    let origin = Origin::Aspect { aspect: "info".into(), of: webcast.recording.clone() };
    if root.get("phase").text().is_some_and(|phase| !phase.eq_ignore_ascii_case("ondemand")) {
        return Ok(());
    }
    reading.complete(origin.clone(), None, None);
    let duration = root.get("duration");
    let seconds = duration.text().and_then(|clock| {
        payload::seconds(&clock).or_else(|| duration.unexpected("hours, minutes and seconds"))
    });
    let file = FILES.into_iter().find_map(|(extension, media)| Some((media, file(&root, extension)?)));
    let recording = Recording {
        name: root.get("label").text(),
        media: file.as_ref().map(|(media, _)| *media),
        start: root.get("start").when(),
        seconds,
        file: file.map(|(_, file)| file),
        ..bare(reading, webcast)?
    };
    reading.says(&origin, Standing::Detail, Entity::Recording(recording));
    reading.next(wrap(Task::Chapters(webcast.clone())));
    match root.get("id").text() {
        Some(guid) if guid.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
            reading.next(wrap(Task::Tracks(webcast.clone(), guid, None)));
        }
        _ => drop(root.get("id").unexpected::<()>("the id of the player")),
    }
    Ok(())
}

/// The file of this sort, without what signs its address.
fn file(root: &Node<'_>, extension: &str) -> Option<Url> {
    let downloads = root.get("downloads").items_of_anything();
    let found = downloads.iter().find(|download| {
        download.get("extension").text().is_some_and(|text| text.trim_start_matches('.') == extension)
    })?;
    let mut url = found.get("url").address_from(&payload::address(payload::SDK, ""))?;
    url.set_query(None);
    Some(url)
}

/// The recording as every answer about it knows it.
fn bare<T>(reading: &Reading<'_, T>, webcast: &Webcast) -> Result<Recording, Unreadable> {
    let wrong = |_| Unreadable("the question names no recording".into());
    Ok(Recording {
        player: webcast.code.player(),
        ..Recording::bare(
            Id::try_from(webcast.recording.clone()).map_err(wrong)?,
            reading.authority(),
            Id::<Meeting>::try_from(webcast.meeting.clone()).map_err(wrong)?,
            webcast.code.platform().to_owned(),
        )
    })
}

/// What the channel says is treated when, and who speaks when, in the order of playing.
pub fn chapters<T>(reading: &mut Reading<'_, T>, bytes: &[u8], webcast: &Webcast) -> Result<(), Unreadable> {
    let json = parse_json(bytes)?;
    let root = Node::root(&json, reading.notes);
    let recording = bare(reading, webcast)?.id;
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
    let chapter =
        |reading: &Reading<'_, T>, key: String, (starts_at, ends_at): Stretch, item: Option<&str>| {
            let id = Id::within(recording.any(), format!("{key}-{starts_at}"));
            Chapter {
                agenda_item: item.map(|item| reading.id::<AgendaItem>(item)),
                ends_at,
                ..Chapter::bare(id, reading.authority(), recording.clone(), starts_at)
            }
        };
    let mut treated = Vec::new();
    for (at, topic) in topics.iter().enumerate() {
        let title = topic.get("title").text();
        let item = item_of(webcast, topic.get("reference").text().as_deref(), title.as_deref());
        for stretch in stretches(topic, begin) {
            treated.push((stretch, item));
            let bare = chapter(reading, format!("topic-{at}"), stretch, item);
            let chapter = Chapter { title: title.clone().filter(|_| item.is_none()), ..bare };
            reading.says(&origin, Standing::Detail, Entity::Chapter(chapter));
        }
    }
    let treated_at = |second: u32| {
        let is_then = |((from, until), _): &&(Stretch, Option<&str>)| {
            *from <= second && until.is_some_and(|until| second < until)
        };
        treated.iter().find(is_then).and_then(|(_, item)| *item)
    };
    for (at, speaker) in speakers.iter().enumerate() {
        let name = speaker.get("name");
        let name = ["first", "middle", "last"].map(|key| name.get(key).text().unwrap_or_default()).join(" ");
        for stretch in stretches(speaker, begin) {
            let chapter = chapter(reading, format!("speaker-{at}"), stretch, treated_at(stretch.0));
            reading.speaks(&chapter.id, name.split_whitespace().collect::<Vec<_>>().join(" "));
            reading.says(&origin, Standing::Detail, Entity::Chapter(chapter));
        }
    }
    Ok(())
}

/// Where something begins and ends, in seconds.
type Stretch = (u32, Option<u32>);

/// When a topic is treated or somebody speaks. What lies before the recording began cannot be played.
fn stretches(node: &Node<'_>, begin: i64) -> Vec<Stretch> {
    let second = |node: &Node<'_>| {
        let at = payload::milliseconds(&node.text()?)?.checked_sub(begin)?;
        u32::try_from(at / 1000).ok().filter(|_| at >= 0)
    };
    let events = node.get("events").items_of_anything();
    let stretch = |event: &Node<'_>| {
        let starts_at = second(&event.get("start"))?;
        Some((starts_at, second(&event.get("end")).filter(|end| *end >= starts_at)))
    };
    events.iter().filter_map(stretch).collect()
}

/// The agenda item that a topic refers to, or the only one that is called so.
fn item_of<'a>(webcast: &'a Webcast, reference: Option<&str>, title: Option<&str>) -> Option<&'a str> {
    let items = &webcast.items;
    let referred = items.iter().position(|(id, _)| reference.is_some_and(|r| r.eq_ignore_ascii_case(id)));
    let names: Vec<_> = items.iter().map(|(_, name)| Some(name.as_str())).collect();
    let called = || find_same_title(title.unwrap_or_default(), &names);
    items.get(referred.or_else(called)?).map(|(id, _)| id.as_str())
}

/// The token that a player gives to whoever asks.
pub fn token<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
    guid: &str,
    wrap: impl Fn(Task) -> T,
) -> Result<(), Unreadable> {
    let json = parse_json(bytes)?;
    let token = Node::root(&json, reading.notes).get("identificationToken");
    match token.text() {
        Some(token) => reading.next(wrap(Task::Access(webcast.clone(), guid.to_owned(), Some(token)))),
        None => drop(token.unexpected::<()>("a token for the player")),
    }
    Ok(())
}

/// The signature that a player gives for a token. It is used for the tracks of this recording and kept nowhere.
pub fn signature<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
    guid: &str,
    wrap: impl Fn(Task) -> T,
) -> Result<(), Unreadable> {
    let json = parse_json(bytes)?;
    match payload::Signature::find(&json) {
        Some(signature) => {
            reading.next(wrap(Task::Tracks(webcast.clone(), guid.to_owned(), Some(signature))));
        }
        None => drop(Node::root(&json, reading.notes).unexpected::<()>("a signature for players")),
    }
    Ok(())
}

/// Whose tracks are read, and how they are asked for.
pub struct Player<'a> {
    /// The webcast.
    pub webcast: &'a Webcast,
    /// Its other id.
    pub guid: &'a str,
    /// What signs addresses, where they are not open.
    pub signature: Option<&'a payload::Signature>,
}

/// The tracks there are, of which the best is read.
pub fn tracks<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    player: &Player<'_>,
    wrap: impl Fn(Task) -> T,
) -> Result<(), Unreadable> {
    let Player { webcast, guid, signature } = *player;
    let json = parse_json(bytes)?;
    let root = Node::root(&json, reading.notes);
    let mut tracks: Vec<(String, String)> = Vec::new();
    for node in root.items_of_anything() {
        match (node.get("path").text(), node.get("id").text()) {
            (Some(path), Some(id)) => tracks.push((path, id)),
            _ => drop(node.unexpected::<()>("a track with a path and an id")),
        }
    }
    if tracks.is_empty() {
        // What was said is no longer there.
        let origin = Origin::Aspect { aspect: "subtitles".into(), of: webcast.recording.clone() };
        reading.complete(origin, None, None);
    }
    tracks.sort_by_key(|(_, id)| payload::rank(id));
    if let Some((path, id)) = tracks.first() {
        let (language, is_corrected) = payload::track(id);
        let mut address = payload::address(payload::SDK, &format!("players/{guid}/vtt/{path}/{id}"));
        if let Some(signature) = signature {
            signature.sign(&mut address);
        }
        reading.next(wrap(Task::Track(webcast.clone(), address, language.to_owned(), is_corrected)));
    }
    Ok(())
}

/// What was said.
pub fn track<T>(
    reading: &mut Reading<'_, T>,
    bytes: &[u8],
    webcast: &Webcast,
    language: &str,
    is_corrected: bool,
) -> Result<(), Unreadable> {
    let cues = transcript::cues(bytes)?;
    let origin = Origin::Aspect { aspect: "subtitles".into(), of: webcast.recording.clone() };
    reading.complete(origin.clone(), None, None);
    let kind = if is_corrected { TranscriptKind::Corrected } else { TranscriptKind::Machine };
    let recording = Recording {
        language: Some(language.to_owned()),
        transcript: Some(kind).filter(|_| !cues.is_empty()),
        ..bare(reading, webcast)?
    };
    let id = recording.id.clone();
    reading.says(&origin, Standing::Mention, Entity::Recording(recording));
    transcript::segments(reading, &origin, &id, cues);
    Ok(())
}
