//! Facts that only the portal publishes: the votes of parties, the video of a meeting, and its speakers. Where the API
//! gives no agenda, the agenda of the page is read.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_schema::{
    AgendaItem, Chapter, Choice, Diagnostic, Document, DocumentType, Entity, EntityId, Id, Kind, Media,
    Meeting, Named, Origin, Outcome, Party, Recording, Standing, Tally, Vote, VoteEvent, Window,
    address::join_address,
};
use scraper::ElementRef;
use serde_json::Value;
use url::Url;

use super::{GemeenteOplossingenTask, Reading, bare_item};
use crate::supplier::{
    Answer, UnreadableError, html,
    json::{JsonNode, Notes},
    parse::parse_json,
};

/// The folders in which customers keep their parties.
pub const FOLDERS: [&str; 2] = ["Samenstelling", "Leden"];

/// The votes of a party in a window. When this folder does not exist, requests the next folder.
pub fn read_votings(
    reading: &mut Reading<'_>,
    answer: &Answer,
    folder: usize,
    party: u64,
    name: &str,
    window: Window,
) -> Result<(), UnreadableError> {
    if answer.status == 404 {
        // Without the module for votes, no folder has any.
        if folder + 1 < FOLDERS.len() {
            reading.next(GemeenteOplossingenTask::Votings {
                folder: folder + 1,
                party,
                name: name.to_owned(),
                window,
            });
        }
        return Ok(());
    }
    let json: Value = parse_json(&answer.bytes)?;
    let root = JsonNode::root(&json, reading.notes);
    let items = root.get("items");
    // A listing by itself: the votes of a party remain after the party is gone.
    let origin = reading.listing(&format!("votings/{party}"));
    // Votes by year; a list in its place means that there are none.
    let years = match items.value() {
        Some(Value::Object(years)) => years.keys().cloned().collect(),
        Some(Value::Array(none)) if none.is_empty() => Vec::new(),
        _ => {
            items.unexpected::<()>("votes by year");
            return Ok(());
        }
    };
    reading.complete(origin.clone(), None, None);
    // The answer holds all years, whatever was requested; the totals of each vote need a request of their own.
    let asked = window.first().year()..=window.last().year();
    for year in years {
        let is_asked = year.parse().is_ok_and(|year: i16| asked.contains(&year));
        for node in items.get(&year).items_of_anything() {
            add_party_votes(reading, &node, &origin, party, name, is_asked);
        }
    }
    Ok(())
}

fn add_party_votes(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    party: u64,
    name: &str,
    is_asked: bool,
) {
    let Some(native) = node.get("votingId").number() else {
        reading.notes.add_diagnostic(Diagnostic::missing_id(
            reading.notes.subject(),
            node.path(),
            Kind::VoteEvent,
        ));
        return;
    };
    let event = reading.id::<VoteEvent>(native);
    let result = node.get("voteResult");
    reading.describe(origin, Standing::Mention, Entity::VoteEvent(vote_event(reading, node, event.clone())));
    // The choice depends on the vote event, and disappears with it.
    let origin = &Origin::Aspect { aspect: format!("party {party}"), of: event.as_entity().clone() };
    reading.complete(origin.clone(), None, None);
    let counts = result.get("voteCounts");
    for (key, choice) in CHOICES {
        let Some(members) = counts.get(key).number_u32().filter(|members| *members > 0) else { continue };
        let vote = Vote {
            party: Some(Named { name: Some(name.to_owned()), id: Some(reading.id::<Party>(party).into()) }),
            members: Some(members),
            ..Vote::bare(
                Id::within(event.as_entity(), format!("{party}-{key}")),
                reading.authority(),
                event.clone(),
                choice,
            )
        };
        reading.describe(origin, Standing::Detail, Entity::Vote(vote));
    }
    if let Some(document) = node.get("documentId").number().filter(|_| is_asked) {
        reading.next(GemeenteOplossingenTask::Totals { document });
    }
}

/// The supplier's words for the choices in a vote.
const CHOICES: [(&str, Choice); 4] = [
    ("agree", Choice::Favour),
    ("disagree", Choice::Against),
    ("abstain", Choice::Abstain),
    ("absent", Choice::Absent),
];

fn vote_event(reading: &Reading<'_>, node: &JsonNode<'_>, id: Id<VoteEvent>) -> VoteEvent {
    let result = node.get("voteResult");
    let words = result.get("label").text();
    let known = result.get("name").text();
    VoteEvent {
        agenda_item: node.get("meetingItemId").number().map(|item| reading.id(item)),
        meeting: node.get("meetingId").number().map(|meeting| reading.id(meeting)),
        about: node.get("documentId").number().map(|document| reading.any_id(Kind::Document, document)),
        title: node.get("description").text().or_else(|| node.get("title").text()),
        outcome: known.as_deref().or(words.as_deref()).and_then(Outcome::of_words),
        outcome_words: words.or(known),
        ..VoteEvent::bare(id, reading.authority())
    }
}

/// The totals of the votes about a document. They verify the sum over the parties.
pub fn read_totals(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    document: u64,
) -> Result<(), UnreadableError> {
    let votes = crate::supplier::reading::must_have(root, "votes")?;
    let of = reading.any_id(Kind::Document, document);
    let origin = Origin::Aspect { aspect: "totals".into(), of };
    reading.complete(origin.clone(), None, None);
    for node in votes.items_of_anything() {
        let Some(native) = node.get("votingId").number() else {
            reading.notes.add_diagnostic(Diagnostic::missing_id(
                reading.notes.subject(),
                node.path(),
                Kind::VoteEvent,
            ));
            continue;
        };
        let mut event = vote_event(reading, &node, reading.id(native));
        let counts = node.get("voteResult").get("voteCounts");
        if counts.is_some() {
            let mut stated = Tally::default();
            for (key, choice) in CHOICES {
                stated.add_votes(choice, counts.get(key).number_u32().unwrap_or(0));
            }
            event.stated = Some(stated);
        }
        reading.describe(&origin, Standing::Mention, Entity::VoteEvent(event));
    }
    Ok(())
}

/// The page of a meeting: its video by agenda item. Also its agenda, when the API gave no `items`.
pub fn read_page(
    reading: &mut Reading<'_>,
    bytes: &[u8],
    meeting: u64,
    address: &Url,
    items: &[u64],
    withheld: &[u64],
) -> Result<(), UnreadableError> {
    let page = html::parse_page(bytes)?;
    let rows = html::select_all(page.root_element(), "li[id^='agendapunt']");
    if rows.is_empty() {
        return Err(UnreadableError("the page shows no agenda".into()));
    }
    let of = reading.any_id(Kind::Meeting, meeting);
    let origin = Origin::Aspect { aspect: "page".into(), of };
    reading.complete(origin.clone(), None, None);
    let mut films = BTreeMap::new();
    for (at, row) in rows.into_iter().enumerate() {
        let Some(native) = html::number_in_id(row, "agendapunt") else { continue };
        if withheld.contains(&native) {
            continue;
        }
        // With an agenda from the API, or with anything withheld, unknown rows are skipped: their numbers may be of
        // another kind.
        let is_own = items.is_empty() && withheld.is_empty();
        if !is_own && !items.contains(&native) {
            continue;
        }
        if is_own {
            add_agenda_item(reading, row, &origin, meeting, native, at);
        }
        for fragment in html::select_all(row, ".film-fragment") {
            let item = reading.id::<AgendaItem>(native);
            fragment_of(reading, fragment, &origin, meeting, item, &mut films);
        }
    }
    for (id, (media, file)) in films {
        let meeting = reading.id::<Meeting>(meeting);
        let recording = Recording {
            media: Some(media),
            player: Some(address.clone()),
            file,
            ..Recording::bare(id, reading.authority(), meeting, "gemeenteoplossingen".to_owned())
        };
        reading.describe(&origin, Standing::Mention, Entity::Recording(recording));
    }
    Ok(())
}

/// The videos of a meeting: most have one file, a long evening has more.
type Films = BTreeMap<Id<Recording>, (Media, Option<Url>)>;

/// A fragment of a video. Addresses of streams are signed for a few minutes and are not kept.
fn fragment_of(
    reading: &mut Reading<'_>,
    element: ElementRef<'_>,
    origin: &Origin,
    meeting: u64,
    item: Id<AgendaItem>,
    films: &mut Films,
) {
    let json: Value = parse_json(html::inner_text(element).as_bytes()).unwrap_or(Value::Null);
    let node = JsonNode::root(&json, reading.notes).with_path("/film-fragment");
    let Some(native) = node.get("fragmentId").number() else {
        reading.notes.add_diagnostic(Diagnostic::missing_id(
            reading.notes.subject(),
            node.path(),
            Kind::Chapter,
        ));
        return;
    };
    let Some(starts_at) = node.get("startTime").number_u32() else {
        let (subject, path) = (reading.notes.subject(), node.path());
        reading.notes.add_diagnostic(Diagnostic::unexpected_shape(
            subject,
            path,
            "a time at which it starts",
            "none",
        ));
        return;
    };
    let mut file = node.get("path").address();
    if let Some(file) = &mut file {
        file.set_query(None);
    }
    let stem = file.as_ref().and_then(|file| file.path_segments()?.next_back()?.split('.').next());
    let id = match stem.filter(|stem| !stem.is_empty()) {
        Some(stem) => reading.id::<Recording>(format!("film-{meeting}-{stem}")),
        None => reading.id(format!("film-{meeting}")),
    };
    let chapter = Chapter {
        agenda_item: Some(item),
        title: node.get("filmName").text(),
        ends_at: node.get("endTime").number_u32().filter(|end| *end >= starts_at),
        ..Chapter::bare(Id::within(id.as_entity(), native), reading.authority(), id.clone(), starts_at)
    };
    reading.describe(origin, Standing::Mention, Entity::Chapter(chapter));
    reading.next(GemeenteOplossingenTask::Speakers {
        fragment: native,
        starts_at,
        recording: id.as_entity().clone(),
    });
    let media = if node.get("type").text().as_deref() == Some("audio") { Media::Audio } else { Media::Video };
    let kept = films.entry(id).or_insert((media, file));
    // Fragments of one file may be labelled as sound or as picture: then there is a picture.
    if media == Media::Video {
        kept.0 = media;
    }
}

/// A row of the page's own agenda, with its linked documents.
fn add_agenda_item(
    reading: &mut Reading<'_>,
    row: ElementRef<'_>,
    origin: &Origin,
    meeting: u64,
    native: u64,
    at: usize,
) {
    let meeting_id = reading.id::<Meeting>(meeting);
    let id = reading.id::<AgendaItem>(native);
    let documents = add_documents(reading, row, origin);
    if html::select_first(row, "a.bijlage_true").is_some() && documents.is_empty() {
        reading.next(GemeenteOplossingenTask::ItemDocuments { item: native, meeting });
    }
    let item = AgendaItem {
        position: u32::try_from(at).unwrap_or(u32::MAX),
        number: text_in(row, ".first"),
        title: text_in(row, ".title h3"),
        description: text_in(row, ".toelichting"),
        documents,
        ..AgendaItem::bare(id, reading.authority(), meeting_id.clone(), meeting_id.as_entity().clone())
    };
    reading.describe(origin, Standing::Mention, Entity::AgendaItem(item));
}

fn text_in(row: ElementRef<'_>, css: &str) -> Option<String> {
    html::select_first(row, css).map(html::inner_text).filter(|text| !text.is_empty())
}

/// The documents of an agenda item, in a fragment of HTML that lists them.
pub fn read_item_documents(
    reading: &mut Reading<'_>,
    bytes: &[u8],
    item: u64,
    meeting: u64,
) -> Result<(), UnreadableError> {
    let page = html::parse_page(bytes)?;
    let id = reading.id::<AgendaItem>(item);
    let origin = Origin::Aspect { aspect: "documents".into(), of: id.as_entity().clone() };
    reading.complete(origin.clone(), None, None);
    let documents = add_documents(reading, page.root_element(), &origin);
    let item = AgendaItem { documents, ..bare_item(reading, item, meeting) };
    reading.describe(&origin, Standing::Mention, Entity::AgendaItem(item));
    Ok(())
}

/// Links to documents. The document's number is part of the address or of the id of the notes link beside it; the same
/// file may be linked twice.
fn add_documents(reading: &mut Reading<'_>, within: ElementRef<'_>, origin: &Origin) -> Vec<Id<Document>> {
    let (mut ids, mut files) = (Vec::new(), BTreeSet::new());
    for link in html::select_all(within, "a[href]") {
        let Some(url) = link.attr("href").and_then(|href| join_address(&reading.source.base, href)) else {
            continue;
        };
        let path = url.path().to_owned();
        let numbered = path.rsplit_once("/document/").and_then(|(_, id)| id.trim_matches('/').parse().ok());
        let is_file = path.contains("/Documenten/") && !path.contains("/notitie");
        let Some(native) = numbered.or_else(|| is_file.then(|| number_of_note(link)).flatten()) else {
            if is_file {
                let (subject, path) = (reading.notes.subject(), format!("/a[{}]", ids.len()));
                reading.notes.add_diagnostic(Diagnostic::missing_id(subject, &path, Kind::Document));
            }
            continue;
        };
        if !files.insert(native) {
            continue;
        }
        let id = reading.id::<Document>(native);
        let name = Some(html::inner_text(link)).filter(|name| !name.is_empty());
        let document = Document {
            kind: DocumentType::of_words(name.as_deref()),
            name,
            url: Some(url),
            ..Document::bare(id.clone(), reading.authority())
        };
        reading.describe(origin, Standing::Mention, Entity::Document(document));
        ids.push(id);
    }
    ids
}

/// The document's number in the id of the notes link beside its own link.
fn number_of_note(link: ElementRef<'_>) -> Option<u64> {
    let next = html::following(link, "agendapunt").into_iter().find(|next| next.value().name() == "a");
    next.and_then(|next| html::number_in_id(next, "notelink"))
}

/// The speakers in a fragment of the video. Office-holders have a page of their own; a citizen has none and is not
/// named.
pub fn read_speakers(
    reading: &mut Reading<'_>,
    bytes: &[u8],
    fragment: u64,
    starts_at: u32,
    recording: &EntityId,
) -> Result<(), UnreadableError> {
    let json: Value = parse_json(bytes)?;
    let notes: &Notes = reading.notes;
    let list = JsonNode::root(&json, notes);
    let origin = Origin::Aspect { aspect: format!("speakers-{fragment}"), of: recording.clone() };
    reading.complete(origin.clone(), None, None);
    let Ok(recording) = Id::<Recording>::try_from(recording.clone()) else { return Ok(()) };
    for node in list.items_of_anything() {
        let Some(start) = node.get("start").number_u32() else {
            node.get("start").unexpected::<()>("the second at which one speaks");
            continue;
        };
        let is_office_holder = node.get("url").text().is_some();
        let starts = starts_at.saturating_add(start);
        let chapter = Chapter {
            speaker: node.get("name").text().filter(|_| is_office_holder),
            ends_at: node
                .get("stop")
                .number_u32()
                .map(|stop| starts_at.saturating_add(stop))
                .filter(|end| *end >= starts),
            ..Chapter::bare(
                Id::within(recording.as_entity(), format!("{fragment}-{start}")),
                reading.authority(),
                recording.clone(),
                starts,
            )
        };
        reading.describe(&origin, Standing::Mention, Entity::Chapter(chapter));
    }
    Ok(())
}

/// The name of a party as written in addresses: lower case, spaces as dashes, nothing else.
pub fn party_slug(name: &str) -> String {
    let kept = name.to_lowercase();
    let words =
        kept.split_whitespace().map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_found_under_its_name_without_marks() {
        assert_eq!(party_slug("W.I.J. Duinstede"), "wij-duinstede");
        assert_eq!(party_slug("Sociaal  Duinstede & Co"), "sociaal-duinstede-co");
    }
}
