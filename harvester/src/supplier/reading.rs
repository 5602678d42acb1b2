//! One answer being read: what it said so far, and how its ids are made. Shared by all suppliers.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    hash::Hash,
};

use raadhuis_schema::{
    Authority, Chapter, Content, Entity, EntityId, Id, Kind, Origin, Part, Remark, Scope, Source, Standing,
    Window, id::OfKind,
};

use super::{
    Harvested, Unreadable,
    json::{Node, Notes},
};

/// What an answer said so far.
#[derive(Debug)]
pub struct Reading<'a, T> {
    /// Whose answer.
    pub source: &'a Source,
    /// Where remarks go.
    pub notes: &'a Notes,
    /// What was read.
    pub harvested: Harvested<T>,
    /// Where what was said so far stands, by origin and id.
    said: HashMap<(String, EntityId), usize>,
    /// The customer's name in ids. The supplier's own where it never changes, else the key of the source.
    pub tenant: &'a str,
}

impl<'a, T> Reading<'a, T> {
    /// Nothing was read yet.
    pub fn new(source: &'a Source, notes: &'a Notes, tenant: &'a str) -> Self {
        Self { source, notes, harvested: Harvested::default(), said: HashMap::new(), tenant }
    }

    /// Whose papers these are.
    pub fn authority(&self) -> Id<Authority> {
        self.source.authority.id.clone()
    }

    /// The id of the `E` that the supplier calls `native`.
    pub fn id<E: OfKind>(&self, native: impl Display) -> Id<E> {
        Id::new(self.source.supplier.word(), self.tenant, native)
    }

    /// The id of something of `kind` that the supplier calls `native`.
    pub fn any_id(&self, kind: Kind, native: impl Display) -> EntityId {
        EntityId::new(kind, self.source.supplier.word(), self.tenant, native)
    }

    /// The number in the field `id` of `node`; without one the thing cannot be kept.
    pub fn native(&self, node: &Node<'_>, kind: Kind) -> Option<u64> {
        let id = node.get("id");
        let native = id.is_some().then(|| id.number()).flatten();
        if native.is_none() {
            self.notes.add(Remark::missing_id(self.notes.subject(), node.path(), kind));
        }
        native
    }

    /// The text in the field `key` of `node`; without one the thing cannot be kept.
    pub fn key(&self, node: &Node<'_>, key: &str, kind: Kind) -> Option<String> {
        let id = node.get(key);
        let native = id.is_some().then(|| id.text()).flatten();
        if native.is_none() {
            self.notes.add(Remark::missing_id(self.notes.subject(), node.path(), kind));
        }
        native
    }

    /// A collection of this source.
    pub fn listing(&self, collection: &str) -> Origin {
        Origin::Listing { source: self.source.key.clone(), collection: collection.to_owned() }
    }

    /// Adds what the answer says of an entity. Two things under one id are a remark: only one of them can be kept.
    pub fn says(&mut self, origin: &Origin, standing: Standing, entity: Entity) {
        if !is_passing(entity.id().kind()) {
            let at = self.harvested.parts.len();
            let before = self.said.insert((origin.to_string(), entity.id().clone()), at);
            let before = before.and_then(|at| self.harvested.parts.get(at));
            if before.is_some_and(|part| !matches!(&part.content, Content::Says(said) if **said == entity)) {
                self.notes.add(Remark::repeated_id(self.notes.subject(), entity.id()));
            }
        }
        let content = Content::Says(Box::new(entity));
        self.harvested.parts.push(Part { origin: origin.clone(), standing, content });
    }

    /// Adds that an entity exists.
    pub fn names(&mut self, origin: &Origin, id: EntityId) {
        let content = Content::Names(id);
        self.harvested.parts.push(Part { origin: origin.clone(), standing: Standing::Mention, content });
    }

    /// Keeps nothing of `id` but the remark that it is not public.
    pub fn withhold(&mut self, origin: &Origin, id: EntityId, at: &Node<'_>, parent: Option<&EntityId>) {
        self.notes.add(Remark::withheld(self.notes.subject(), at.path(), &id, parent));
        self.conceal(origin, id);
    }

    /// Keeps nothing of `id`, of which it is not even known that it exists.
    pub fn conceal(&mut self, origin: &Origin, id: EntityId) {
        let content = Content::Withheld(id);
        self.harvested.parts.push(Part { origin: origin.clone(), standing: Standing::Mention, content });
    }

    /// Adds that the answer said everything there is in `origin`.
    pub fn complete(&mut self, origin: Origin, window: Option<Window>, announced: Option<u64>) {
        self.harvested.complete.push(Scope { origin, window, announced });
    }

    /// Adds who is said to speak in a chapter. Kept only where a person of the authority is called so.
    pub fn speaks(&mut self, chapter: &Id<Chapter>, name: String) {
        self.harvested.speakers.insert(chapter.any().clone(), name);
    }

    /// Adds a question.
    pub fn next(&mut self, task: T) {
        self.harvested.next.push(task);
    }
}

/// Each of some ids once, in their order.
pub fn once<T: Clone + Eq + Hash>(mut ids: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::with_capacity(ids.len());
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

/// Kinds that an answer names in passing, with more in one place than in another.
fn is_passing(kind: Kind) -> bool {
    matches!(kind, Kind::Document | Kind::Party | Kind::Person | Kind::Committee | Kind::Membership)
}

/// The field that an answer must have to be an answer at all.
///
/// # Errors
/// It is not there.
pub fn must_have<'a>(root: &Node<'a>, key: &str) -> Result<Node<'a>, Unreadable> {
    let node = root.get(key);
    if node.is_some() { Ok(node) } else { Err(Unreadable(format!("it has no field {key:?}"))) }
}
