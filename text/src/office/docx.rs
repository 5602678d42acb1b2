//! DOCX: what stands in the body of a word processor's document, then its notes. What was deleted stays deleted.

use super::{
    Ended, Paper,
    package::Package,
    xml::{Attributes, Node, level, walk},
};

/// What stands before the body, and what behind it.
const BEFORE: [&str; 1] = ["word/header"];
const BEHIND: [&str; 3] = ["word/footnotes.xml", "word/endnotes.xml", "word/footer"];

/// Elements whose content is not shown: what was deleted or moved away, and the second of two ways to draw the same.
const HIDDEN: [&str; 3] = ["del", "moveFrom", "Fallback"];

/// What styles of headings are called.
const HEADINGS: [&str; 2] = ["heading", "kop"];

/// Reads the document.
pub fn read(package: &mut Package<'_>, paper: &mut Paper) -> Ended {
    let names = package.names();
    let all = |starts: &[&str]| -> Vec<String> {
        let is_one =
            |name: &&String| starts.iter().any(|start| name.starts_with(start)) && !name.contains("/_rels/");
        names.iter().filter(is_one).cloned().collect()
    };
    for name in all(&BEFORE) {
        read_part(&package.need(&name)?, paper)?;
    }
    read_part(&package.need("word/document.xml")?, paper)?;
    for name in all(&BEHIND) {
        read_part(&package.need(&name)?, paper)?;
    }
    Ok(())
}

fn read_part(xml: &[u8], paper: &mut Paper) -> Ended {
    let mut writer = Writer { paper, open: Vec::new(), row: Vec::new(), cells: 0, hidden: 0, is_text: false };
    walk(xml, |node| {
        match node {
            Node::Open(name, attributes) => writer.open(name, &attributes),
            Node::Close(name) => writer.close(name),
            Node::Text(text) => writer.text(text),
        }
        !writer.paper.is_full()
    })?;
    writer.open.clear();
    Ok(())
}

/// A paragraph that is open: a text box opens one within another.
#[derive(Default)]
struct Paragraph {
    text: String,
    heading: Option<u8>,
    is_item: bool,
}

struct Writer<'a> {
    paper: &'a mut Paper,
    open: Vec<Paragraph>,
    /// The cells of a row that is open, and how many tables are open around it.
    row: Vec<String>,
    cells: usize,
    hidden: usize,
    is_text: bool,
}

impl Writer<'_> {
    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        if HIDDEN.contains(&name) {
            self.hidden += 1;
        }
        if self.hidden > 0 {
            return;
        }
        let paragraph = self.open.last_mut();
        match (name, paragraph) {
            ("p", _) => self.open.push(Paragraph::default()),
            ("t", _) => self.is_text = true,
            ("tab", Some(it)) => it.text.push('\t'),
            ("noBreakHyphen", Some(it)) => it.text.push('-'),
            ("br" | "cr", paragraph) => {
                let is_page = attributes.get("type").as_deref() == Some("page");
                if is_page && self.cells == 0 {
                    self.flush();
                    self.paper.turn();
                } else if let Some(it) = paragraph {
                    it.text.push('\n');
                }
            }
            ("lastRenderedPageBreak", _) if self.cells == 0 => {
                self.flush();
                self.paper.turn();
            }
            ("pStyle", Some(it)) => {
                let style = attributes.get("val").unwrap_or_default();
                let title = matches!(style.to_lowercase().as_str(), "title" | "titel").then_some(1);
                it.heading = title.or_else(|| level(&style, &HEADINGS));
            }
            ("outlineLvl", Some(it)) => {
                let level = attributes.get("val").and_then(|level| level.parse::<u8>().ok());
                it.heading = it.heading.or(level.filter(|level| *level < 9).map(|level| level + 1));
            }
            ("numPr", Some(it)) => it.is_item = true,
            ("tbl", _) => self.cells += 1,
            ("tc", _) => self.row.push(String::new()),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if HIDDEN.contains(&name) {
            self.hidden = self.hidden.saturating_sub(1);
            return;
        }
        if self.hidden > 0 {
            return;
        }
        match name {
            "t" => self.is_text = false,
            "p" => {
                if let Some(paragraph) = self.open.pop() {
                    self.end(paragraph);
                }
            }
            "tr" => {
                let row = std::mem::take(&mut self.row);
                self.paper.line(&in_row(row), None);
            }
            "tbl" => self.cells = self.cells.saturating_sub(1),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_text
            && self.hidden == 0
            && let Some(it) = self.open.last_mut()
        {
            it.text.push_str(text);
        }
    }

    fn end(&mut self, Paragraph { text, heading, is_item }: Paragraph) {
        if self.cells > 0
            && let Some(cell) = self.row.last_mut()
        {
            if !cell.is_empty() && !text.is_empty() {
                cell.push(' ');
            }
            cell.push_str(&text.replace(['\n', '\t'], " "));
        } else if is_item && heading.is_none() && !text.trim().is_empty() {
            self.paper.line(&format!("- {}", text.trim()), None);
        } else {
            text.lines().for_each(|line| self.paper.line(line, heading));
        }
    }

    /// Writes what the paragraph holds so far, because a page ends within it.
    fn flush(&mut self) {
        if let Some(it) = self.open.last_mut() {
            let text = std::mem::take(&mut it.text);
            let heading = it.heading;
            text.lines().for_each(|line| self.paper.line(line, heading));
        }
    }
}

/// The cells of a row as one line.
pub fn in_row(cells: Vec<String>) -> String {
    let cells = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    cells.collect::<Vec<_>>().join(" | ")
}
