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
    /// Whether it is harvested when no source is named.
    pub active: bool,
}

/// The suppliers we can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SupplierKind {
    /// Notubiz.
    Notubiz,
}

impl SupplierKind {
    /// The word that stands for it in ids and in the catalogue.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Notubiz => "notubiz",
        }
    }
}
