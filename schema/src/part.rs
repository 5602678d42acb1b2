//! Parts: an entity is the fold of the parts that several answers contribute, independent of their order.

use std::{fmt, str::FromStr};

use serde_json::Value;

use crate::{
    Entity, EntityId,
    canonical::{canonical, says_something},
};

/// The contribution of one answer to one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The origin of the part. An entity has at most one part of each origin.
    pub origin: Origin,
    /// The weight of the part.
    pub standing: Standing,
    /// The content of the part.
    pub content: Content,
}

impl Part {
    /// The entity that the part describes.
    pub fn entity(&self) -> &EntityId {
        match &self.content {
            Content::Says(entity) => entity.id(),
            Content::Names(id) | Content::Withheld(id) => id,
        }
    }
}

/// The contents that a part can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// The entity, as far as this answer knows it.
    Says(Box<Entity>),
    /// The existence of an entity and nothing more, which keeps alive an entity that another answer
    /// describes.
    Names(EntityId),
    /// The statement that an entity is not public, which overrules every other part.
    Withheld(EntityId),
}

/// The weight of a part against the others of its entity; later variants weigh more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Our own inference, where no supplier says it.
    Inferred = 0,
    /// A mention in passing, by something the entity belongs to.
    Mention = 1,
    /// A line of a listing.
    Listing = 2,
    /// An answer about the entity itself.
    Detail = 3,
}

impl Standing {
    /// The variant with the number that the store keeps.
    pub fn of_number(number: i64) -> Self {
        match number {
            3 => Self::Detail,
            2 => Self::Listing,
            1 => Self::Mention,
            _ => Self::Inferred,
        }
    }
}

/// The origin of a part. An entity lives as long as a chain of origins leads from it to a listing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A collection of a source, such as its events. The root of every chain.
    Listing {
        /// The key of the source.
        source: String,
        /// The name of the collection.
        collection: String,
    },
    /// The answer about one entity.
    Detail(EntityId),
    /// An answer about one aspect of an entity, or a follower's result for it: its votes, its text.
    Aspect {
        /// The name of the aspect.
        aspect: String,
        /// The entity with that aspect.
        of: EntityId,
    },
}

impl Origin {
    /// The entity on which this origin depends; `None` for a listing.
    pub fn anchor(&self) -> Option<&EntityId> {
        match self {
            Self::Listing { .. } => None,
            Self::Detail(id) | Self::Aspect { of: id, .. } => Some(id),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listing { source, collection } => write!(f, "listing {source}/{collection}"),
            Self::Detail(id) => write!(f, "detail {id}"),
            Self::Aspect { aspect, of } => write!(f, "{aspect} of {of}"),
        }
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("{text:?} is no origin");
        if let Some(rest) = text.strip_prefix("listing ") {
            let (source, collection) = rest.split_once('/').ok_or_else(refuse)?;
            return Ok(Self::Listing { source: source.to_owned(), collection: collection.to_owned() });
        }
        if let Some(id) = text.strip_prefix("detail ") {
            return Ok(Self::Detail(id.parse().map_err(|_| refuse())?));
        }
        let (aspect, id) = text.split_once(" of ").ok_or_else(refuse)?;
        Ok(Self::Aspect { aspect: aspect.to_owned(), of: id.parse().map_err(|_| refuse())? })
    }
}

/// The fields of a part that [`fold_pieces`] needs: the store passes what it holds without rebuilding each entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The origin of the part, as text.
    pub origin: String,
    /// The weight of the part.
    pub standing: Standing,
    /// The entity as canonical JSON; `None` for a part that only serves as a link of a chain.
    pub body: Option<Value>,
}

/// Folds all pieces into one entity: for each field the value of the weightiest piece that has one.
///
/// Pure, and independent of the order of the pieces. `None` when no piece has a body.
pub fn fold_pieces(mut pieces: Vec<Piece>) -> Option<Value> {
    pieces.retain(|piece| piece.body.is_some());
    pieces.sort_by(|a, b| {
        (b.standing, freshness(b)).cmp(&(a.standing, freshness(a))).then_with(|| a.origin.cmp(&b.origin))
    });
    let mut folded = serde_json::Map::new();
    for piece in pieces {
        if let Some(Value::Object(fields)) = piece.body {
            for (key, value) in fields {
                if says_something(&value) {
                    folded.entry(key).or_insert(value);
                }
            }
        }
    }
    if folded.is_empty() { None } else { Some(canonical(&Value::Object(folded))) }
}

/// The key that tells which of two pieces of equal weight is newer: the supplier's own revision and
/// modification time.
fn freshness(piece: &Piece) -> (u64, String) {
    let field = |name: &str| piece.body.as_ref().and_then(|body| body.get(name));
    let version = field("version").and_then(Value::as_u64).unwrap_or_default();
    (version, field("modified").and_then(Value::as_str).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn piece(origin: &str, standing: Standing, body: Value) -> Piece {
        Piece { origin: origin.to_owned(), standing, body: Some(body) }
    }

    #[test]
    fn a_detail_overrules_a_listing_and_the_listing_fills_what_it_leaves_out() {
        let pieces = vec![
            piece("listing w/events", Standing::Listing, json!({"name": "Raad", "location": "Raadzaal"})),
            piece("detail meeting:x:1:2", Standing::Detail, json!({"name": "Gemeenteraad", "location": ""})),
        ];
        assert_eq!(fold_pieces(pieces), Some(json!({"name": "Gemeenteraad", "location": "Raadzaal"})));
    }

    #[test]
    fn of_two_mentions_the_newer_revision_counts() {
        let pieces = vec![
            piece("detail meeting:x:1:2", Standing::Mention, json!({"version": 1, "url": "a"})),
            piece("detail meeting:x:1:3", Standing::Mention, json!({"version": 2, "url": "b"})),
        ];
        assert_eq!(fold_pieces(pieces), Some(json!({"version": 2, "url": "b"})));
    }

    #[test]
    fn a_standing_reads_back_from_its_number() {
        for standing in [Standing::Inferred, Standing::Mention, Standing::Listing, Standing::Detail] {
            assert_eq!(Standing::of_number(standing as i64), standing);
        }
    }

    #[test]
    fn all_but_a_listing_are_anchored_to_an_entity() {
        let id: EntityId = "document:notubiz:9101:7".parse().unwrap();
        let listing = Origin::Listing { source: "waterdam".into(), collection: "events".into() };
        assert_eq!(listing.anchor(), None);
        assert_eq!(Origin::Detail(id.clone()).anchor(), Some(&id));
        assert_eq!(Origin::Aspect { aspect: "text".into(), of: id.clone() }.anchor(), Some(&id));
    }

    #[test]
    fn an_origin_reads_back_as_it_was_written() {
        let id: EntityId = "document:notubiz:9101:7".parse().unwrap();
        for origin in [
            Origin::Listing { source: "waterdam".into(), collection: "modules/6".into() },
            Origin::Detail(id.clone()),
            Origin::Aspect { aspect: "text".into(), of: id },
        ] {
            assert_eq!(origin.to_string().parse::<Origin>(), Ok(origin));
        }
    }

    proptest! {
        #[test]
        fn the_order_of_the_pieces_makes_no_difference(
            bodies in proptest::collection::vec((0_u8..3, 0_u64..3, proptest::collection::btree_map("[a-c]", "[x-z]{0,2}", 0..3)), 1..7),
            seed in any::<u64>(),
        ) {
            let pieces: Vec<_> = bodies.iter().enumerate().map(|(i, (standing, version, fields))| {
                let mut body = json!(fields);
                body["version"] = json!(version);
                piece(&format!("origin {i}"), Standing::of_number(i64::from(*standing)), body)
            }).collect();
            let mut shuffled = pieces.clone();
            let mut state = seed;
            for i in (1..shuffled.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                shuffled.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
            }
            prop_assert_eq!(fold_pieces(pieces), fold_pieces(shuffled));
        }
    }
}
