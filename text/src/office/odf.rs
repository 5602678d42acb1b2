//! ODT, ODS and ODP: what stands in `content.xml`. A page ends where a writer or a page break says so, at the end of a
//! sheet and of a slide.

use std::collections::BTreeMap;

use super::{
    Ended, Paper,
    docx::in_row,
    package::Package,
    xml::{Attributes, Node, level, walk},
};
use raadhuis_schema::RemarkCode;

/// Elements whose content is not shown.
const HIDDEN: [&str; 4] = ["tracked-changes", "annotation", "forms", "presentation-settings"];

/// The most spaces that are written for one element.
const MOST_SPACES: usize = 100;

/// Reads the document.
pub fn read(package: &mut Package<'_>, paper: &mut Paper) -> Ended {
    if let Some(manifest) = package.part("META-INF/manifest.xml")?
        && manifest.windows(15).any(|window| window == b"encryption-data")
    {
        return Err((RemarkCode::Encrypted, "the file opens with a password only".to_owned()));
    }
    let xml = package.need("content.xml")?;
    let styles = BTreeMap::new();
    let mut writer =
        Writer { paper, open: Vec::new(), styles, row: Vec::new(), tables: 0, items: 0, hidden: 0 };
    walk(&xml, |node| {
        match node {
            Node::Open(name, attributes) => writer.open(name, &attributes),
            Node::Close(name) => writer.close(name),
            Node::Text(text) => writer.text(text),
        }
        !writer.paper.is_full()
    })
}

struct Writer<'a> {
    paper: &'a mut Paper,
    /// Paragraphs that are open: a note opens one within another.
    open: Vec<(String, Option<u8>)>,
    styles: BTreeMap<String, u8>,
    row: Vec<String>,
    tables: usize,
    items: usize,
    hidden: usize,
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
            // A style of the document's own may be made of one for headings.
            ("style", _) => {
                let parent = attributes.get("parent-style-name").unwrap_or_default();
                let level = level(&parent.replace("_20_", ""), &["heading"]);
                self.styles.extend(attributes.get("name").zip(level));
            }
            ("p", _) => {
                let style = attributes.get("style-name").unwrap_or_default();
                self.open.push((String::new(), self.styles.get(&style).copied()));
            }
            ("h", _) => {
                let level = attributes.get("outline-level").and_then(|level| level.parse().ok());
                self.open.push((String::new(), level.or(Some(1)).filter(|level| *level < 10)));
            }
            ("tab", Some((text, _))) => text.push('\t'),
            ("line-break", Some((text, _))) => text.push('\n'),
            ("s", Some((text, _))) => {
                let count = attributes.get("c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                text.push_str(&" ".repeat(count.min(MOST_SPACES)));
            }
            ("soft-page-break", _) if self.tables == 0 => {
                self.flush();
                self.paper.turn();
            }
            ("table", _) => {
                // A sheet of a spreadsheet has a name that people gave it.
                if self.tables == 0
                    && let Some(name) = attributes.get("name").filter(|_| attributes.get("print").is_some())
                {
                    self.paper.line(&name, Some(1));
                }
                self.tables += 1;
            }
            ("table-cell", _) => self.row.push(String::new()),
            ("list-item", _) => self.items += 1,
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
            "p" | "h" => {
                if let Some((text, heading)) = self.open.pop() {
                    self.end(&text, heading);
                }
            }
            "table-row" => {
                let row = std::mem::take(&mut self.row);
                self.paper.line(&in_row(row), None);
            }
            "table" => self.tables = self.tables.saturating_sub(1),
            "list-item" => self.items = self.items.saturating_sub(1),
            "page" | "spreadsheet" => self.paper.turn(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden == 0
            && let Some((paragraph, _)) = self.open.last_mut()
        {
            paragraph.push_str(text);
        }
    }

    fn end(&mut self, text: &str, heading: Option<u8>) {
        if self.tables > 0
            && let Some(cell) = self.row.last_mut()
        {
            if !cell.is_empty() && !text.is_empty() {
                cell.push(' ');
            }
            cell.push_str(&text.replace(['\n', '\t'], " "));
        } else if self.items > 0 && heading.is_none() && !text.trim().is_empty() {
            self.paper.line(&format!("- {}", text.trim()), None);
        } else {
            text.lines().for_each(|line| self.paper.line(line, heading));
        }
    }

    fn flush(&mut self) {
        if let Some((text, heading)) = self.open.last_mut() {
            let (text, heading) = (std::mem::take(text), *heading);
            text.lines().for_each(|line| self.paper.line(line, heading));
        }
    }
}
