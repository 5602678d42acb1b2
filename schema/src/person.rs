//! Who takes part: office-holders, their parties and their functions. Never a citizen who spoke or wrote.

use serde::{Deserialize, Serialize};

use crate::{
    Authority, YesNo,
    id::{Id, Kind, OfKind},
    time::When,
};

/// An office-holder. Of a person we keep the name and nothing by which to reach them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Its id.
    pub id: Id<Person>,
    /// Where the office is held. Namesakes at two authorities are two persons.
    pub authority: Id<Authority>,
    /// First and last name.
    pub name: Option<String>,
}

impl OfKind for Person {
    const KIND: Kind = Kind::Person;
}

/// A person in a function, for a party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// Its id.
    pub id: Id<Membership>,
    /// At which authority.
    pub authority: Id<Authority>,
    /// Who.
    pub person: Id<Person>,
    /// The party's name as published with this function.
    pub party: Option<String>,
    /// The function ("Raadslid").
    pub role: Option<String>,
    /// Whether the supplier says it is current.
    pub active: Option<YesNo>,
    /// When it began.
    pub start: Option<When>,
    /// When it ended or will end.
    pub end: Option<When>,
}

impl OfKind for Membership {
    const KIND: Kind = Kind::Membership;
}
