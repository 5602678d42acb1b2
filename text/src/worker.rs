//! The child's side of the workers: applies the limits, loads the library, seals the process, then answers
//! requests until its input ends.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufWriter, Read, Write},
    os::unix::{fs::FileExt, process::CommandExt},
};

use raadhuis_schema::{CodedError, DiagnosticCode};

use crate::{
    confine, ocr,
    office::{
        self,
        writer::{MOST_ON_PAGE, MOST_PAGES, PageWriter, WrittenPage},
    },
    pdf::{self, Engine, PdfReader, pdfium::Pdfium},
    protocol::{WorkerMessage, WorkerRequest, WorkerTask, WorkerUsage},
    raw::RawPage,
    sniff::{Format, detect_format},
};

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 200 << 20;

const LONGEST_JOB: u64 = 4096;

/// Runs a worker: reads files from standard input and writes messages to standard output until the input
/// ends. With an OCR program as its argument, the process becomes that program, within the same limits.
pub fn run(arguments: &[impl AsRef<OsStr>]) {
    let mut writer = MessageWriter { output: BufWriter::new(std::io::stdout().lock()) };
    if let Err(why) = confine::apply_limits() {
        let why = format!("the reader cannot be confined: {why}");
        writer.send_trouble(CodedError::new(DiagnosticCode::ReaderDied, why));
        return;
    }
    if let Some(program) = arguments.first() {
        // `exec` returns only if it fails; the exit of this process reports that.
        let _ = std::process::Command::new(program).args(ocr::ARGUMENTS).env("OMP_THREAD_LIMIT", "1").exec();
        return;
    }
    let library = pdf::pdfium::find_library().and_then(|path| Pdfium::load_library(&path).ok());
    let status = File::open("/proc/self/status").ok();
    // The built-in engine would start threads of its own; this makes it use the current one.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
    let is_sealed = confine::seal_process();
    let engine = if library.is_some() { Engine::Pdfium } else { Engine::Builtin };
    let mut input = std::io::stdin().lock();
    let mut is_connected = writer.send_message(&WorkerMessage::Ready { engine, is_sealed });
    while is_connected {
        let mut line = Vec::new();
        let _ = input.by_ref().take(LONGEST_JOB).read_until(b'\n', &mut line);
        let Ok(job) = serde_json::from_slice::<WorkerRequest>(&line) else { return };
        let mut bytes = Vec::new();
        if job.size > LARGEST || input.by_ref().take(job.size).read_to_end(&mut bytes).is_err() {
            return;
        }
        if bytes.len() as u64 != job.size {
            return;
        }
        match job.task {
            WorkerTask::Text { engine, from, to } => {
                let mut reading = FileReading {
                    library: library.as_ref(),
                    engine,
                    from,
                    to,
                    total: 0,
                    writer: &mut writer,
                };
                reading.read_file(&bytes);
            }
            WorkerTask::Picture { page, dots_per_inch } => {
                send_picture(library.as_ref(), &bytes, page, dots_per_inch, &mut writer);
            }
        }
        is_connected = writer.send_message(&WorkerMessage::Done(measure_spent(status.as_ref())));
    }
}

struct MessageWriter<'a> {
    output: BufWriter<std::io::StdoutLock<'a>>,
}

impl MessageWriter<'_> {
    /// Sends a message and flushes it. Returns false if the parent stopped reading.
    fn send_message(&mut self, said: &WorkerMessage) -> bool {
        let Ok(line) = serde_json::to_vec(said) else { return false };
        self.write_bytes(&line) && self.write_bytes(b"\n") && self.output.flush().is_ok()
    }

    fn send_trouble(&mut self, trouble: CodedError) -> bool {
        self.send_message(&WorkerMessage::Trouble(trouble))
    }

    fn write_bytes(&mut self, bytes: &[u8]) -> bool {
        self.output.write_all(bytes).is_ok()
    }
}

struct FileReading<'a, 'b> {
    library: Option<&'a Pdfium>,
    engine: Engine,
    from: u32,
    to: u32,
    total: u32,
    writer: &'a mut MessageWriter<'b>,
}

impl FileReading<'_, '_> {
    fn read_file(&mut self, bytes: &[u8]) {
        match detect_format(bytes) {
            Format::Pdf => self.read_pdf(bytes, None),
            format => {
                let mut paper = PageWriter::default();
                let ended = office::read_file(format, bytes, &mut paper);
                let is_cut = paper.is_full();
                self.send_sheets(paper.finish_pages(), ended.is_err());
                if let Err(mut trouble) = ended {
                    // If some pages were read, only the rest is missing.
                    if self.total > 0 {
                        trouble.code = DiagnosticCode::PartialText;
                    }
                    self.writer.send_trouble(trouble);
                } else if is_cut {
                    let why = "the file holds more than is read of any".to_owned();
                    self.writer.send_trouble(CodedError::new(DiagnosticCode::PartialText, why));
                }
            }
        }
    }

    fn send_sheets(&mut self, sheets: Vec<WrittenPage>, is_refused: bool) {
        let pages = sheets.iter().filter(|sheet| matches!(sheet, WrittenPage::Page(_))).count();
        let mut announced = u32::try_from(pages).unwrap_or(MOST_PAGES);
        self.writer.send_message(&WorkerMessage::Opened(announced));
        for sheet in sheets {
            match sheet {
                WrittenPage::Page(page) => {
                    self.total += 1;
                    if self.total > announced {
                        announced = self.total;
                        self.writer.send_message(&WorkerMessage::Opened(announced));
                    }
                    self.send_page(RawPage { number: self.total, ..page });
                }
                WrittenPage::Pdf { name, bytes } => {
                    self.read_pdf(&bytes, Some(&name));
                    announced = self.total;
                }
            }
        }
        self.writer.send_message(&WorkerMessage::Opened(self.total));
        if self.total == 0 && !is_refused {
            let why = "nothing stands in the file".to_owned();
            self.writer.send_trouble(CodedError::new(DiagnosticCode::UnreadableDocument, why));
        }
    }

    fn send_page(&mut self, mut page: RawPage) -> bool {
        let (mut size, before) = (0, page.lines.len());
        page.lines.retain(|line| {
            size += line.text.len();
            size <= MOST_ON_PAGE
        });
        if page.lines.len() < before {
            let why = format!("page {} holds more text than {MOST_ON_PAGE} bytes", page.number);
            self.writer.send_trouble(CodedError::new(DiagnosticCode::PartialText, why));
        }
        !(self.from..=self.to).contains(&page.number) || self.writer.send_message(&WorkerMessage::Page(page))
    }

    /// Reads a PDF; `name` is its name if it is embedded in another file.
    fn read_pdf(&mut self, bytes: &[u8], name: Option<&str>) {
        let before = self.total;
        let mut opened = match self.open(bytes) {
            Ok(opened) => opened,
            Err(trouble) => {
                self.writer.send_trouble(trouble);
                return;
            }
        };
        let pages = opened.page_count();
        self.total = before.saturating_add(pages);
        self.writer.send_message(&WorkerMessage::Opened(self.total));
        let last = self.to.min(self.total).min(MOST_PAGES);
        let (first, last) = (self.from.max(before + 1) - before, last.saturating_sub(before));
        let mut other = None;
        opened.read_pages(first, last, &mut |number, page| {
            // The other engine may read what one cannot.
            let page = page.or_else(|| self.retry_page(&mut other, bytes, number));
            match page {
                Some(page) => {
                    let file = name.map(str::to_owned);
                    self.send_page(RawPage { number: before + number, file, ..page })
                }
                None => self.writer.send_message(&WorkerMessage::Failed(before + number)),
            }
        });
        if self.total > MOST_PAGES && self.to > MOST_PAGES {
            let why = format!("only the first {MOST_PAGES} of {} pages were read", self.total);
            self.writer.send_trouble(CodedError::new(DiagnosticCode::PartialText, why));
        }
    }

    /// Opens a PDF, with the built-in engine if pdfium cannot open it or finds no page.
    fn open<'p>(&self, bytes: &'p [u8]) -> Result<Box<dyn PdfReader + 'p>, CodedError>
    where
        Self: 'p,
    {
        match pdf::open(self.engine, self.library, bytes).and_then(require_pages) {
            Err(trouble)
                if trouble.code == DiagnosticCode::UnreadableDocument && self.engine == Engine::Pdfium =>
            {
                pdf::open(Engine::Builtin, None, bytes).and_then(require_pages)
            }
            opened => opened,
        }
    }

    fn retry_page<'p>(
        &self,
        other: &mut Option<Box<dyn PdfReader + 'p>>,
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
        other.as_mut()?.read_pages(number, number, &mut |_, page| {
            found = page;
            false
        });
        found
    }
}

fn require_pages<'a>(opened: Box<dyn PdfReader + 'a>) -> Result<Box<dyn PdfReader + 'a>, CodedError> {
    match opened.page_count() {
        0 => Err(CodedError::new(
            DiagnosticCode::UnreadableDocument,
            "no page of the file can be found".to_owned(),
        )),
        _ => Ok(opened),
    }
}

fn send_picture(
    library: Option<&Pdfium>,
    bytes: &[u8],
    page: u32,
    dots_per_inch: u16,
    writer: &mut MessageWriter<'_>,
) {
    let painted =
        pdf::open(Engine::Pdfium, library, bytes).map(|mut opened| opened.picture(page, dots_per_inch));
    let trouble = match painted {
        Ok(Some(picture)) => match picture.to_png() {
            Some(png) => {
                let _ = writer.send_message(&WorkerMessage::Picture(png.len())) && writer.write_bytes(&png);
                return;
            }
            None => CodedError::new(DiagnosticCode::UnreadableDocument, "the picture cannot be written"),
        },
        Ok(None) => {
            CodedError::new(DiagnosticCode::UnreadableDocument, "no picture of this page can be made")
        }
        Err(trouble) => trouble,
    };
    writer.send_trouble(trouble);
}

/// Measures the resources that this process has used. `status` was opened before the seal.
fn measure_spent(status: Option<&File>) -> WorkerUsage {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let milliseconds = time.tv_sec.unsigned_abs() * 1000 + time.tv_nsec.unsigned_abs() / 1_000_000;
    let mut text = vec![0; 4096];
    let size = status.and_then(|status| status.read_at(&mut text, 0).ok()).unwrap_or(0);
    let text = String::from_utf8_lossy(&text[..size]).into_owned();
    WorkerUsage {
        milliseconds,
        kibibytes: status_field(&text, "VmRSS:").unwrap_or(0),
        peak_kibibytes: status_field(&text, "VmHWM:").unwrap_or(0),
    }
}

/// Returns a number in the text of `/proc/self/status`.
fn status_field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
