//! The protocol between the parent and a worker: messages are lines of JSON, followed by bytes where a
//! message announces them.

use raadhuis_schema::CodedError;
use serde::{Deserialize, Serialize};

use crate::{pdf::Engine, raw::RawPage};

/// A request to a worker. The bytes of the file follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct WorkerRequest {
    /// The size of the file that follows, in bytes.
    pub size: u64,
    pub task: WorkerTask,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerTask {
    Text {
        /// The engine for a PDF. The built-in one replaces it where it is not available.
        engine: Engine,
        /// The first page, counted from 1.
        from: u32,
        to: u32,
    },
    /// Paint one page as a PNG in shades of grey.
    Picture { page: u32, dots_per_inch: u16 },
}

/// A message from a worker to the parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerMessage {
    Ready {
        engine: Engine,
        is_sealed: bool,
    },
    /// The file is open and has this many pages. Sent again when an embedded file adds pages.
    Opened(u32),
    Page(RawPage),
    /// The number of a page that could not be read.
    Failed(u32),
    /// The size of a picture in bytes. The bytes follow.
    Picture(usize),
    /// An error. Pages sent before remain valid.
    Trouble(CodedError),
    /// The answer is complete, and the worker is ready for the next file.
    Done(WorkerUsage),
}

/// The resources that a worker has used since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct WorkerUsage {
    pub milliseconds: u64,
    pub kibibytes: u64,
    pub peak_kibibytes: u64,
}
