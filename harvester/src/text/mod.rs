//! From the bytes of a file to the text of its pages, in a child process with limits.
//!
//! Foreign bytes meet third-party parsers in the child only: the same program, started again. It may loop, run
//! out of memory or crash; for us that is a remark, and the pages it gave before stay.

use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use raadhuis_schema::{PageText, RemarkCode};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
    sync::Semaphore,
    time::{Instant, timeout_at},
};

mod pdf;
mod sniff;
pub mod worker;

pub use sniff::{Format, sniff};

/// The argument that makes the program a worker.
pub const WORKER_ARGUMENT: &str = "extract-worker";

/// Time for opening a file, before its first page.
const OPENING: Duration = Duration::from_secs(20);

/// Time for each page.
const PER_PAGE: Duration = Duration::from_secs(10);

/// Time for a whole file.
const WHOLE: Duration = Duration::from_mins(2);

/// The most characters of text that are kept of a file.
const MOST_TEXT: usize = 20 << 20;

/// The longest line that is accepted from a worker: one page.
const LONGEST_LINE: usize = 8 << 20;

/// What a worker says, a line of JSON each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// The file is open and has so many pages.
    Opened(u32),
    /// One page.
    Page(PageText),
    /// One page that could not be read.
    Failed(u32),
    /// All was said.
    Done,
    /// The file cannot be read.
    Trouble(RemarkCode, String),
}

/// The text of a file, as far as it could be had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    /// How many pages the file has.
    pub pages_total: u32,
    /// The pages that were read, in order.
    pub pages: Vec<PageText>,
    /// What kept the rest from us.
    pub trouble: Option<(RemarkCode, String)>,
}

impl Extracted {
    /// How many characters were found, spaces not counted.
    pub fn characters(&self) -> u64 {
        self.pages.iter().map(|page| page.text.chars().filter(|c| !c.is_whitespace()).count() as u64).sum()
    }

    fn trouble(code: RemarkCode, why: &str) -> Self {
        Self { trouble: Some((code, why.to_owned())), ..Self::default() }
    }
}

/// A text as it lies in the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What read it.
    pub engine: String,
    /// How many pages the file has.
    pub pages_total: u32,
    /// The pages that were read.
    pub pages: Vec<PageText>,
}

/// What reads files, with its version: kept beside every text.
pub const ENGINE: &str = pdf::ENGINE;

/// Reads files in child processes.
#[derive(Clone, Debug)]
pub struct Extractor {
    program: PathBuf,
    /// One reader for each core.
    readers: Arc<Semaphore>,
}

impl Extractor {
    /// An extractor that starts `program` with [`WORKER_ARGUMENT`].
    pub fn new(program: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { program, readers: Arc::new(Semaphore::new(cores)) }
    }

    /// The text of one file. Never fails: what goes wrong is part of the result.
    pub async fn extract(&self, bytes: &[u8]) -> Extracted {
        match sniff(bytes) {
            Format::Pdf => {}
            Format::Empty => return Extracted::trouble(RemarkCode::UnreadableDocument, "the file is empty"),
            Format::Html => {
                return Extracted::trouble(
                    RemarkCode::UnsupportedFormat,
                    "the file is an HTML page, often an error page",
                );
            }
            Format::Other(name) => {
                let why = format!("the file is {name}, which is not read yet");
                return Extracted::trouble(RemarkCode::UnsupportedFormat, &why);
            }
        }
        let _turn = self.readers.acquire().await;
        let mut extracted = match self.start() {
            Ok(child) => converse(child, bytes).await,
            Err(why) => {
                Extracted::trouble(RemarkCode::ReaderDied, &format!("the reader cannot be started: {why}"))
            }
        };
        if extracted.trouble.is_none() && is_cut_off(bytes) {
            let code = if extracted.characters() == 0 {
                RemarkCode::UnreadableDocument
            } else {
                RemarkCode::PartialText
            };
            extracted.trouble = Some((code, "the file is cut off: it has no end".to_owned()));
        }
        extracted
    }

    fn start(&self) -> std::io::Result<Child> {
        Command::new(&self.program)
            .arg(WORKER_ARGUMENT)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .process_group(0)
            .spawn()
    }
}

/// Whether a PDF lacks the mark that every whole PDF ends with. A reader mends such a file as well as it can, in silence.
fn is_cut_off(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(4096)..];
    !tail.windows(5).any(|window| window == b"%%EOF")
}

/// Hands a worker its file and listens, page by page, until it is done, dead or too slow.
async fn converse(mut child: Child, bytes: &[u8]) -> Extracted {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Extracted::trouble(RemarkCode::ReaderDied, "the reader has no pipes");
    };
    let feed = async {
        // A worker that stops listening says why on its own pipe, or dies; both are heard below.
        let _ = input.write_all(bytes).await;
        drop(input);
    };
    // The worker is killed as soon as there is nothing more to hear, also when it never took its file.
    let extracted = tokio::select! {
        extracted = listen(BufReader::new(output)) => extracted,
        () = async { feed.await; std::future::pending().await } => Extracted::default(),
    };
    let _ = child.kill().await;
    extracted
}

async fn listen(mut lines: BufReader<tokio::process::ChildStdout>) -> Extracted {
    let end = Instant::now() + WHOLE;
    let mut extracted = Extracted::default();
    let (mut line, mut size, mut failed) = (Vec::new(), 0, 0_u32);
    let mut patience = OPENING;
    loop {
        line.clear();
        let deadline = (Instant::now() + patience).min(end);
        let said: Option<Said> = match timeout_at(deadline, read_line(&mut lines, &mut line)).await {
            Err(_) => {
                let why = format!("the reader took too long after {} pages", extracted.pages.len());
                extracted.trouble = Some((RemarkCode::ReaderDied, why));
                return extracted;
            }
            Ok(Ok(())) => serde_json::from_slice(&line).ok(),
            Ok(Err(_)) => None,
        };
        match said {
            Some(Said::Opened(pages)) => {
                extracted.pages_total = pages;
                patience = PER_PAGE;
            }
            Some(Said::Page(page)) => {
                size += page.text.len();
                if size > MOST_TEXT {
                    let why = format!(
                        "more text than {MOST_TEXT} bytes; the pages after {} are left out",
                        page.number - 1
                    );
                    extracted.trouble = Some((RemarkCode::PartialText, why));
                    return extracted;
                }
                extracted.pages.push(page);
            }
            Some(Said::Failed(_)) => failed += 1,
            Some(Said::Done) => {
                if failed > 0 {
                    extracted.trouble =
                        Some((RemarkCode::PartialText, format!("{failed} pages could not be read")));
                }
                return extracted;
            }
            Some(Said::Trouble(code, why)) => {
                extracted.trouble = Some((code, why));
                return extracted;
            }
            None => {
                let why = format!("the reader died after {} pages", extracted.pages.len());
                extracted.trouble = Some((RemarkCode::ReaderDied, why));
                return extracted;
            }
        }
    }
}

/// Reads one line of bounded length; an end of the stream is an error.
async fn read_line(
    lines: &mut BufReader<tokio::process::ChildStdout>,
    line: &mut Vec<u8>,
) -> std::io::Result<()> {
    loop {
        let (found, used) = {
            let buffer = lines.fill_buf().await?;
            if buffer.is_empty() || line.len() > LONGEST_LINE {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            line.extend_from_slice(&buffer[..end.unwrap_or(used)]);
            (end.is_some(), used)
        };
        lines.consume(used);
        if found {
            return Ok(());
        }
    }
}
