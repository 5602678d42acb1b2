//! The child's side: limits first, then the library, then the seal, then one file after another until nobody asks any more.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufWriter, Read, Write},
    os::unix::{fs::FileExt, process::CommandExt},
};

use raadhuis_schema::RemarkCode;

use crate::{
    confine, ocr,
    office::{
        self,
        paper::{MOST_ON_PAGE, MOST_PAGES, Paper, Sheet},
    },
    pdf::{self, Engine, Opened, Refusal, pdfium::Pdfium},
    raw::RawPage,
    said::{Job, Said, Spent, Task},
    sniff::{Format, sniff},
};

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 200 << 20;

/// The longest line of a job.
const LONGEST_JOB: u64 = 4096;

/// Reads the files that come on standard input and says on standard output what is in them. The whole life of a worker;
/// with a program for OCR as its argument it becomes that program, within the same limits.
pub fn run(arguments: &[impl AsRef<OsStr>]) {
    let mut speaker = Speaker { output: BufWriter::new(std::io::stdout().lock()) };
    if let Err(why) = confine::limit() {
        speaker.say(&Said::Trouble(RemarkCode::ReaderDied, format!("the reader cannot be confined: {why}")));
        return;
    }
    if let Some(program) = arguments.first() {
        // It only returns when there is no such program; the end of this process says so.
        let _ = std::process::Command::new(program).args(ocr::ARGUMENTS).env("OMP_THREAD_LIMIT", "1").exec();
        return;
    }
    let library = pdf::pdfium::find().and_then(|path| Pdfium::load(&path).ok());
    let status = File::open("/proc/self/status").ok();
    // The engine that is built in would start threads for its own use: it works in this one.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
    let is_sealed = confine::seal();
    let engine = if library.is_some() { Engine::Pdfium } else { Engine::Builtin };
    let mut input = std::io::stdin().lock();
    let mut is_heard = speaker.say(&Said::Ready { engine, is_sealed });
    while is_heard {
        let mut line = Vec::new();
        let _ = input.by_ref().take(LONGEST_JOB).read_until(b'\n', &mut line);
        let Ok(job) = serde_json::from_slice::<Job>(&line) else { return };
        let mut bytes = Vec::new();
        if job.size > LARGEST || input.by_ref().take(job.size).read_to_end(&mut bytes).is_err() {
            return;
        }
        if bytes.len() as u64 != job.size {
            return;
        }
        match job.task {
            Task::Text { engine, from, to } => {
                let mut reading =
                    Reading { library: library.as_ref(), engine, from, to, total: 0, speaker: &mut speaker };
                reading.file(&bytes);
            }
            Task::Picture { page, dots_per_inch } => {
                picture(library.as_ref(), &bytes, (page, dots_per_inch), &mut speaker);
            }
        }
        is_heard = speaker.say(&Said::Done(spent(status.as_ref())));
    }
}

struct Speaker<'a> {
    output: BufWriter<std::io::StdoutLock<'a>>,
}

impl Speaker<'_> {
    /// Says something at once; false when nobody listens any more.
    fn say(&mut self, said: &Said) -> bool {
        let line = serde_json::to_vec(said).unwrap_or_default();
        self.bytes(&line) && self.bytes(b"\n") && self.output.flush().is_ok()
    }

    fn bytes(&mut self, bytes: &[u8]) -> bool {
        self.output.write_all(bytes).is_ok()
    }
}

/// A file while it is read.
struct Reading<'a, 'b> {
    library: Option<&'a Pdfium>,
    engine: Engine,
    from: u32,
    to: u32,
    /// Pages that are known by now.
    total: u32,
    speaker: &'a mut Speaker<'b>,
}

impl Reading<'_, '_> {
    fn file(&mut self, bytes: &[u8]) {
        match sniff(bytes) {
            Format::Pdf => self.pdf(bytes, None),
            format => {
                let mut paper = Paper::default();
                let ended = office::read(format, bytes, &mut paper);
                let is_cut = paper.is_full();
                self.sheets(paper.finish(), ended.is_err());
                if let Err((code, why)) = ended {
                    // Where part of it was read, the rest is what is missing.
                    let code = if self.total > 0 { RemarkCode::PartialText } else { code };
                    self.speaker.say(&Said::Trouble(code, why));
                } else if is_cut {
                    let why = "the file holds more than is read of any".to_owned();
                    self.speaker.say(&Said::Trouble(RemarkCode::PartialText, why));
                }
            }
        }
    }

    fn sheets(&mut self, sheets: Vec<Sheet>, is_refused: bool) {
        let is_page = |sheet: &&Sheet| matches!(sheet, Sheet::Page(_));
        let pages = sheets.iter().filter(is_page).count();
        let mut announced = u32::try_from(pages).unwrap_or(MOST_PAGES);
        self.speaker.say(&Said::Opened(announced));
        for sheet in sheets {
            match sheet {
                Sheet::Page(page) => {
                    self.total += 1;
                    if self.total > announced {
                        announced = self.total;
                        self.speaker.say(&Said::Opened(announced));
                    }
                    self.page(RawPage { number: self.total, ..page });
                }
                Sheet::Pdf { name, bytes } => {
                    self.pdf(&bytes, Some(&name));
                    announced = self.total;
                }
            }
        }
        self.speaker.say(&Said::Opened(self.total));
        if self.total == 0 && !is_refused {
            let why = "nothing stands in the file".to_owned();
            self.speaker.say(&Said::Trouble(RemarkCode::UnreadableDocument, why));
        }
    }

    fn page(&mut self, mut page: RawPage) -> bool {
        let (mut size, before) = (0, page.lines.len());
        page.lines.retain(|line| {
            size += line.text.len();
            size <= MOST_ON_PAGE
        });
        if page.lines.len() < before {
            let why = format!("page {} holds more text than {MOST_ON_PAGE} bytes", page.number);
            self.speaker.say(&Said::Trouble(RemarkCode::PartialText, why));
        }
        !(self.from..=self.to).contains(&page.number) || self.speaker.say(&Said::Page(page))
    }

    /// A PDF, whole or within another file.
    fn pdf(&mut self, bytes: &[u8], name: Option<&str>) {
        let before = self.total;
        let mut opened = match self.open(bytes) {
            Ok(opened) => opened,
            Err((code, why)) => {
                self.speaker.say(&Said::Trouble(code, why));
                return;
            }
        };
        let pages = opened.pages();
        self.total = before.saturating_add(pages);
        self.speaker.say(&Said::Opened(self.total));
        let last = self.to.min(self.total).min(MOST_PAGES);
        let (first, last) = (self.from.max(before + 1) - before, last.saturating_sub(before));
        let mut other = None;
        opened.each(first, last, &mut |number, page| {
            // What one engine cannot read, the other may.
            let page = page.or_else(|| self.again(&mut other, bytes, number));
            match page {
                Some(page) => {
                    let file = name.map(str::to_owned);
                    self.page(RawPage { number: before + number, file, ..page })
                }
                None => self.speaker.say(&Said::Failed(before + number)),
            }
        });
        if self.total > MOST_PAGES && self.to > MOST_PAGES {
            let why = format!("only the first {MOST_PAGES} of {} pages were read", self.total);
            self.speaker.say(&Said::Trouble(RemarkCode::PartialText, why));
        }
    }

    /// Opens a PDF. What one engine cannot open, or finds no page in, the other may mend.
    fn open<'p>(&self, bytes: &'p [u8]) -> Result<Box<dyn Opened + 'p>, Refusal>
    where
        Self: 'p,
    {
        let found = |opened: Box<dyn Opened + 'p>| match opened.pages() {
            0 => Err((RemarkCode::UnreadableDocument, "no page of the file can be found".to_owned())),
            _ => Ok(opened),
        };
        match pdf::open(self.engine, self.library, bytes).and_then(found) {
            Err((RemarkCode::UnreadableDocument, _)) if self.engine == Engine::Pdfium => {
                pdf::open(Engine::Builtin, None, bytes).and_then(found)
            }
            opened => opened,
        }
    }

    fn again<'p>(
        &self,
        other: &mut Option<Box<dyn Opened + 'p>>,
        bytes: &'p [u8],
        number: u32,
    ) -> Option<RawPage> {
        if self.engine == Engine::Builtin || self.library.is_none() {
            return None;
        }
        if other.is_none() {
            *other = pdf::open(Engine::Builtin, None, bytes).ok();
        }
        let mut found = None;
        other.as_mut()?.each(number, number, &mut |_, page| {
            found = page;
            false
        });
        found
    }
}

fn picture(
    library: Option<&Pdfium>,
    bytes: &[u8],
    (page, dots_per_inch): (u32, u16),
    speaker: &mut Speaker<'_>,
) {
    let painted =
        pdf::open(Engine::Pdfium, library, bytes).map(|mut opened| opened.picture(page, dots_per_inch));
    let said = match painted {
        Ok(Some(picture)) => match picture.to_png() {
            Some(png) => {
                let _ = speaker.say(&Said::Picture(png.len())) && speaker.bytes(&png);
                return;
            }
            None => Said::Trouble(RemarkCode::UnreadableDocument, "the picture cannot be written".to_owned()),
        },
        Ok(None) => {
            Said::Trouble(RemarkCode::UnreadableDocument, "no picture of this page can be made".to_owned())
        }
        Err((code, why)) => Said::Trouble(code, why),
    };
    speaker.say(&said);
}

/// What this process has taken. The file is open since before the seal.
fn spent(status: Option<&File>) -> Spent {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let milliseconds = time.tv_sec.unsigned_abs() * 1000 + time.tv_nsec.unsigned_abs() / 1_000_000;
    let mut text = vec![0; 4096];
    let size = status.and_then(|status| status.read_at(&mut text, 0).ok()).unwrap_or(0);
    let text = String::from_utf8_lossy(&text[..size]).into_owned();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Spent {
        milliseconds,
        kibibytes: field("VmRSS:").unwrap_or(0),
        peak_kibibytes: field("VmHWM:").unwrap_or(0),
    }
}
