//! Office-holders, their parties and their functions. Citizens who spoke or wrote are never kept.

use serde::{Deserialize, Serialize};

use crate::{
    Authority, YesNo,
    id::{Id, Kind, OfKind},
    time::When,
};

/// An office-holder. Only the name is kept, and no contact details.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The id of this person.
    pub id: Id<Person>,
    /// The authority of the office. Namesakes at two authorities are two persons.
    pub authority: Id<Authority>,
    /// The first and last name.
    pub name: Option<String>,
}

impl OfKind for Person {
    const KIND: Kind = Kind::Person;
}

/// A person in a function, for a party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The id of this membership.
    pub id: Id<Membership>,
    /// The authority of the function.
    pub authority: Id<Authority>,
    /// The person who has the function.
    pub person: Id<Person>,
    /// The party's name as published with this function.
    pub party: Option<String>,
    /// The function, such as "Raadslid" (councillor).
    pub role: Option<String>,
    /// The supplier's statement whether the function is current.
    pub active: Option<YesNo>,
    /// The begin of the function.
    pub start: Option<When>,
    /// The end of the function, past or planned.
    pub end: Option<When>,
}

impl OfKind for Membership {
    const KIND: Kind = Kind::Membership;
}
