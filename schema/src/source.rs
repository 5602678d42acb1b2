//! Sources: each is one tenant of one supplier, as the catalogue describes it.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::Authority;

/// One tenant of one supplier. Facts only: the supplier names the secrets, the environment gives them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The name that operators use; unique in the catalogue.
    pub key: String,
    /// The authority whose papers the source publishes.
    pub authority: Authority,
    /// The supplier whose system it is.
    pub supplier: SupplierKind,
    /// The supplier's name or number of this customer.
    pub tenant: String,
    /// The base address of the supplier's system.
    pub base: Url,
    /// The state, which decides whether the source is harvested when none is named.
    pub state: SourceState,
    /// The word that marks this customer's entities, if several customers share the tenant.
    pub include: Option<String>,
    /// The word that marks another customer's entities.
    pub exclude: Option<String>,
}

impl Source {
    /// Returns whether an entity of a shared tenant is this customer's: its label names this customer, or at
    /// least no other.
    pub fn owns_label(&self, label: &str) -> bool {
        let label = label.to_lowercase();
        let [is_ours, is_theirs] = [&self.include, &self.exclude]
            .map(|word| word.as_ref().is_some_and(|word| label.contains(word.as_str())));
        is_ours || !is_theirs
    }
}

/// The states of a source in the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum SourceState {
    /// The source is harvested by default.
    #[default]
    Active,
    /// The source exists and does not work.
    Off,
    /// The authority left this supplier or is dissolved; its published papers may still be served.
    Archived,
    /// The source is said to exist and nobody has seen it.
    Unverified,
}

impl SourceState {
    /// The word for it that is stored and printed.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The suppliers that Raadhuis can read.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum SupplierKind {
    /// The company Notubiz, a supplier.
    Notubiz,
    /// The company iBabs, a supplier.
    Ibabs,
    /// The company GemeenteOplossingen, a supplier.
    GemeenteOplossingen,
    /// The company Parlaeus, a supplier.
    Parlaeus,
    /// The state's own registers of authorities.
    Registers,
    /// The Allmanak, a copy of a state register.
    Allmanak,
}

impl SupplierKind {
    /// The word for it in ids and in the catalogue.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns whether it has registers of authorities and no papers of councils.
    pub const fn is_register(self) -> bool {
        matches!(self, Self::Registers | Self::Allmanak)
    }
}
