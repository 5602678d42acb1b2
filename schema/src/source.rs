//! Where we harvest: one tenant of one supplier, as the catalogue describes it.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::Authority;

/// One tenant of one supplier. Facts only: secrets are named by the supplier and come from the environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The name by which an operator calls it; unique in the catalogue.
    pub key: String,
    /// Whose papers it publishes.
    pub authority: Authority,
    /// In whose system.
    pub supplier: SupplierKind,
    /// What the supplier calls this customer.
    pub tenant: String,
    /// Where the supplier's system answers.
    pub base: Url,
    /// Whether it is harvested when no source is named, and why not.
    pub state: SourceState,
    /// Where several customers share a tenant: the word that marks what is this one's.
    pub include: Option<String>,
    /// The word that marks what is another's.
    pub exclude: Option<String>,
}

impl Source {
    /// Whether something of a shared tenant is this customer's: it names them, or at least nobody else.
    pub fn owns(&self, label: &str) -> bool {
        let label = label.to_lowercase();
        let names = |word: &Option<String>| word.as_ref().is_some_and(|word| label.contains(word.as_str()));
        names(&self.include) || !names(&self.exclude)
    }
}

/// What is known of a source without asking it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceState {
    /// It is harvested.
    #[default]
    Active,
    /// It exists and does not work.
    Off,
    /// The authority left this supplier or is no more; what was published may still be served.
    Archived,
    /// It is said to exist and nobody has seen it.
    Unverified,
}

impl SourceState {
    /// The word that stands for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Off => "off",
            Self::Archived => "archived",
            Self::Unverified => "unverified",
        }
    }
}

/// The suppliers we can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SupplierKind {
    /// Notubiz.
    Notubiz,
    /// iBabs.
    Ibabs,
    /// GemeenteOplossingen.
    GemeenteOplossingen,
    /// Parlaeus.
    Parlaeus,
    /// The state's own registers of authorities.
    Registers,
    /// The Allmanak, a copy of one of them.
    Allmanak,
}

impl SupplierKind {
    /// The word that stands for it in ids and in the catalogue.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Notubiz => "notubiz",
            Self::Ibabs => "ibabs",
            Self::GemeenteOplossingen => "gemeenteoplossingen",
            Self::Parlaeus => "parlaeus",
            Self::Registers => "registers",
            Self::Allmanak => "allmanak",
        }
    }

    /// Whether it keeps registers of authorities and no papers of councils.
    pub const fn is_register(self) -> bool {
        matches!(self, Self::Registers | Self::Allmanak)
    }
}
