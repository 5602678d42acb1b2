//! Meetings and the items on their agendas.

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
    /// The id of this meeting.
    pub id: Id<Meeting>,
    /// The authority that holds the meeting.
    pub authority: Id<Authority>,
    /// The committee that holds the meeting.
    pub committee: Option<Id<Committee>>,
    /// The day of meetings that this one belongs to.
    pub parent: Option<Id<Meeting>>,
    /// The title in the supplier's words.
    pub name: Option<String>,
    /// The announced begin of the meeting.
    pub start: Option<When>,
    /// The announced end of the meeting.
    pub end: Option<When>,
    /// The place of the meeting, as published.
    pub location: Option<String>,
    /// The invitation, as plain text.
    pub description: Option<String>,
    /// The status: confirmed, unconfirmed or cancelled.
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
    /// Makes a meeting with these ids and no other fields.
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

/// The status of a meeting in the supplier's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeetingStatus {
    /// The meeting is announced as going on.
    Confirmed,
    /// The meeting is entered, but not announced.
    Unconfirmed,
    /// The meeting was called off.
    Cancelled,
}

/// One point of an agenda (Dutch: agendapunt).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgendaItem {
    /// The id of this agenda item.
    pub id: Id<AgendaItem>,
    /// The authority that holds the meeting.
    pub authority: Id<Authority>,
    /// The meeting with this item on its agenda, at whatever depth.
    pub meeting: Id<Meeting>,
    /// The meeting or agenda item that contains this one.
    pub parent: EntityId,
    /// The position among its siblings, from 0.
    pub position: u32,
    /// The number printed before it ("4.1").
    pub number: Option<String>,
    /// The title in the supplier's words.
    pub title: Option<String>,
    /// The explanation, as plain text.
    pub description: Option<String>,
    /// Marks an item that is only a heading for those after it.
    #[serde(default)]
    pub heading: bool,
    /// The planned begin of its treatment.
    pub start: Option<When>,
    /// The planned end of its treatment.
    pub end: Option<When>,
    /// The begin of its treatment in the recording, in seconds.
    pub starts_at_second: Option<u32>,
    /// The end of its treatment in the recording, in seconds.
    pub ends_at_second: Option<u32>,
    /// The address of the item on the supplier's public page.
    pub page: Option<Url>,
    /// The documents of the item, in the supplier's order.
    #[serde(default)]
    pub documents: Vec<Id<Document>>,
    /// Motions and register entries that belong to it.
    #[serde(default)]
    pub entries: Vec<EntityId>,
}

impl AgendaItem {
    /// Makes an agenda item with these ids and no other fields.
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
