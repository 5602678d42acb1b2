//! Who decides: authorities and the committees in which they meet.

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
    /// Named after its official code, so that it outlives every supplier.
    pub id: Id<Authority>,
    /// Its name, without "gemeente" or "provincie" before it.
    pub name: String,
    /// Which sort of body.
    pub kind: AuthorityKind,
    /// The CBS or TOOI code, such as `GM0518`.
    pub code: String,
    /// The province in which it lies; for a province its own name.
    pub province: Option<String>,
    /// Where the public looks at its papers at the supplier.
    pub page: Option<Url>,
    /// The first day of its existence, where that is known.
    pub founded: Option<When>,
    /// The last day of its existence, once it is no more.
    pub dissolved: Option<When>,
    /// Of what it was made.
    #[serde(default)]
    pub predecessors: Vec<Id<Authority>>,
    /// Into what it went.
    #[serde(default)]
    pub successors: Vec<Id<Authority>>,
    /// How many seats its council has.
    pub seats: Option<u32>,
}

impl OfKind for Authority {
    const KIND: Kind = Kind::Authority;
}

impl Authority {
    /// The id of the authority with a code, however its capitals are.
    pub fn id_of(code: &str) -> Id<Self> {
        Id::new("nl", "tooi", code.to_lowercase())
    }

    /// The provinces in which it lies: a water authority may lie in several.
    pub fn provinces(&self) -> impl Iterator<Item = &str> {
        self.province.iter().flat_map(|names| names.split(';')).map(str::trim).filter(|name| !name.is_empty())
    }

    /// Whether it lies in a province of that name, however its capitals are.
    pub fn lies_in(&self, province: &str) -> bool {
        self.provinces().any(|name| name.to_lowercase() == province.to_lowercase())
    }
}

/// The sorts of authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityKind {
    /// Gemeente.
    Municipality,
    /// Provincie.
    Province,
    /// Waterschap.
    WaterAuthority,
    /// A part of a municipality with a council of its own (stadsdeel).
    Submunicipal,
    /// The state, whose registers name the others. It has no council here.
    State,
}

impl AuthorityKind {
    /// The word that stands for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Municipality => "municipality",
            Self::Province => "province",
            Self::WaterAuthority => "water-authority",
            Self::Submunicipal => "submunicipal",
            Self::State => "state",
        }
    }
}

/// A body within an authority that meets (Dutch: gremium).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Committee {
    /// Its id.
    pub id: Id<Committee>,
    /// The authority it belongs to.
    pub authority: Id<Authority>,
    /// Its name as published.
    pub name: Option<String>,
    /// What sort of body, where that can be told.
    pub kind: Option<CommitteeKind>,
    /// What it says of itself, as plain text.
    pub description: Option<String>,
}

impl OfKind for Committee {
    const KIND: Kind = Kind::Committee;
}

/// The sorts of committee.
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
    /// Told from the name, since suppliers' own labels differ per customer. `None` when the name does not say.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        // "Agendacommissie" is a presidium and "Raadscommissie" no council, so the narrower words come first.
        if has(&["presidium", "agendacommissie", "seniorenconvent"]) {
            Some(Self::Presidium)
        } else if has(&["commissie", "kommisje"]) {
            Some(Self::Committee)
        } else if has(&["college", "gedeputeerde", "dagelijks bestuur", "b&w"]) {
            Some(Self::Executive)
        } else if has(&["provinciale staten", "provinsjale steaten"]) {
            Some(Self::States)
        } else if has(&["algemeen bestuur", "verenigde vergadering"]) {
            Some(Self::GeneralBoard)
        } else if has(&["gemeenteraad", "raadsvergadering", "besluitvormende raad"]) || name.trim() == "raad"
        {
            Some(Self::Council)
        } else {
            None
        }
    }
}
