//! Who takes part: office-holders, their parties and their functions. Never a citizen who spoke or wrote.

use serde::{Deserialize, Serialize};

use crate::{
    Authority,
    id::{Id, Kind, OfKind},
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

/// A party as it sits in one council. The same name elsewhere is another party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Its id.
    pub id: Id<Party>,
    /// In whose council.
    pub authority: Id<Authority>,
    /// Its name as published.
    pub name: Option<String>,
}

impl OfKind for Party {
    const KIND: Kind = Kind::Party;
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
    pub active: Option<bool>,
}

impl OfKind for Membership {
    const KIND: Kind = Kind::Membership;
}
