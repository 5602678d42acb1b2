//! Reads one file to its end: chooses the engine, recovers from crashes and limits processor time.

use std::{collections::VecDeque, ffi::OsString, path::PathBuf, time::Duration};

use raadhuis_schema::{CodedError, DiagnosticCode, PageText};

use crate::office::writer::{self, MOST_PAGES};
use crate::{
    clock::WorkerTimeoutError,
    ocr::{self, Recognised},
    pdf::{BUILTIN, Engine, pdfium},
    pool::{Pool, WorkerConnection},
    protocol::{WorkerMessage, WorkerRequest, WorkerTask, WorkerUsage},
    raw::RawPage,
    sniff::{Format, detect_format},
    tidy::tidy_pages,
    worker::LARGEST,
};

/// Processor time for opening a file, before its first page.
const OPENING: Duration = Duration::from_secs(10);

const PER_PAGE: Duration = Duration::from_secs(6);

/// Processor time for a whole file: a base, an addition for each page, and the maximum.
const WHOLE: Duration = Duration::from_secs(20);
const FOR_EACH_PAGE: Duration = Duration::from_millis(100);
const MOST: Duration = Duration::from_mins(2);

/// The number of workers that one file may crash before reading stops.
const MOST_DEATHS: u32 = 5;

/// The most text kept of a file, in bytes, and the overhead counted for each line.
const MOST_TEXT: usize = 20 << 20;
const LINE: usize = 8;

/// The longest error message accepted from a worker, in characters.
const LONGEST_WHY: usize = 300;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    /// The number of pages in the file, including those that were not read.
    pub pages_total: u32,
    pub pages: Vec<PageText>,
    /// The reason why pages are missing.
    pub trouble: Option<CodedError>,
    /// The number of workers that crashed on the file.
    pub deaths: u32,
    pub spent: WorkerUsage,
    /// The processor time that all workers used for this file.
    pub took: Duration,
}

impl Extracted {
    /// Returns the number of characters found, without spaces.
    pub fn characters(&self) -> u64 {
        self.pages.iter().map(PageText::characters).sum()
    }
}

#[derive(Clone, Debug)]
pub struct Extractor {
    pool: Pool,
    first: Engine,
}

impl Extractor {
    /// Creates an extractor that starts `program` with [`WORKER_ARGUMENT`](crate::WORKER_ARGUMENT), at most
    /// one worker for each core.
    pub fn new(program: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { pool: Pool::new(program, cores), first: Engine::Pdfium }
    }

    #[must_use]
    pub fn with_workers(self, most: usize) -> Self {
        Self { pool: Pool::new(self.pool.program().to_owned(), most), ..self }
    }

    #[must_use]
    pub fn with_engine(self, first: Engine) -> Self {
        Self { first, ..self }
    }

    /// Extracts the text of one file. Never fails: errors are part of the result.
    pub async fn extract(&self, bytes: &[u8]) -> Extracted {
        // Held until the pages are tidied, which takes a core as reading does.
        let _turn = self.pool.acquire_turn().await;
        let ReadProgress { total, pages, trouble, deaths, spent, took, .. } = self.read_pages(bytes).await;
        let pages = match tokio::task::spawn_blocking(move || tidy_pages(pages)).await {
            Ok(pages) => pages,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is shutting down and drops this task.
            Err(_) => std::future::pending().await,
        };
        let mut extracted = Extracted { pages_total: total, pages, trouble, deaths, spent, took };
        if extracted.trouble.is_none() && detect_format(bytes) == Format::Pdf && is_cut_off(bytes) {
            let code = if extracted.characters() == 0 {
                DiagnosticCode::UnreadableDocument
            } else {
                DiagnosticCode::PartialText
            };
            extracted.trouble = Some(CodedError::new(code, "the file is cut off: it has no end"));
        }
        extracted
    }

    /// Returns the pages of a file before tidying.
    pub async fn extract_raw(&self, bytes: &[u8]) -> Result<Vec<RawPage>, CodedError> {
        let _turn = self.pool.acquire_turn().await;
        let progress = self.read_pages(bytes).await;
        progress.trouble.map_or(Ok(progress.pages), Err)
    }

    pub async fn picture(&self, bytes: &[u8], page: u32, dots_per_inch: u16) -> Result<Vec<u8>, CodedError> {
        let _turn = self.pool.acquire_turn().await;
        let mut worker =
            self.pool.take_worker().await.map_err(|why| CodedError::new(DiagnosticCode::ReaderDied, why))?;
        let job =
            WorkerRequest { size: bytes.len() as u64, task: WorkerTask::Picture { page, dots_per_inch } };
        let (picture, spent) = worker
            .process_file(job, bytes, async |connection| {
                let mut found = Err(CodedError::new(DiagnosticCode::ReaderDied, "the reader died"));
                let until = connection.cpu_time() + WHOLE;
                loop {
                    match connection.receive(until).await {
                        Ok(Some(WorkerMessage::Picture(size))) => {
                            let Some(picture) = connection.picture(size, until).await else {
                                return (found, None);
                            };
                            found = Ok(picture);
                        }
                        Ok(Some(WorkerMessage::Trouble(trouble))) => found = Err(trouble),
                        Ok(Some(WorkerMessage::Done(spent))) => return (found, Some(spent)),
                        _ => return (found, None),
                    }
                }
            })
            .await;
        if let Some(spent) = spent {
            self.pool.give_back(worker, spent);
        }
        picture
    }

    /// Runs OCR on one page. Returns `None` when the page cannot be painted, or the OCR program fails.
    pub async fn recognise(&self, program: &OsString, bytes: &[u8], page: u32) -> Option<Recognised> {
        let picture = self.picture(bytes, page, ocr::DOTS_PER_INCH).await.ok()?;
        let _turn = self.pool.acquire_turn().await;
        ocr::recognise(self.pool.program(), program, &picture).await
    }

    /// Reads the pages of a file. The caller holds a turn of the pool.
    async fn read_pages(&self, bytes: &[u8]) -> ReadProgress {
        let mut progress = ReadProgress::new();
        if bytes.len() as u64 > LARGEST {
            progress.trouble = Some(CodedError::new(
                DiagnosticCode::TooLarge,
                format!("the file is larger than {LARGEST} bytes"),
            ));
            return progress;
        }
        if detect_format(bytes) == Format::Empty {
            progress.trouble = Some(CodedError::new(DiagnosticCode::UnreadableDocument, "the file is empty"));
            return progress;
        }
        // The spans still to be read, each with its engine. A page that crashes one engine is given to the
        // other, alone.
        let mut spans = VecDeque::from([PageSpan { engine: self.first, from: 1, to: u32::MAX }]);
        while let Some(span) = spans.pop_front() {
            let ended = self.read_span(span, bytes, &mut progress).await;
            let is_pdf = detect_format(bytes) == Format::Pdf;
            match ended {
                SpanOutcome::Done => {}
                SpanOutcome::Refused(trouble) => progress.trouble = Some(trouble),
                SpanOutcome::NoWorker(why) => {
                    progress.trouble = Some(CodedError::new(DiagnosticCode::ReaderDied, why));
                    return progress;
                }
                SpanOutcome::Died(why, how) => {
                    progress.deaths += 1;
                    let is_over = progress.deaths >= MOST_DEATHS || progress.took >= progress.most;
                    let next = if is_over { None } else { progress.after_death(span, how, is_pdf) };
                    let Some(next) = next else {
                        let why = format!("{why} after {} pages", progress.pages.len());
                        progress.trouble = Some(CodedError::new(DiagnosticCode::ReaderDied, why));
                        return progress.in_order();
                    };
                    next.into_iter().rev().for_each(|span| spans.push_front(span));
                }
            }
        }
        progress.in_order()
    }

    async fn read_span(&self, span: PageSpan, bytes: &[u8], progress: &mut ReadProgress) -> SpanOutcome {
        let mut worker = match self.pool.take_worker().await {
            Ok(worker) => worker,
            Err(why) => return SpanOutcome::NoWorker(why),
        };
        let PageSpan { engine, from, to } = span;
        let job = WorkerRequest { size: bytes.len() as u64, task: WorkerTask::Text { engine, from, to } };
        let (ended, is_done) = worker
            .process_file(job, bytes, async |connection| {
                let before = connection.cpu_time();
                let ended = progress.receive_pages(connection, span).await;
                progress.took += connection.cpu_time().saturating_sub(before);
                ended
            })
            .await;
        // A worker is reusable only after it has sent its whole answer.
        if is_done {
            self.pool.give_back(worker, progress.spent);
        }
        ended
    }
}

/// A range of pages, both ends included, and the engine that reads it.
#[derive(Clone, Copy, Debug)]
struct PageSpan {
    engine: Engine,
    from: u32,
    to: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    /// The worker crashed or was killed, perhaps through no fault of the file.
    Suddenly,
    Slowly,
}

enum SpanOutcome {
    Done,
    Refused(CodedError),
    Died(String, Death),
    NoWorker(String),
}

struct ReadProgress {
    total: u32,
    pages: Vec<RawPage>,
    failed: u32,
    size: usize,
    trouble: Option<CodedError>,
    deaths: u32,
    spent: WorkerUsage,
    /// The processor time used so far, and the limit.
    took: Duration,
    most: Duration,
    /// The last page that a worker reported, readable or not.
    last: u32,
    /// The page that crashed a worker and was given to another one of the same engine.
    tried_again: Option<u32>,
}

impl ReadProgress {
    fn new() -> Self {
        Self {
            total: 0,
            pages: Vec::new(),
            failed: 0,
            size: 0,
            trouble: None,
            deaths: 0,
            spent: WorkerUsage::default(),
            took: Duration::ZERO,
            most: WHOLE,
            last: 0,
            tried_again: None,
        }
    }

    /// Returns the spans that remain after a crash, or `None` if trying again is pointless. A page that
    /// crashes a worker is first given to another worker of the same engine, then to the other engine, alone.
    fn after_death(&mut self, span: PageSpan, how: Death, is_pdf: bool) -> Option<Vec<PageSpan>> {
        let at = self.last.saturating_add(1);
        if how == Death::Suddenly && self.tried_again != Some(at) {
            self.tried_again = Some(at);
            return Some(vec![PageSpan { from: at, ..span }]);
        }
        let rest = PageSpan { from: at.saturating_add(1), ..span };
        let rest = (rest.from <= rest.to && rest.from <= self.total).then_some(rest);
        Some(match span.engine {
            // An embedded PDF may have caused the crash.
            Engine::Pdfium if self.total == 0 || !is_pdf => {
                vec![PageSpan { engine: Engine::Builtin, from: at, ..span }]
            }
            Engine::Pdfium => {
                let alone = PageSpan { engine: Engine::Builtin, from: at, to: at };
                [alone].into_iter().chain(rest).collect()
            }
            Engine::Builtin if self.total == 0 || !is_pdf => return None,
            Engine::Builtin => {
                self.failed += 1;
                rest.into_iter().collect()
            }
        })
    }

    /// Receives messages until the span is complete; the flag tells whether it is. Messages are validated,
    /// because a manipulated file could have taken over the worker.
    async fn receive_pages(
        &mut self,
        connection: &mut WorkerConnection<'_>,
        span: PageSpan,
    ) -> (SpanOutcome, bool) {
        let (mut patience, mut refused) = (OPENING, None);
        let begun = connection.cpu_time();
        self.last = span.from - 1;
        loop {
            let left = self.most.saturating_sub(self.took);
            let until = (connection.cpu_time() + patience).min(begun + left);
            match connection.receive(until).await {
                Err(WorkerTimeoutError) => {
                    return (SpanOutcome::Died("the reader took too long".to_owned(), Death::Slowly), false);
                }
                Ok(Some(WorkerMessage::Opened(pages))) => {
                    self.total = pages;
                    patience = PER_PAGE;
                    self.most = (WHOLE + FOR_EACH_PAGE * pages.min(MOST_PAGES)).min(MOST);
                }
                Ok(Some(WorkerMessage::Page(page))) if self.is_next(span, page.number) && is_ours(&page) => {
                    self.size += page.lines.iter().map(|line| line.text.len() + LINE).sum::<usize>() + LINE;
                    if self.size > MOST_TEXT {
                        let why = format!(
                            "more text than {MOST_TEXT} bytes; the pages from {} are left out",
                            page.number
                        );
                        return (
                            SpanOutcome::Refused(CodedError::new(DiagnosticCode::PartialText, why)),
                            false,
                        );
                    }
                    self.last = page.number;
                    self.pages.push(page);
                }
                Ok(Some(WorkerMessage::Failed(number))) if self.is_next(span, number) => {
                    self.last = number;
                    self.failed += 1;
                }
                Ok(Some(WorkerMessage::Trouble(CodedError { code, message }))) => {
                    let message: String = message.chars().take(LONGEST_WHY).collect();
                    refused = Some(CodedError::new(code, message));
                }
                Ok(Some(WorkerMessage::Done(spent))) => {
                    self.spent = spent;
                    return (refused.map_or(SpanOutcome::Done, SpanOutcome::Refused), true);
                }
                _ => return (SpanOutcome::Died("the reader died".to_owned(), Death::Suddenly), false),
            }
        }
    }

    /// Returns whether a page number is a valid continuation of the span.
    fn is_next(&self, span: PageSpan, number: u32) -> bool {
        (self.last + 1..=span.to.min(self.total).min(MOST_PAGES)).contains(&number)
    }

    fn in_order(mut self) -> Self {
        self.pages.sort_by_key(|page| page.number);
        self.pages.dedup_by_key(|page| page.number);
        if self.failed > 0 && self.trouble.is_none() {
            self.trouble = Some(CodedError::new(
                DiagnosticCode::PartialText,
                format!("{} pages could not be read", self.failed),
            ));
        }
        self
    }
}

/// Returns whether a page names a known engine and no embedded file with an overlong name.
fn is_ours(page: &RawPage) -> bool {
    [pdfium::NAME, BUILTIN, writer::ENGINE].contains(&page.engine.as_str())
        && page.file.as_ref().is_none_or(|name| name.chars().count() <= writer::LONGEST_NAME)
}

/// Returns whether a PDF lacks the end marker `%%EOF`. PDF parsers repair such a file silently, as well as
/// they can.
fn is_cut_off(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace() && *byte != 0).map_or(0, |at| at + 1);
    let tail = &bytes[end.saturating_sub(4096)..end];
    !tail.windows(5).any(|window| window == b"%%EOF")
}
