//! Whose things are meant, and which: as programs write it in queries and addresses. Pure.

use raadhuis_schema::{Authority, EntityId, Kind};

/// The authority that is meant: by its id, or by its code, in which no colon stands.
///
/// # Errors
/// It is neither.
pub fn authority(asked: &str) -> Result<EntityId, String> {
    if !asked.contains(':') {
        let is_code = asked.len() > 2 && asked.chars().all(char::is_alphanumeric);
        let none = || format!("{asked:?} is no id, and no code such as GM0518");
        return is_code.then(|| Authority::id_of(asked).into()).ok_or_else(none);
    }
    let id = asked.parse::<EntityId>().map_err(|why| why.to_string())?;
    if id.kind() == Kind::Authority { Ok(id) } else { Err(format!("{asked:?} is no id of an authority")) }
}

/// The kind that is meant, by its word.
///
/// # Errors
/// There is none, with the one most like it.
pub fn kind(asked: &str) -> Result<Kind, String> {
    let nearest = || Kind::ALL.into_iter().min_by_key(|kind| strsim::osa_distance(kind.word(), asked));
    let none =
        || format!("{asked:?} is no kind; did you mean {:?}?", nearest().map(Kind::word).unwrap_or_default());
    Kind::of_word(asked).ok_or_else(none)
}
