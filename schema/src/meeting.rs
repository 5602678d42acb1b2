//! When and about what: meetings and the items on their agendas.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Authority, Committee, Document,
    id::{EntityId, Id, Kind, OfKind},
    time::When,
};

/// A meeting, or a day of meetings that are its children (Dutch: vergadering).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meeting {
    /// Its id.
    pub id: Id<Meeting>,
    /// Whose meeting.
    pub authority: Id<Authority>,
    /// The committee that meets.
    pub committee: Option<Id<Committee>>,
    /// The day of meetings of which this is one.
    pub parent: Option<Id<Meeting>>,
    /// The title as published.
    pub name: Option<String>,
    /// When it begins, as announced.
    pub start: Option<When>,
    /// When it ends, as announced.
    pub end: Option<When>,
    /// Where.
    pub location: Option<String>,
    /// The invitation, as plain text.
    pub description: Option<String>,
    /// Whether it goes on.
    pub status: Option<MeetingStatus>,
    /// The public page at the supplier.
    pub page: Option<Url>,
    /// Documents of the meeting as a whole, in the supplier's order.
    #[serde(default)]
    pub documents: Vec<Id<Document>>,
    /// Motions and register entries of the meeting as a whole.
    #[serde(default)]
    pub entries: Vec<EntityId>,
}

impl Meeting {
    /// Of which nothing more is said.
    pub fn bare(id: Id<Self>, authority: Id<Authority>) -> Self {
        Self {
            id,
            authority,
            committee: None,
            parent: None,
            name: None,
            start: None,
            end: None,
            location: None,
            description: None,
            status: None,
            page: None,
            documents: Vec::new(),
            entries: Vec::new(),
        }
    }
}

impl OfKind for Meeting {
    const KIND: Kind = Kind::Meeting;
}

/// Whether a meeting goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeetingStatus {
    /// It is announced as going on.
    Confirmed,
    /// It is entered, but not announced.
    Unconfirmed,
    /// It was called off.
    Cancelled,
}

/// One point of an agenda (Dutch: agendapunt).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgendaItem {
    /// Its id.
    pub id: Id<AgendaItem>,
    /// Whose.
    pub authority: Id<Authority>,
    /// The meeting on whose agenda it stands, however deep.
    pub meeting: Id<Meeting>,
    /// The meeting, or the agenda item it is part of.
    pub parent: EntityId,
    /// Its place among its siblings, from 0.
    pub position: u32,
    /// The number printed before it ("4.1").
    pub number: Option<String>,
    /// The title as published.
    pub title: Option<String>,
    /// The explanation, as plain text.
    pub description: Option<String>,
    /// Whether it only heads what follows.
    #[serde(default)]
    pub heading: bool,
    /// When its treatment was planned to begin.
    pub start: Option<When>,
    /// When its treatment was planned to end.
    pub end: Option<When>,
    /// Where it begins in the recording, in seconds.
    pub starts_at_second: Option<u32>,
    /// Where it ends in the recording, in seconds.
    pub ends_at_second: Option<u32>,
    /// Its place on the public page at the supplier.
    pub page: Option<Url>,
    /// Its documents, in the supplier's order.
    #[serde(default)]
    pub documents: Vec<Id<Document>>,
    /// Motions and register entries that belong to it.
    #[serde(default)]
    pub entries: Vec<EntityId>,
}

impl AgendaItem {
    /// Of which nothing more is said.
    pub fn bare(id: Id<Self>, authority: Id<Authority>, meeting: Id<Meeting>, parent: EntityId) -> Self {
        Self {
            id,
            authority,
            meeting,
            parent,
            position: 0,
            number: None,
            title: None,
            description: None,
            heading: false,
            start: None,
            end: None,
            starts_at_second: None,
            ends_at_second: None,
            page: None,
            documents: Vec::new(),
            entries: Vec::new(),
        }
    }
}

impl OfKind for AgendaItem {
    const KIND: Kind = Kind::AgendaItem;
}
