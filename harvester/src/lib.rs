//! Asks suppliers politely and turns their words into our entities.
//!
//! The line through this crate, in the order in which a payload travels it: [`catalogue`] says whom to ask,
//! [`supplier`] what to ask and how to read the answer, [`transport`] carries it, [`crawl`] is the one loop, [`files`] reads the
//! files of documents, and [`harvest`] puts a run together and reports it.

pub mod catalogue;
pub mod crawl;
pub mod files;
pub mod harvest;
pub mod judge;
pub mod probe;
pub mod progress;
pub mod schedule;
pub mod supplier;
pub mod transport;
pub mod work;

pub use catalogue::Catalogue;
pub use harvest::{GRACE, HarvestError, Harvester, SettleHook};
pub use progress::Progress;
pub use work::{Watch, Work};
