//! From the bytes of a file to the text of its pages, in a process that may die.
//!
//! Foreign bytes meet third-party parsers in a child only: the same program, started again ([`worker`]), confined
//! ([`confine`]), listened to and replaced ([`pool`]). Read in this order: [`mod@sniff`] says what a file is; [`pdf`] and
//! [`office`] read it into [`raw`] pages; [`extract`] drives that from the other side; [`tidy`] makes of raw pages what
//! people wrote.

pub mod abbreviation;
pub mod bsn;
pub mod clock;
pub mod confine;
pub mod extract;
pub mod html;
pub mod kept;
pub mod ocr;
pub mod office;
pub mod pdf;
pub mod pool;
pub mod raw;
pub mod said;
pub mod sniff;
pub mod tidy;
pub mod worker;

pub use extract::{Extracted, Extractor};
pub use kept::Kept;
pub use sniff::{Format, sniff};

/// The argument that makes the program a worker.
pub const WORKER_ARGUMENT: &str = "extract-worker";

/// What a worker knows of the environment: where its library lies. No more.
const ENVIRONMENT: [&str; 4] = [pdf::pdfium::VARIABLE, "XDG_DATA_HOME", "HOME", "TESSDATA_PREFIX"];
