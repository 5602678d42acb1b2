//! What the two processes say to each other: a line of JSON each, and bytes where a line announces them.

use raadhuis_schema::RemarkCode;
use serde::{Deserialize, Serialize};

use crate::{pdf::Engine, raw::RawPage};

/// What a worker is asked to do with the file that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Job {
    /// How many bytes the file has.
    pub size: u64,
    /// What is wanted of it.
    pub task: Task,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// The text of pages.
    Text {
        /// Which engine reads a PDF; the built-in one where the other is not there.
        engine: Engine,
        /// The first page.
        from: u32,
        /// The last one.
        to: u32,
    },
    /// A picture of one page, as PNG in shades of grey.
    Picture {
        /// The page.
        page: u32,
        /// How fine.
        dots_per_inch: u16,
    },
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// It is confined and waits for files; what it is.
    Ready {
        /// What reads PDF.
        engine: Engine,
        /// Whether the kernel refuses it all that reading needs not.
        is_sealed: bool,
    },
    /// The file is open and has so many pages. Said again when a file within it adds to them.
    Opened(u32),
    /// One page.
    Page(RawPage),
    /// One page that could not be read.
    Failed(u32),
    /// A picture of so many bytes, which follow.
    Picture(usize),
    /// Something is wrong; pages that were said before stand.
    Trouble(RemarkCode, String),
    /// All was said, and the next file may come.
    Done(Spent),
}

/// What a worker has taken since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Spent {
    /// Time of the processor, in milliseconds.
    pub milliseconds: u64,
    /// Memory that it holds, in KiB.
    pub kibibytes: u64,
    /// The most memory it ever held, in KiB.
    pub peak_kibibytes: u64,
}
