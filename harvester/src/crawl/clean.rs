//! Cleans the content of every answer before it is stored: removes invisible characters and addresses that are not web
//! addresses, and strikes out personal numbers.

use std::borrow::Cow;

use raadhuis_schema::{Content, Diagnostic, Entity, Part, Tier, address::is_web_address, plain};
use raadhuis_text::bsn::{NumberHit, find_numbers, strike_numbers};

use crate::supplier::Harvested;
use raadhuis_store::offload_large;

/// The fewest digits in which a personal number can occur.
const FEWEST_DIGITS: usize = 8;

/// Cleans an answer of `size` bytes, off the async threads if it is large. Returns true if personal numbers were struck out.
pub async fn clean_large_answer<T: Send + 'static>(
    subject: &str,
    size: usize,
    mut harvested: Harvested<T>,
) -> (Harvested<T>, bool) {
    let subject = subject.to_owned();
    offload_large(size, move || {
        let is_struck = clean_answer(&subject, &mut harvested);
        (harvested, is_struck)
    })
    .await
}

/// Cleans all text and addresses of an answer. Returns true if personal numbers were struck out.
fn clean_answer<T>(subject: &str, harvested: &mut Harvested<T>) -> bool {
    let mut struck = 0;
    for entity in harvested.parts.iter_mut().filter_map(entity_of) {
        entity.change_words(&mut |words| {
            if let Cow::Owned(clean) = plain::clean_text(words) {
                *words = clean;
            } else {
                trim_words(words);
            }
        });
        entity.change_addresses(&mut |address| *address = address.take().filter(is_web_address));
        // Transcript segments are searched together below.
        if !matches!(entity, Entity::TranscriptSegment(_)) {
            entity.change_words(&mut |words| struck += strike_words(words));
        }
    }
    struck += strike_spoken(harvested);
    if struck > 0 {
        harvested.diagnostics.push(Diagnostic::struck_out(subject, struck));
    }
    struck > 0
}

fn trim_words(words: &mut String) {
    words.truncate(words.trim_end().len());
    let begin = words.len() - words.trim_start().len();
    words.drain(..begin);
}

/// Strikes out personal numbers in a title, description or file name. Only numbers next to an indicating word count: a
/// bare number is usually a case number. Returns the number of hits.
fn strike_words(words: &mut String) -> usize {
    if words.bytes().filter(u8::is_ascii_digit).count() < FEWEST_DIGITS {
        return 0;
    }
    let mut hits: Vec<NumberHit> = find_numbers(words);
    hits.retain(|hit| hit.tier == Tier::High);
    if !hits.is_empty() {
        *words = strike_numbers(words, &hits);
    }
    hits.len()
}

/// Strikes out personal numbers in transcripts, because no reviewer reads them all. A number may begin in one segment and
/// end in the next. Returns the number of hits.
fn strike_spoken<T>(harvested: &mut Harvested<T>) -> usize {
    let spoken: String =
        harvested.parts.iter_mut().filter_map(spoken_text).fold(String::new(), |mut all, text| {
            all.push_str(text);
            all.push('\n');
            all
        });
    let hits = find_numbers(&spoken);
    if hits.is_empty() {
        return 0;
    }
    let struck = strike_numbers(&spoken, &hits);
    let mut rest = struck.as_str();
    for text in harvested.parts.iter_mut().filter_map(spoken_text) {
        // Each digit was replaced by one star, so lengths are unchanged.
        let (piece, next) = rest.split_at(text.len());
        piece.clone_into(text);
        rest = &next[1..];
    }
    hits.len()
}

fn entity_of(part: &mut Part) -> Option<&mut Entity> {
    match &mut part.content {
        Content::Says(entity) => Some(entity),
        _ => None,
    }
}

fn spoken_text(part: &mut Part) -> Option<&mut String> {
    match entity_of(part) {
        Some(Entity::TranscriptSegment(segment)) => Some(&mut segment.text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use raadhuis_schema::{Id, Origin, Standing, TranscriptSegment};

    use super::*;

    fn part(at: u32, text: &str) -> Part {
        let recording = Id::new("notubiz", "9101", "1");
        let segment = TranscriptSegment {
            id: Id::within(recording_id(&recording), at),
            authority: Id::new("nl", "gm", "9101"),
            recording,
            starts_at: at,
            ends_at: at + 5,
            text: text.to_owned(),
        };
        part_of(Entity::TranscriptSegment(segment))
    }

    fn part_of(entity: Entity) -> Part {
        Part {
            origin: Origin::Listing { source: "x".into(), collection: "y".into() },
            standing: Standing::Detail,
            content: Content::Says(Box::new(entity)),
        }
    }

    fn recording_id(id: &Id<raadhuis_schema::Recording>) -> &raadhuis_schema::EntityId {
        id.as_entity()
    }

    #[test]
    fn a_number_that_was_said_is_struck_also_across_pieces() {
        let parts = vec![part(0, "mijn bsn is één 1234"), part(5, "56782 zei zij"), part(9, "dank u")];
        let mut harvested = Harvested::<()> { parts, ..Harvested::default() };
        assert!(clean_answer("x", &mut harvested));
        let texts: Vec<String> =
            harvested.parts.iter_mut().filter_map(spoken_text).map(|text| text.clone()).collect();
        assert_eq!(texts, ["mijn bsn is één ****", "***** zei zij", "dank u"]);
        assert!(!harvested.diagnostics[0].message.contains("1234"));
        assert!(!clean_answer("x", &mut harvested));
    }

    #[test]
    fn words_of_a_document_are_cleaned_and_numbers_beside_their_word_are_struck() {
        let mut document =
            raadhuis_schema::Document::bare(Id::new("notubiz", "9101", 1), Id::new("nl", "gm", "9101"));
        document.name = Some("Besluit\u{10} op bezwaar, BSN 123456782, zaak 111222333\u{200B}".to_owned());
        document.file_name = Some("bsn_123456782.pdf".to_owned());
        document.types = vec!["\u{FEFF}".to_owned(), " Brief ".to_owned()];
        document.media_type = Some("\u{202E}".to_owned());
        document.url = "javascript:alert(1)".parse().ok();
        let entity = Entity::Document(document);
        let mut harvested = Harvested::<()> { parts: vec![part_of(entity)], ..Harvested::default() };
        assert!(clean_answer("x", &mut harvested));
        let Some(Entity::Document(document)) = harvested.parts.iter_mut().find_map(entity_of) else {
            unreachable!("it is a document")
        };
        assert_eq!(document.name.as_deref(), Some("Besluit op bezwaar, BSN *********, zaak 111222333"));
        assert_eq!(document.file_name.as_deref(), Some("bsn_*********.pdf"));
        assert_eq!((document.types.as_slice(), &document.media_type), (&["Brief".to_owned()][..], &None));
        assert_eq!(document.url, None);
        assert_eq!(harvested.diagnostics.len(), 1);
    }
}
