//! Harvests the suppliers of council documents at a limited rate and turns their answers into entities.
//!
//! The modules in the order in which a payload passes them: [`catalogue`] lists the sources, [`supplier`] has the requests
//! and parsers of each supplier, [`transport`] sends requests, [`crawl`] is the loop over questions, [`files`] reads files of
//! documents, and [`harvest`] runs all of these and reports the run.

pub mod catalogue;
pub mod crawl;
pub mod files;
pub mod harvest;
pub mod health;
pub mod probe;
pub mod progress;
pub mod schedule;
pub mod supplier;
pub mod transport;
pub mod work;

pub use catalogue::Catalogue;
pub use harvest::{GRACE, HarvestError, Harvester, SettleHook};
pub use progress::Progress;
pub use work::{HarvestLoop, RunObserver};
