//! Runs OCR on one page with tesseract, a separate program, within the limits of every worker. OCR is
//! optional: without tesseract, scanned pages are only marked as such.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use raadhuis_schema::{PageText, TextOrigin};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{clock::ProcessClock, pool::start_process, raw::RawPage, tidy::tidy_pages};

/// The arguments of tesseract: read an image from standard input, write a table of Dutch words with their
/// confidence.
pub const ARGUMENTS: [&str; 5] = ["stdin", "stdout", "-l", "nld", "tsv"];

/// The engine name stored with pages that OCR read.
pub const NAME: &str = "tesseract nld";

/// The environment variable with the path of tesseract. The value `none` disables OCR.
const VARIABLE: &str = "RAADHUIS_TESSERACT";

/// The resolution of the page image. A higher resolution does not improve the result.
pub const DOTS_PER_INCH: u16 = 200;

const PER_PAGE: Duration = Duration::from_mins(1);

/// The most output that is read for one page, in bytes.
const MOST: u64 = 8 << 20;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recognised {
    pub text: String,
    /// The mean over all words, in percent.
    pub confidence: u8,
}

/// Replaces a scanned page by its OCR result, tidied as any other page. A page without words becomes blank.
pub fn written(page: &PageText, recognised: &Recognised) -> PageText {
    let tidied = tidy_pages(vec![RawPage::of_text(page.number, NAME, &recognised.text)]);
    let text = tidied.into_iter().next().map(|page| page.text).unwrap_or_default();
    PageText {
        number: page.number,
        origin: if text.trim().is_empty() { TextOrigin::Blank } else { TextOrigin::Ocr },
        text,
        confidence: Some(recognised.confidence),
        engine: NAME.to_owned(),
        file: page.file.clone(),
        ..PageText::default()
    }
}

/// Returns the path of tesseract, if it is installed and not disabled.
pub fn find_tesseract() -> Option<OsString> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return (named != "none").then_some(named);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("tesseract"))
        .find(|file| file.is_file())
        .map(PathBuf::into_os_string)
}

/// Runs tesseract on a PNG image. Returns `None` when it gives nothing, takes too long or crashes.
pub async fn recognise(worker: &std::path::Path, program: &OsString, picture: &[u8]) -> Option<Recognised> {
    let mut child = start_process(worker, &[program.to_str()?]).ok()?;
    let (mut input, output) = (child.stdin.take()?, child.stdout.take()?);
    let clock = ProcessClock::of_child(&child);
    let feed = async {
        let _ = input.write_all(picture).await;
        drop(input);
    };
    let mut answer = String::new();
    let mut output = output.take(MOST);
    let all = async {
        tokio::join!(feed, output.read_to_string(&mut answer)).1.ok()?;
        // tesseract must not block on output beyond the limit, which nobody reads.
        drop(output);
        child.wait().await.ok()
    };
    // A process that takes too long is killed on drop.
    let ended = clock.run_within(PER_PAGE, all).await.ok()??;
    ended.success().then(|| parse_table(&answer))
}

/// Parses tesseract's table into lines of words. Columns: level, page, block, paragraph, line, word, four of
/// position, confidence, text.
fn parse_table(table: &str) -> Recognised {
    let (mut text, mut place, mut sure, mut count) = (String::new(), None, 0.0_f64, 0_u32);
    for row in table.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [_, _, block, paragraph, line, _, _, _, _, _, certainty, word] = columns[..] else { continue };
        let certainty: f64 = certainty.parse().unwrap_or(-1.0);
        if certainty < 0.0 || word.trim().is_empty() {
            continue;
        }
        let here = Some((block.to_owned(), paragraph.to_owned(), line.to_owned()));
        if !text.is_empty() {
            text.push(if place == here { ' ' } else { '\n' });
        }
        place = here;
        text.push_str(word.trim());
        sure += certainty;
        count += 1;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between its bounds")]
    let confidence = (sure / f64::from(count.max(1))).clamp(0.0, 100.0) as u8;
    Recognised { text, confidence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_their_lines_with_their_certainty() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t\n\
            5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90.5\tDe\n\
            5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t80.5\traad\n\
            5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t60\tbesluit\n";
        assert_eq!(parse_table(table), Recognised { text: "De raad\nbesluit".into(), confidence: 77 });
        assert_eq!(parse_table(""), Recognised::default());
    }
}
