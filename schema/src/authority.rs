//! Authorities, and the committees in which they meet.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    id::{Id, Kind, OfKind},
    time::When,
};

/// A public body with an elected council (Dutch: overheid).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authority {
    /// The id, made of the official code, so that it survives every change of supplier.
    pub id: Id<Authority>,
    /// The name, without "gemeente" or "provincie" before it.
    pub name: String,
    /// The sort of public body.
    pub kind: AuthorityKind,
    /// The CBS or TOOI code, such as `GM0518`.
    pub code: String,
    /// The province of the authority; for a province its own name.
    pub province: Option<String>,
    /// The page at the supplier with the papers for the public.
    pub page: Option<Url>,
    /// The first day of its existence, if known.
    pub founded: Option<When>,
    /// The last day of its existence, once it is dissolved.
    pub dissolved: Option<When>,
    /// The authorities that merged into this one.
    #[serde(default)]
    pub predecessors: Vec<Id<Authority>>,
    /// The authorities into which this one merged.
    #[serde(default)]
    pub successors: Vec<Id<Authority>>,
    /// The number of seats in its council.
    pub seats: Option<u32>,
}

impl OfKind for Authority {
    const KIND: Kind = Kind::Authority;
}

impl Authority {
    /// Makes the id of the authority with a code; capitals do not matter.
    pub fn id_of(code: &str) -> Id<Self> {
        Id::new("nl", "tooi", code.to_lowercase())
    }

    /// Lists the provinces of the authority: a water authority may have several.
    pub fn provinces(&self) -> impl Iterator<Item = &str> {
        self.province.iter().flat_map(|names| names.split(';')).map(str::trim).filter(|name| !name.is_empty())
    }

    /// Returns whether the authority is in the province of that name; capitals do not matter.
    pub fn lies_in(&self, province: &str) -> bool {
        self.provinces().any(|name| name.to_lowercase() == province.to_lowercase())
    }
}

/// The sorts of public body with a council.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityKind {
    /// A municipality with its council (Dutch: gemeente).
    Municipality,
    /// A province with its council (Dutch: provincie).
    Province,
    /// A water authority (Dutch: waterschap).
    WaterAuthority,
    /// A part of a municipality with a council of its own (stadsdeel).
    Submunicipal,
    /// The state, whose registers name the others. It has no council here.
    State,
}

impl AuthorityKind {
    /// The word for it that is stored and printed.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A body within an authority that meets (Dutch: gremium).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Committee {
    /// The id of this committee.
    pub id: Id<Committee>,
    /// The authority of the committee.
    pub authority: Id<Authority>,
    /// The name of the committee as published.
    pub name: Option<String>,
    /// The sort of committee, if its name tells.
    pub kind: Option<CommitteeKind>,
    /// The supplier's description of the committee, as plain text.
    pub description: Option<String>,
}

impl OfKind for Committee {
    const KIND: Kind = Kind::Committee;
}

/// The sorts of committee that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommitteeKind {
    /// The council of a municipality (gemeenteraad).
    Council,
    /// The council of a province (Provinciale Staten).
    States,
    /// The council of a water authority (algemeen bestuur).
    GeneralBoard,
    /// A committee that prepares decisions.
    Committee,
    /// The body that sets the agenda (presidium).
    Presidium,
    /// The executive (college, Gedeputeerde Staten, dagelijks bestuur).
    Executive,
}

impl CommitteeKind {
    /// Derives the kind from the name, because suppliers' own labels differ per customer. `None` when the
    /// name does not tell.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        // "Agendacommissie" is a presidium and "Raadscommissie" no council, so the narrower words come first.
        if crate::plain::contains_any(&name, &["presidium", "agendacommissie", "seniorenconvent"]) {
            Some(Self::Presidium)
        } else if crate::plain::contains_any(&name, &["commissie", "kommisje"]) {
            Some(Self::Committee)
        } else if crate::plain::contains_any(&name, &["college", "gedeputeerde", "dagelijks bestuur", "b&w"])
        {
            Some(Self::Executive)
        } else if crate::plain::contains_any(&name, &["provinciale staten", "provinsjale steaten"]) {
            Some(Self::States)
        } else if crate::plain::contains_any(&name, &["algemeen bestuur", "verenigde vergadering"]) {
            Some(Self::GeneralBoard)
        } else if crate::plain::contains_any(
            &name,
            &["gemeenteraad", "raadsvergadering", "besluitvormende raad"],
        ) || name.trim() == "raad"
        {
            Some(Self::Council)
        } else {
            None
        }
    }
}
