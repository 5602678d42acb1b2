//! From Notubiz' shapes to our entities: one function for each question, in files by subject.

use raadhuis_schema::{
    Authority, Content, Entity, EntityId, Id, Kind, Origin, Part, Remark, Scope, Source, Standing, Window,
    id::OfKind,
};
use serde_json::Value;

use super::{Task, payload};
use crate::supplier::{
    Harvested, Supplier, Unreadable,
    json::{Node, Notes},
};

mod agenda;
mod document;
mod entry;
mod event;
mod people;
mod voting;

/// What an answer says.
pub fn read(source: &Source, task: &Task, json: &Value) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::Notubiz::name(task));
    let root = Node::root(json, &notes);
    let mut reading = Reading { source, notes: &notes, harvested: Harvested::default() };
    match task {
        Task::Gremia => people::gremia(&mut reading, &root)?,
        Task::Parties => people::parties(&mut reading, &root)?,
        Task::Speakers => people::speakers(&mut reading, &root)?,
        Task::Modules { window } => entry::modules(&mut reading, &root, *window)?,
        Task::Events { window, page } => event::events(&mut reading, &root, *window, *page)?,
        Task::Assembly { id } => event::assembly(&mut reading, &root, *id)?,
        Task::Meeting { id } => agenda::meeting(&mut reading, &root, *id)?,
        Task::Votings { meeting, withheld } => voting::votings(&mut reading, &root, *meeting, withheld)?,
        Task::Register { module, name, window } => {
            entry::register(&mut reading, &root, *module, name, *window)?;
        }
        Task::Item { id } => entry::item(&mut reading, &root, *id)?,
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}

/// One answer being read: what it said so far, and how its ids are made.
struct Reading<'a> {
    source: &'a Source,
    notes: &'a Notes,
    harvested: Harvested<Task>,
}

impl Reading<'_> {
    fn authority(&self) -> Id<Authority> {
        self.source.authority.id.clone()
    }

    fn id<T: OfKind>(&self, native: u64) -> Id<T> {
        Id::new("notubiz", &self.source.tenant, native)
    }

    fn any_id(&self, kind: Kind, native: u64) -> EntityId {
        EntityId::new(kind, "notubiz", &self.source.tenant, native)
    }

    /// The id of `node` from its field `key`; without one the thing cannot be kept.
    fn native(&self, node: &Node<'_>, kind: Kind) -> Option<u64> {
        let id = node.get("id");
        let native = id.is_some().then(|| id.number()).flatten();
        if native.is_none() {
            self.notes.add(Remark::missing_id(self.notes.subject(), node.path(), kind));
        }
        native
    }

    fn listing(&self, collection: &str) -> Origin {
        Origin::Listing { source: self.source.key.clone(), collection: collection.to_owned() }
    }

    fn says(&mut self, origin: &Origin, standing: Standing, entity: Entity) {
        self.harvested.parts.push(Part {
            origin: origin.clone(),
            standing,
            content: Content::Says(Box::new(entity)),
        });
    }

    fn names(&mut self, origin: &Origin, id: EntityId) {
        let content = Content::Names(id);
        self.harvested.parts.push(Part { origin: origin.clone(), standing: Standing::Mention, content });
    }

    /// Keeps nothing of `id` but the remark that it is not public.
    fn withhold(&mut self, origin: &Origin, id: EntityId, at: &Node<'_>, parent: Option<&EntityId>) {
        self.notes.add(Remark::withheld(self.notes.subject(), at.path(), &id, parent));
        let content = Content::Withheld(id);
        self.harvested.parts.push(Part { origin: origin.clone(), standing: Standing::Mention, content });
    }

    /// Keeps nothing of `id`, of which it is not even known that it exists.
    fn conceal(&mut self, origin: &Origin, id: EntityId) {
        let content = Content::Withheld(id);
        self.harvested.parts.push(Part { origin: origin.clone(), standing: Standing::Mention, content });
    }

    fn complete(&mut self, origin: Origin, window: Option<Window>, announced: Option<u64>) {
        self.harvested.complete.push(Scope { origin, window, announced });
    }

    fn next(&mut self, task: Task) {
        self.harvested.next.push(task);
    }
}

/// The field that an answer must have to be an answer at all.
fn must_have<'a>(root: &Node<'a>, key: &str) -> Result<Node<'a>, Unreadable> {
    let node = root.get(key);
    if node.is_some() { Ok(node) } else { Err(Unreadable(format!("it has no field {key:?}"))) }
}
