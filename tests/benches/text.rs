//! What the readers of documents find and what they take: both engines on the same files, against `pdftotext -raw` for the
//! words, against the bare engines for the time. Time is that of the processor, of this process and of its workers.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss, reason = "a benchmark")]

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    process::Command,
};

use raadhuis_tests::{files, shared};
use raadhuis_text::{
    Extractor,
    pdf::{self, Engine, pdfium},
    raw::RawPage,
};

const WORKER: &str = env!("CARGO_BIN_EXE_extract-worker");

/// Times each speed is measured; the median counts.
const ROUNDS: usize = 3;

fn main() {
    let (Some(council), Some(dutch)) = (shared("payloads/documents"), shared("pdf/dutch")) else { return };
    let is_pdf = |path: &PathBuf| path.extension().is_some_and(|end| end == "pdf");
    let council: Vec<PathBuf> = files(&council).into_iter().filter(is_pdf).collect();
    let dutch: Vec<PathBuf> = files(&dutch).into_iter().filter(is_pdf).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(library) = pdfium::find_library().and_then(|path| pdfium::Pdfium::load_library(&path).ok())
    else {
        println!("skipped: pdfium is not set up (raadhuis setup pdfium)");
        return;
    };
    println!("{} council PDFs, {} others", council.len(), dutch.len());
    let is_fast = std::env::args().any(|argument| argument == "--words");
    runtime.block_on(words(&council, &dutch));
    if !is_fast {
        // The files of a list, so that another program can be measured on the same ones.
        let list = std::env::var("RAADHUIS_FILES").ok().map(|list| std::fs::read_to_string(list).unwrap());
        let listed = list.map(|list| list.lines().map(PathBuf::from).collect::<Vec<_>>());
        speed(&runtime, &library, listed.as_deref().unwrap_or(&council));
    }
}

/// Words and their order, against pdftotext.
async fn words(council: &[PathBuf], dutch: &[PathBuf]) {
    // Only pages with text of their own: a scan has the words that some OCR gave it, or none. Which those are, the first
    // engine says for both.
    let mut born_digital: HashSet<(PathBuf, u32)> = HashSet::new();
    for (name, engine) in [("pdfium", Engine::Pdfium), ("built in", Engine::Builtin)] {
        let extractor = Extractor::new(WORKER.into()).with_engine(engine);
        let mut all = Score::default();
        let mut each: Vec<(Score, String)> = Vec::new();
        for path in council.iter().chain(dutch) {
            let bytes = std::fs::read(path).unwrap();
            let Some(reference) = reference(path) else {
                println!("  pdftotext reads nothing of {}", short(path));
                continue;
            };
            let pages = match extractor.extract_raw(&bytes).await {
                Ok(pages) => pages,
                Err(trouble) => {
                    println!("  {}: {} {trouble}", short(path), trouble.code.as_str());
                    continue;
                }
            };
            let mut score = Score::default();
            for page in &pages {
                let Some(expected) = reference.get(page.number as usize - 1) else { continue };
                let key = (path.clone(), page.number);
                let is_scan = page.unpainted > 0.5 || (page.pictured > 0.5 && page.letters() < 25);
                if engine == Engine::Pdfium && !is_scan {
                    born_digital.insert(key.clone());
                }
                if !born_digital.contains(&key) {
                    continue;
                }
                score.add(expected, page);
            }
            all.merge(&score);
            each.push((score, short(path)));
        }
        println!("{name}: {} pages, words {:.4}, order {:.4}", all.pages, all.words(), all.order());
        each.retain(|(score, _)| score.pages > 0);
        each.sort_by(|a, b| a.0.words().total_cmp(&b.0.words()));
        for (score, path) in each.iter().take(10) {
            println!("  words {:.4} order {:.4} of {:6} {path}", score.words(), score.order(), score.all);
        }
        each.sort_by(|a, b| a.0.order().total_cmp(&b.0.order()));
        for (score, path) in each.iter().take(10) {
            println!("  order {:.4} words {:.4} of {:6} {path}", score.order(), score.words(), score.all);
        }
    }
}

/// Words that were found of those that there are.
#[derive(Default)]
struct Score {
    pages: usize,
    found: usize,
    all: usize,
    found_in_order: usize,
    all_in_order: usize,
}

impl Score {
    fn add(&mut self, expected: &str, page: &RawPage) {
        let (expected, found) = (split(expected), split(&page.text()));
        self.pages += 1;
        self.all += expected.len();
        self.found += shared_of(expected.iter().map(String::as_str), found.iter().map(String::as_str));
        let fours = |words: &[String]| words.windows(4).map(|four| four.join(" ")).collect::<Vec<_>>();
        let (expected, found) = (fours(&expected), fours(&found));
        self.all_in_order += expected.len();
        self.found_in_order +=
            shared_of(expected.iter().map(String::as_str), found.iter().map(String::as_str));
    }

    fn merge(&mut self, other: &Self) {
        self.pages += other.pages;
        self.found += other.found;
        self.all += other.all;
        self.found_in_order += other.found_in_order;
        self.all_in_order += other.all_in_order;
    }

    fn words(&self) -> f64 {
        self.found as f64 / self.all.max(1) as f64
    }

    fn order(&self) -> f64 {
        self.found_in_order as f64 / self.all_in_order.max(1) as f64
    }
}

/// How many of `expected` are among `found`, each as often as it is there.
fn shared_of<'a>(expected: impl Iterator<Item = &'a str>, found: impl Iterator<Item = &'a str>) -> usize {
    let mut left: HashMap<&str, usize> = HashMap::new();
    found.for_each(|word| *left.entry(word).or_default() += 1);
    expected
        .filter(|word| {
            left.get_mut(word).is_some_and(|count| count.checked_sub(1).map(|rest| *count = rest).is_some())
        })
        .count()
}

/// The words of a page. A word that a line's end parted is one word, as each of the readers writes it in its own way.
fn split(text: &str) -> Vec<String> {
    let mut whole = String::with_capacity(text.len());
    let text = text.replace("-\r\n", "\u{FFFE}").replace("-\n", "\u{FFFE}");
    for c in text.chars() {
        match c {
            '\u{FFFE}' | '\u{AD}' | '-' | '\u{2010}' | '\u{2011}' => {}
            '\u{FB00}' => whole.push_str("ff"),
            '\u{FB01}' => whole.push_str("fi"),
            '\u{FB02}' => whole.push_str("fl"),
            '\u{FB03}' => whole.push_str("ffi"),
            '\u{FB04}' => whole.push_str("ffl"),
            c => whole.push(c),
        }
    }
    whole
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The pages of a file as pdftotext gives them.
fn reference(path: &Path) -> Option<Vec<String>> {
    let ended = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(path).arg("-").output().ok()?;
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    (!text.trim().is_empty()).then(|| text.split('\u{c}').map(str::to_owned).collect())
}

/// Pages per second of the processor: our readers, workers included, and the bare engines.
fn speed(runtime: &tokio::runtime::Runtime, library: &pdfium::Pdfium, council: &[PathBuf]) {
    let all: Vec<Vec<u8>> = council.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut table: HashMap<&str, Vec<f64>> = HashMap::new();
    let mut peak = 0;
    for _ in 0..ROUNDS {
        for (name, engine) in [("pdfium", Engine::Pdfium), ("built in", Engine::Builtin)] {
            let bare = |bytes: &Vec<u8>| match engine {
                Engine::Pdfium => library.count_bare(bytes),
                Engine::Builtin => pdf::count_bare(bytes),
            };
            let before = seconds();
            let pages: u32 = all.iter().filter_map(bare).map(|(pages, _)| pages).sum();
            table
                .entry(if name == "pdfium" { "bare pdfium" } else { "bare built in" })
                .or_default()
                .push(f64::from(pages) / (seconds() - before));
            let extractor = Extractor::new(WORKER.into()).with_workers(1).with_engine(engine);
            let before = seconds();
            let (mut pages, mut spent, mut last) = (0, 0, 0);
            for bytes in &all {
                let extracted = runtime.block_on(extractor.extract(bytes));
                pages += extracted.pages.len();
                let now = extracted.spent.milliseconds;
                // A worker that was replaced begins anew.
                spent += if now >= last { now - last } else { now };
                last = now;
                peak = peak.max(extracted.spent.peak_kibibytes);
            }
            let taken = seconds() - before + spent as f64 / 1000.0;
            table.entry(name).or_default().push(pages as f64 / taken);
        }
    }
    for name in ["bare pdfium", "pdfium", "bare built in", "built in"] {
        let mut rounds = table.remove(name).unwrap_or_default();
        rounds.sort_by(f64::total_cmp);
        println!(
            "{name}: {:.0} pages per second of the processor, of {rounds:.0?}",
            rounds[rounds.len() / 2]
        );
    }
    println!("peak of a worker: {} MiB", peak / 1024);
}

/// Time of the processor that this process has taken.
fn seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn short(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().chars().take(70).collect()).unwrap_or_default()
}
