//! One file, read to its end: by which engine, what when it dies, and how much time of the processor it may take.

use std::{collections::VecDeque, ffi::OsString, path::PathBuf, time::Duration};

use raadhuis_schema::{PageText, RemarkCode};

use crate::office::paper::{self, MOST_PAGES};
use crate::{
    clock::WorkerTimeoutError,
    ocr::{self, Recognised},
    pdf::{BUILTIN, Engine, pdfium},
    pool::{Ears, Pool},
    raw::RawPage,
    said::{Job, Said, Spent, Task},
    sniff::{Format, sniff},
    tidy::tidy,
    worker::LARGEST,
};

/// Time for opening a file, before its first page.
const OPENING: Duration = Duration::from_secs(10);

/// Time for each page.
const PER_PAGE: Duration = Duration::from_secs(6);

/// Time for a whole file, and how much of it each page adds, up to the most.
const WHOLE: Duration = Duration::from_secs(20);
const FOR_EACH_PAGE: Duration = Duration::from_millis(100);
const MOST: Duration = Duration::from_mins(2);

/// Workers that one file may kill before it is given up.
const MOST_DEATHS: u32 = 5;

/// The most text that is kept of a file, in bytes; what each line takes besides its letters counts as so many.
const MOST_TEXT: usize = 20 << 20;
const LINE: usize = 8;

/// The longest reason that is listened to, in characters.
const LONGEST_WHY: usize = 300;

/// The text of a file, as far as it could be had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    /// How many pages the file has.
    pub pages_total: u32,
    /// The pages that were read, in order.
    pub pages: Vec<PageText>,
    /// What kept the rest from us.
    pub trouble: Option<(RemarkCode, String)>,
    /// How many workers it killed.
    pub deaths: u32,
    /// What the worker that read it last has taken since it started.
    pub spent: Spent,
    /// How much time of the processor all that read it took for it.
    pub took: Duration,
}

impl Extracted {
    /// How many characters were found, spaces not counted.
    pub fn characters(&self) -> u64 {
        self.pages.iter().map(PageText::characters).sum()
    }
}

/// Reads files in other processes.
#[derive(Clone, Debug)]
pub struct Extractor {
    pool: Pool,
    first: Engine,
}

impl Extractor {
    /// An extractor that starts `program` with [`WORKER_ARGUMENT`](crate::WORKER_ARGUMENT), one for each core.
    pub fn new(program: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { pool: Pool::new(program, cores), first: Engine::Pdfium }
    }

    /// The same with another number of workers.
    #[must_use]
    pub fn with_workers(self, most: usize) -> Self {
        Self { pool: Pool::new(self.pool.program().to_owned(), most), ..self }
    }

    /// The same with the engine that is tried first.
    #[must_use]
    pub fn with_engine(self, first: Engine) -> Self {
        Self { first, ..self }
    }

    /// The text of one file. Never fails: what goes wrong is part of the result.
    pub async fn extract(&self, bytes: &[u8]) -> Extracted {
        let Heard { total, pages, trouble, deaths, spent, took, .. } = self.read(bytes).await;
        let pages = match tokio::task::spawn_blocking(move || tidy(pages)).await {
            Ok(pages) => pages,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime shuts down, and with it this task.
            Err(_) => std::future::pending().await,
        };
        let mut extracted = Extracted { pages_total: total, pages, trouble, deaths, spent, took };
        if extracted.trouble.is_none() && sniff(bytes) == Format::Pdf && is_cut_off(bytes) {
            let code = if extracted.characters() == 0 {
                RemarkCode::UnreadableDocument
            } else {
                RemarkCode::PartialText
            };
            extracted.trouble = Some((code, "the file is cut off: it has no end".to_owned()));
        }
        extracted
    }

    /// The pages of a file as engines give them.
    pub async fn raw(&self, bytes: &[u8]) -> Result<Vec<RawPage>, (RemarkCode, String)> {
        let heard = self.read(bytes).await;
        heard.trouble.map_or(Ok(heard.pages), Err)
    }

    /// A picture of one page, as PNG.
    pub async fn picture(
        &self,
        bytes: &[u8],
        page: u32,
        dots_per_inch: u16,
    ) -> Result<Vec<u8>, (RemarkCode, String)> {
        let _turn = self.pool.turn().await;
        let died = |why: String| (RemarkCode::ReaderDied, why);
        let mut worker = self.pool.take().await.map_err(died)?;
        let job = Job { size: bytes.len() as u64, task: Task::Picture { page, dots_per_inch } };
        let heard = worker
            .work(job, bytes, async |ears| {
                let mut found = Err((RemarkCode::ReaderDied, "the reader died".to_owned()));
                let until = ears.spent() + WHOLE;
                loop {
                    match ears.hear(until).await {
                        Ok(Some(Said::Picture(size))) => {
                            let Some(picture) = ears.picture(size, until).await else { return (found, None) };
                            found = Ok(picture);
                        }
                        Ok(Some(Said::Trouble(code, why))) => found = Err((code, why)),
                        Ok(Some(Said::Done(spent))) => return (found, Some(spent)),
                        _ => return (found, None),
                    }
                }
            })
            .await;
        if let Some(spent) = heard.1 {
            self.pool.give_back(worker, spent);
        }
        heard.0
    }

    /// The words of a page that is a picture; `None` when no picture of it can be made, or the program fails.
    pub async fn recognise(&self, program: &OsString, bytes: &[u8], page: u32) -> Option<Recognised> {
        let picture = self.picture(bytes, page, ocr::DOTS_PER_INCH).await.ok()?;
        let _turn = self.pool.turn().await;
        ocr::recognise(self.pool.program(), program, &picture).await
    }

    async fn read(&self, bytes: &[u8]) -> Heard {
        let mut heard = Heard::new();
        if bytes.len() as u64 > LARGEST {
            heard.trouble = Some((RemarkCode::TooLarge, format!("the file is larger than {LARGEST} bytes")));
            return heard;
        }
        if sniff(bytes) == Format::Empty {
            heard.trouble = Some((RemarkCode::UnreadableDocument, "the file is empty".to_owned()));
            return heard;
        }
        let _turn = self.pool.turn().await;
        // What is still to be read, by which engine. A page that kills one is put before the other, alone.
        let mut spans = VecDeque::from([Span { engine: self.first, from: 1, to: u32::MAX }]);
        while let Some(span) = spans.pop_front() {
            let ended = self.span(span, bytes, &mut heard).await;
            let is_pdf = sniff(bytes) == Format::Pdf;
            match ended {
                Ended::Done => {}
                Ended::Refused(code, why) => heard.trouble = Some((code, why)),
                Ended::Broken(why) => {
                    heard.trouble = Some((RemarkCode::ReaderDied, why));
                    return heard;
                }
                Ended::Died(why, how) => {
                    heard.deaths += 1;
                    let is_over = heard.deaths >= MOST_DEATHS || heard.took >= heard.most;
                    let next = if is_over { None } else { heard.after_death(span, how, is_pdf) };
                    let Some(next) = next else {
                        let why = format!("{why} after {} pages", heard.pages.len());
                        heard.trouble = Some((RemarkCode::ReaderDied, why));
                        return heard.in_order();
                    };
                    next.into_iter().rev().for_each(|span| spans.push_front(span));
                }
            }
        }
        heard.in_order()
    }

    /// One engine over one stretch of pages.
    async fn span(&self, span: Span, bytes: &[u8], heard: &mut Heard) -> Ended {
        let mut worker = match self.pool.take().await {
            Ok(worker) => worker,
            Err(why) => return Ended::Broken(why),
        };
        let Span { engine, from, to } = span;
        let job = Job { size: bytes.len() as u64, task: Task::Text { engine, from, to } };
        let (ended, is_done) = worker
            .work(job, bytes, async |ears| {
                let before = ears.spent();
                let ended = heard.listen(ears, span).await;
                heard.took += ears.spent().saturating_sub(before);
                ended
            })
            .await;
        // Only one that has said all it had to say is fit for the next file.
        if is_done {
            self.pool.give_back(worker, heard.spent);
        }
        ended
    }
}

/// A stretch of pages, and what is to read it.
#[derive(Clone, Copy, Debug)]
struct Span {
    engine: Engine,
    from: u32,
    to: u32,
}

/// How a worker died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// All at once: it may have been killed for no fault of the file's.
    Suddenly,
    /// It was killed because it took too long.
    Slowly,
}

/// How a worker came to the end of a stretch.
enum Ended {
    Done,
    Refused(RemarkCode, String),
    Died(String, How),
    /// There is no worker.
    Broken(String),
}

/// What was heard of a file so far.
struct Heard {
    total: u32,
    pages: Vec<RawPage>,
    failed: u32,
    size: usize,
    trouble: Option<(RemarkCode, String)>,
    deaths: u32,
    spent: Spent,
    /// Time of the processor that it took, and that it may take.
    took: Duration,
    most: Duration,
    /// The last page that was said, read or not.
    last: u32,
    /// The page at which a worker died suddenly and another was tried.
    tried_again: Option<u32>,
}

impl Heard {
    fn new() -> Self {
        Self {
            total: 0,
            pages: Vec::new(),
            failed: 0,
            size: 0,
            trouble: None,
            deaths: 0,
            spent: Spent::default(),
            took: Duration::ZERO,
            most: WHOLE,
            last: 0,
            tried_again: None,
        }
    }

    /// What is left to read of a stretch after a death; `None` where there is no hope. A page at which a worker died
    /// suddenly is put before another of its kind first, then before the other engine, alone.
    fn after_death(&mut self, span: Span, how: How, is_pdf: bool) -> Option<Vec<Span>> {
        let at = self.last.saturating_add(1);
        if how == How::Suddenly && self.tried_again != Some(at) {
            self.tried_again = Some(at);
            return Some(vec![Span { from: at, ..span }]);
        }
        let rest = Span { from: at.saturating_add(1), ..span };
        let rest = (rest.from <= rest.to && rest.from <= self.total).then_some(rest);
        Some(match span.engine {
            // A PDF within the file may have killed it.
            Engine::Pdfium if self.total == 0 || !is_pdf => {
                vec![Span { engine: Engine::Builtin, from: at, ..span }]
            }
            Engine::Pdfium => {
                let alone = Span { engine: Engine::Builtin, from: at, to: at };
                [alone].into_iter().chain(rest).collect()
            }
            Engine::Builtin if self.total == 0 || !is_pdf => return None,
            Engine::Builtin => {
                self.failed += 1;
                rest.into_iter().collect()
            }
        })
    }

    /// Listens until all was said of a stretch; whether it was. Nothing a worker says is believed: it may be another's.
    async fn listen(&mut self, ears: &mut Ears<'_>, span: Span) -> (Ended, bool) {
        let (mut patience, mut refused) = (OPENING, None);
        let begun = ears.spent();
        self.last = span.from - 1;
        loop {
            let left = self.most.saturating_sub(self.took);
            let until = (ears.spent() + patience).min(begun + left);
            match ears.hear(until).await {
                Err(WorkerTimeoutError) => {
                    return (Ended::Died("the reader took too long".to_owned(), How::Slowly), false);
                }
                Ok(Some(Said::Opened(pages))) => {
                    self.total = pages;
                    patience = PER_PAGE;
                    self.most = (WHOLE + FOR_EACH_PAGE * pages.min(MOST_PAGES)).min(MOST);
                }
                Ok(Some(Said::Page(page))) if self.is_next(span, page.number) && is_ours(&page) => {
                    self.size += page.lines.iter().map(|line| line.text.len() + LINE).sum::<usize>() + LINE;
                    if self.size > MOST_TEXT {
                        let why = format!(
                            "more text than {MOST_TEXT} bytes; the pages from {} are left out",
                            page.number
                        );
                        return (Ended::Refused(RemarkCode::PartialText, why), false);
                    }
                    self.last = page.number;
                    self.pages.push(page);
                }
                Ok(Some(Said::Failed(number))) if self.is_next(span, number) => {
                    self.last = number;
                    self.failed += 1;
                }
                Ok(Some(Said::Trouble(code, why))) => {
                    refused = Some((code, why.chars().take(LONGEST_WHY).collect()));
                }
                Ok(Some(Said::Done(spent))) => {
                    self.spent = spent;
                    return (refused.map_or(Ended::Done, |(code, why)| Ended::Refused(code, why)), true);
                }
                _ => return (Ended::Died("the reader died".to_owned(), How::Suddenly), false),
            }
        }
    }

    /// Whether a page may come now.
    fn is_next(&self, span: Span, number: u32) -> bool {
        (self.last + 1..=span.to.min(self.total).min(MOST_PAGES)).contains(&number)
    }

    /// In the order of the pages; pages that failed are trouble.
    fn in_order(mut self) -> Self {
        self.pages.sort_by_key(|page| page.number);
        self.pages.dedup_by_key(|page| page.number);
        if self.failed > 0 && self.trouble.is_none() {
            self.trouble =
                Some((RemarkCode::PartialText, format!("{} pages could not be read", self.failed)));
        }
        self
    }
}

/// Whether a page names an engine of ours, and no file in the file by a name that is none.
fn is_ours(page: &RawPage) -> bool {
    [pdfium::NAME, BUILTIN, paper::ENGINE].contains(&page.engine.as_str())
        && page.file.as_ref().is_none_or(|name| name.chars().count() <= paper::LONGEST_NAME)
}

/// Whether a PDF lacks the mark that every whole PDF ends with. A reader mends such a file as well as it can, in silence.
fn is_cut_off(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace() && *byte != 0).map_or(0, |at| at + 1);
    let tail = &bytes[end.saturating_sub(4096)..end];
    !tail.windows(5).any(|window| window == b"%%EOF")
}
