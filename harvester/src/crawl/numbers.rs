//! Numbers of persons in what was said aloud: struck out before anything is kept, because no reviewer will ever read it all.

use raadhuis_schema::{Content, Entity, Part, Remark};
use raadhuis_text::bsn::{find, strike};

use crate::supplier::Harvested;

/// Strikes the numbers out of all that was said in an answer; whether there were any. A number may begin in one piece of a
/// transcript and end in the next.
pub fn strike_out<T>(subject: &str, harvested: &mut Harvested<T>) -> bool {
    let spoken: String = harvested.parts.iter_mut().filter_map(said).fold(String::new(), |mut all, text| {
        all.push_str(text);
        all.push('\n');
        all
    });
    let hits = find(&spoken);
    if hits.is_empty() {
        return false;
    }
    let struck = strike(&spoken, &hits);
    let mut rest = struck.as_str();
    for text in harvested.parts.iter_mut().filter_map(said) {
        // Only digits were replaced, each by one star: lengths are as before.
        let (piece, next) = rest.split_at(text.len());
        piece.clone_into(text);
        rest = &next[1..];
    }
    harvested.remarks.push(Remark::struck_out(subject, hits.len()));
    true
}

fn said(part: &mut Part) -> Option<&mut String> {
    match &mut part.content {
        Content::Says(entity) => match &mut **entity {
            Entity::TranscriptSegment(segment) => Some(&mut segment.text),
            _ => None,
        },
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
        Part {
            origin: Origin::Listing { source: "x".into(), collection: "y".into() },
            standing: Standing::Detail,
            content: Content::Says(Box::new(Entity::TranscriptSegment(segment))),
        }
    }

    fn recording_id(id: &Id<raadhuis_schema::Recording>) -> &raadhuis_schema::EntityId {
        id.any()
    }

    #[test]
    fn a_number_that_was_said_is_struck_also_across_pieces() {
        let parts = vec![part(0, "mijn bsn is één 1234"), part(5, "56782 zei zij"), part(9, "dank u")];
        let mut harvested = Harvested::<()> { parts, ..Harvested::default() };
        assert!(strike_out("x", &mut harvested));
        let texts: Vec<String> =
            harvested.parts.iter_mut().filter_map(said).map(|text| text.clone()).collect();
        assert_eq!(texts, ["mijn bsn is één ****", "***** zei zij", "dank u"]);
        assert!(!harvested.remarks[0].message.contains("1234"));
        assert!(!strike_out("x", &mut harvested));
    }
}
