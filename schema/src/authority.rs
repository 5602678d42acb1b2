//! Who decides: authorities and the committees in which they meet.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::id::{Id, Kind, OfKind};

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
}

impl OfKind for Authority {
    const KIND: Kind = Kind::Authority;
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
        if has(&["commissie", "kommisje"]) {
            Some(Self::Committee)
        } else if has(&["presidium", "agendacommissie"]) {
            Some(Self::Presidium)
        } else if has(&["college", "gedeputeerde", "dagelijks bestuur"]) {
            Some(Self::Executive)
        } else if has(&["provinciale staten", "provinsjale steaten"]) {
            Some(Self::States)
        } else if has(&["algemeen bestuur", "verenigde vergadering"]) {
            Some(Self::GeneralBoard)
        } else if has(&["gemeenteraad", "raadsvergadering"]) || name == "raad" {
            Some(Self::Council)
        } else {
            None
        }
    }
}
