//! Extracts the text of pages from the bytes of a file, in a child process that may crash.
//!
//! Third-party parsers see foreign bytes only in a child process: the same program, started again
//! ([`worker`]) and confined ([`confine`]). The parent reads its answers and replaces it ([`pool`]). Reading
//! order: [`mod@sniff`] detects the format; [`pdf`] and [`office`] parse the file into [`raw`] pages;
//! [`extract`] drives the worker from the parent; [`tidy`] turns raw pages into readable text.

pub mod abbreviation;
pub mod bsn;
pub mod clock;
pub mod confine;
pub mod extract;
pub mod html;
pub mod ocr;
pub mod office;
pub mod pdf;
pub mod pool;
pub mod protocol;
pub mod raw;
pub mod sniff;
pub mod stored_text;
pub mod tidy;
pub mod worker;

pub use extract::{Extracted, Extractor};
pub use sniff::{Format, detect_format};
pub use stored_text::StoredText;

/// The command-line argument that starts the program as a worker.
pub const WORKER_ARGUMENT: &str = "extract-worker";

/// The only environment variables that a worker inherits: they locate its library and data files.
const ENVIRONMENT: [&str; 4] = [pdf::pdfium::VARIABLE, "XDG_DATA_HOME", "HOME", "TESSDATA_PREFIX"];
