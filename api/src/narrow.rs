//! Parses the authorities and kinds by which queries and addresses restrict an answer. Pure.

use raadhuis_schema::{Authority, EntityId, Kind};

/// The id of the authority that `asked` names by id or by code. A text without a colon is a code.
///
/// # Errors
/// The text is neither an id of an authority nor a code.
pub fn authority(asked: &str) -> Result<EntityId, String> {
    if !asked.contains(':') {
        let is_code = asked.len() > 2 && asked.chars().all(char::is_alphanumeric);
        return is_code
            .then(|| Authority::id_of(asked).into())
            .ok_or_else(|| format!("{asked:?} is no id, and no code such as GM0518"));
    }
    let id = asked.parse::<EntityId>().map_err(|why| why.to_string())?;
    if id.kind() == Kind::Authority { Ok(id) } else { Err(format!("{asked:?} is no id of an authority")) }
}

/// The kind with this word.
///
/// # Errors
/// No kind has this word; the text names the most similar one.
pub fn parse_kind(asked: &str) -> Result<Kind, String> {
    asked.parse().map_err(|_| {
        let nearest = Kind::ALL.iter().min_by_key(|kind| strsim::osa_distance(kind.as_str(), asked));
        format!("{asked:?} is no kind; did you mean {:?}?", nearest.map_or("", |kind| kind.as_str()))
    })
}
