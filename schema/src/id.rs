//! Ids that never change: the same entity always gets the same id, independent of the order of answers.
//!
//! An id reads `kind:supplier:tenant:native`, for example `meeting:notubiz:281:458902`. It is safe in a URL
//! and opaque to clients; only this file splits one into its parts.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The kind of entity that an id names: the closed list of everything Raadhuis keeps.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, clippy::allow_attributes, reason = "each is documented where its struct is")]
pub enum Kind {
    Authority,
    Committee,
    Meeting,
    AgendaItem,
    Document,
    DocumentText,
    Person,
    Party,
    Membership,
    Motion,
    Proposal,
    Decision,
    Commitment,
    WrittenQuestion,
    RegisterEntry,
    VoteEvent,
    Vote,
    Recording,
    Chapter,
    TranscriptSegment,
}

impl Kind {
    /// Every kind, in the order in which a reader meets them.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The kinds of register entries. Only the entry itself tells which kind it is.
    pub const ENTRIES: [Self; 6] = [
        Self::Motion,
        Self::Proposal,
        Self::Decision,
        Self::Commitment,
        Self::WrittenQuestion,
        Self::RegisterEntry,
    ];

    /// The first word of the ids of this kind.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The id of an entity of any kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId {
    text: Arc<str>,
}

/// The reason why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseIdError {
    /// The first word names no kind.
    #[error("{0:?} is no id: it does not open with a known kind")]
    UnknownKind(String),
    /// The id is of another kind than the wanted one.
    #[error("{id} is no {wanted} id")]
    OtherKind {
        /// The id that was given.
        id: String,
        /// The kind that was wanted instead.
        wanted: Kind,
    },
}

impl EntityId {
    /// Makes the id of the entity that `supplier` calls `native` at `tenant`.
    pub fn new(kind: Kind, supplier: &str, tenant: impl fmt::Display, native: impl fmt::Display) -> Self {
        let (tenant, native) = (escape_native(&tenant.to_string()), escape_native(&native.to_string()));
        Self { text: format!("{kind}:{supplier}:{tenant}:{native}").into() }
    }

    /// Makes the id of an entity without one of its own: the id of its whole and a stable key within that.
    pub fn within(&self, kind: Kind, key: impl fmt::Display) -> Self {
        let (_, rest) = self.text.split_once(':').unwrap_or(("", &self.text));
        Self { text: format!("{kind}:{rest}.{}", escape_native(&key.to_string())).into() }
    }

    /// The entity of `kind` inside which this id was made, if any.
    pub fn containing(&self, kind: Kind) -> Option<Self> {
        let (_, rest) = self.text.split_once(':')?;
        let (whole, _) = rest.rsplit_once('.')?;
        Some(Self { text: format!("{kind}:{whole}").into() })
    }

    /// The kind of the named entity.
    pub fn kind(&self) -> Kind {
        // Constructors admit known kinds only, so the fallback is never taken.
        self.text.split_once(':').and_then(|(word, _)| word.parse().ok()).unwrap_or(Kind::RegisterEntry)
    }

    /// The supplier's own id. For an id made within another one: the native id of the latter, a dot and the
    /// key.
    pub fn native(&self) -> String {
        unescape(self.text.splitn(4, ':').nth(3).unwrap_or_default())
    }

    /// The id as a text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn unescape(escaped: &str) -> String {
    let mut native = String::with_capacity(escaped.len());
    for (place, piece) in escaped.split('~').enumerate() {
        match (place % 2, u32::from_str_radix(piece, 16).ok().and_then(char::from_u32)) {
            (1, Some(c)) => native.push(c),
            _ => native.push_str(piece),
        }
    }
    native
}

/// Keeps ids URL-safe and free of the separator: any other character becomes `~` and its hex code.
fn escape_native(native: &str) -> String {
    let mut escaped = String::with_capacity(native.len());
    for c in native.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
            escaped.push(c);
        } else {
            // `é` reads `~e9~`.
            let code = c.escape_unicode().filter(char::is_ascii_hexdigit);
            escaped.push('~');
            escaped.extend(code);
            escaped.push('~');
        }
    }
    escaped
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for EntityId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.split_once(':') {
            Some((word, rest)) if word.parse::<Kind>().is_ok() && !rest.is_empty() => {
                Ok(Self { text: text.into() })
            }
            _ => Err(ParseIdError::UnknownKind(text.chars().take(80).collect())),
        }
    }
}

impl Serialize for EntityId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for EntityId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A struct whose ids are of one kind.
pub trait OfKind {
    /// The kind of all its ids.
    const KIND: Kind;
}

/// The id of a `T`: an [`EntityId`] whose kind the compiler knows.
pub struct Id<T> {
    id: EntityId,
    of: PhantomData<fn() -> T>,
}

impl<T: OfKind> Id<T> {
    /// Makes the id of the `T` that `supplier` calls `native` at `tenant`.
    pub fn new(supplier: &str, tenant: impl fmt::Display, native: impl fmt::Display) -> Self {
        Self { id: EntityId::new(T::KIND, supplier, tenant, native), of: PhantomData }
    }

    /// Makes the id of a `T` without one of its own: the id of `whole` and a stable `key` within that.
    pub fn within(whole: &EntityId, key: impl fmt::Display) -> Self {
        Self { id: whole.within(T::KIND, key), of: PhantomData }
    }
}

impl<T> Id<T> {
    /// The same id, with its kind known at run time only.
    pub fn as_entity(&self) -> &EntityId {
        &self.id
    }
}

impl<T> From<Id<T>> for EntityId {
    fn from(typed: Id<T>) -> Self {
        typed.id
    }
}

impl<T: OfKind> TryFrom<EntityId> for Id<T> {
    type Error = ParseIdError;

    fn try_from(id: EntityId) -> Result<Self, ParseIdError> {
        if id.kind() == T::KIND {
            Ok(Self { id, of: PhantomData })
        } else {
            Err(ParseIdError::OtherKind { id: id.to_string(), wanted: T::KIND })
        }
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), of: PhantomData }
    }
}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.id, f)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.id, f)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.id.serialize(serializer)
    }
}

impl<'de, T: OfKind> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(EntityId::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Document, Meeting};

    #[test]
    fn an_id_says_its_kind_and_refuses_another() {
        let id = EntityId::new(Kind::AgendaItem, "notubiz", 281, 3_935_516);
        assert_eq!(id.as_str(), "agenda-item:notubiz:281:3935516");
        assert_eq!(id.kind(), Kind::AgendaItem);
        assert!(Id::<Meeting>::try_from(id.clone()).is_err());
        assert!(serde_json::from_str::<Id<Document>>(&format!("\"{id}\"")).is_err());
    }

    #[test]
    fn a_text_without_a_known_kind_is_refused() {
        assert!("moot:notubiz:1:2".parse::<EntityId>().is_err());
        assert!("meeting".parse::<EntityId>().is_err());
        assert!("meeting:".parse::<EntityId>().is_err());
    }

    proptest! {
        #[test]
        fn ids_round_trip_stay_url_safe_and_keep_strangers_apart(a in ".{0,24}", b in ".{0,24}") {
            let (ia, ib) = (Id::<Meeting>::new("x", 1, &a), Id::<Meeting>::new("x", 1, &b));
            prop_assert_eq!(a == b, ia == ib);
            let safe = |c: char| c.is_ascii_alphanumeric() || ":-_.~".contains(c);
            prop_assert!(ia.as_entity().as_str().chars().all(safe));
            let again: Id<Meeting> = serde_json::from_str(&serde_json::to_string(&ia).unwrap()).unwrap();
            prop_assert_eq!(ia, again);
        }
    }
}
