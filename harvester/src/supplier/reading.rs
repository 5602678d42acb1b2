//! The state of reading one answer: the parts so far, and the making of ids. Shared by all suppliers.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    hash::Hash,
};

use raadhuis_schema::{
    Authority, Chapter, Content, Diagnostic, Entity, EntityId, Id, Kind, Origin, Part, Scope, Source,
    Standing, Window, id::OfKind,
};

use super::{
    Harvested, UnreadableError,
    json::{JsonNode, Notes},
};

/// Collects the parts, tasks and diagnostics of one answer.
#[derive(Debug)]
pub struct Reading<'a, T> {
    pub source: &'a Source,
    pub notes: &'a Notes,
    pub harvested: Harvested<T>,
    /// Index of each entity's part in `harvested.parts`, by origin and id.
    said: HashMap<(String, EntityId), usize>,
    /// The customer's name in ids: the supplier's own where it never changes, else the key of the source.
    pub tenant: &'a str,
}

impl<'a, T> Reading<'a, T> {
    pub fn new(source: &'a Source, notes: &'a Notes, tenant: &'a str) -> Self {
        Self { source, notes, harvested: Harvested::default(), said: HashMap::new(), tenant }
    }

    pub fn authority(&self) -> Id<Authority> {
        self.source.authority.id.clone()
    }

    /// The id of the entity with the supplier's id `native`.
    pub fn id<E: OfKind>(&self, native: impl Display) -> Id<E> {
        Id::new(self.source.supplier.as_str(), self.tenant, native)
    }

    /// Like [`Reading::id`], for a kind known only at run time.
    pub fn any_id(&self, kind: Kind, native: impl Display) -> EntityId {
        EntityId::new(kind, self.source.supplier.as_str(), self.tenant, native)
    }

    /// The number in the field `id` of `node`. Its absence is a diagnostic: the entity cannot be stored.
    pub fn native_number(&self, node: &JsonNode<'_>, kind: Kind) -> Option<u64> {
        let id = node.get("id");
        let native = id.is_some().then(|| id.number()).flatten();
        if native.is_none() {
            self.notes.add_diagnostic(Diagnostic::missing_id(self.notes.subject(), node.path(), kind));
        }
        native
    }

    /// The text in the field `key` of `node`. Its absence is a diagnostic: the entity cannot be stored.
    pub fn native_text(&self, node: &JsonNode<'_>, key: &str, kind: Kind) -> Option<String> {
        let id = node.get(key);
        let native = id.is_some().then(|| id.text()).flatten();
        if native.is_none() {
            self.notes.add_diagnostic(Diagnostic::missing_id(self.notes.subject(), node.path(), kind));
        }
        native
    }

    /// The origin for a collection of this source.
    pub fn listing(&self, collection: &str) -> Origin {
        Origin::Listing { source: self.source.key.clone(), collection: collection.to_owned() }
    }

    /// Adds the description of an entity. Two different entities under one id are a diagnostic: only one can be stored.
    pub fn describe(&mut self, origin: &Origin, standing: Standing, entity: Entity) {
        if !is_passing(entity.id().kind()) {
            let at = self.harvested.parts.len();
            let before = self.said.insert((origin.to_string(), entity.id().clone()), at);
            let before = before.and_then(|at| self.harvested.parts.get(at));
            if before.is_some_and(|part| !matches!(&part.content, Content::Says(said) if **said == entity)) {
                self.notes.add_diagnostic(Diagnostic::repeated_id(self.notes.subject(), entity.id()));
            }
        }
        let content = Content::Says(Box::new(entity));
        self.harvested.parts.push(Part { origin: origin.clone(), standing, content });
    }

    /// Adds that an entity exists, without a description.
    pub fn mention(&mut self, origin: &Origin, id: EntityId) {
        let content = Content::Names(id);
        self.harvested.parts.push(Part { origin: origin.clone(), standing: Standing::Mention, content });
    }

    /// Withholds an entity, with a diagnostic that it is not public.
    pub fn withhold(&mut self, origin: &Origin, id: EntityId, at: &JsonNode<'_>, parent: Option<&EntityId>) {
        self.notes.add_diagnostic(Diagnostic::withheld(self.notes.subject(), at.path(), &id, parent));
        self.conceal(origin, id);
    }

    /// Withholds an entity without a diagnostic: its existence is not even known.
    pub fn conceal(&mut self, origin: &Origin, id: EntityId) {
        let content = Content::Withheld(id);
        self.harvested.parts.push(Part { origin: origin.clone(), standing: Standing::Mention, content });
    }

    /// Declares that the answer contains everything in `origin`.
    pub fn complete(&mut self, origin: Origin, window: Option<Window>, announced: Option<u64>) {
        self.harvested.complete.push(Scope { origin, window, announced });
    }

    /// Adds the speaker of a chapter. The name is kept only when a person of the authority has it.
    pub fn add_speaker(&mut self, chapter: &Id<Chapter>, name: String) {
        self.harvested.speakers.insert(chapter.as_entity().clone(), name);
    }

    pub fn next(&mut self, task: T) {
        self.harvested.next.push(task);
    }
}

/// Removes duplicates and keeps the order.
pub fn deduplicated<T: Clone + Eq + Hash>(mut ids: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::with_capacity(ids.len());
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

/// Kinds that answers mention in several places, with more fields in one than in another.
fn is_passing(kind: Kind) -> bool {
    matches!(kind, Kind::Document | Kind::Party | Kind::Person | Kind::Committee | Kind::Membership)
}

/// The field without which the whole answer is unusable.
///
/// # Errors
/// It is missing.
pub fn must_have<'a>(root: &JsonNode<'a>, key: &str) -> Result<JsonNode<'a>, UnreadableError> {
    let node = root.get(key);
    if node.is_some() { Ok(node) } else { Err(UnreadableError(format!("it has no field {key:?}"))) }
}
