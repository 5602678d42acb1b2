//! ODT, ODS and ODP: what stands in `content.xml`. A page ends where a writer or a page break says so, at the end of a
//! sheet and of a slide. What a reader of the document does not see is not read: tracked deletions, comments, notes of a
//! speaker, hidden text, sections, sheets, rows, columns and slides.

use super::{
    Ended, Paper,
    docx::in_row,
    package::Package,
    xml::{Attributes, Node, walk},
};
use raadhuis_schema::RemarkCode;

mod style;

use style::Styles;

/// Elements whose content is not shown.
const HIDDEN: [&str; 5] = ["tracked-changes", "annotation", "forms", "presentation-settings", "notes"];

/// The most columns of a sheet.
const MOST_COLUMNS: usize = 16_384;

/// The most spaces that are written for one element.
const MOST_SPACES: usize = 100;

/// Reads the document.
pub fn read(package: &mut Package<'_>, paper: &mut Paper) -> Ended {
    if let Some(manifest) = package.part("META-INF/manifest.xml")?
        && manifest.windows(15).any(|window| window == b"encryption-data")
    {
        return Err((RemarkCode::Encrypted, "the file opens with a password only".to_owned()));
    }
    let mut styles = Styles::default();
    if let Some(xml) = package.part("styles.xml")? {
        styles.add(&xml)?;
    }
    let xml = package.need("content.xml")?;
    styles.add(&xml)?;
    let mut writer = Writer {
        paper,
        open: Vec::new(),
        styles,
        row: Vec::new(),
        tables: Vec::new(),
        items: 0,
        concealing: Vec::new(),
        concealed: 0,
        hidden_paragraph: 0,
    };
    walk(&xml, |node| {
        match node {
            Node::Open(name, attributes) => writer.open(name, &attributes),
            Node::Close(name) => writer.close(name),
            Node::Text(text) => writer.text(text),
        }
        !writer.paper.is_full()
    })
}

/// A table that is open.
#[derive(Default)]
struct Table {
    /// For each stretch of columns how many they are, and whether they are hidden.
    columns: Vec<(usize, bool)>,
    /// The column of the next cell, from 0.
    column: usize,
}

impl Table {
    fn hides(&self, column: usize) -> bool {
        let mut before = 0_usize;
        let stretch = self.columns.iter().find(|(count, _)| {
            before = before.saturating_add(*count);
            column < before
        });
        stretch.is_some_and(|(_, is_hidden)| *is_hidden)
    }
}

struct Writer<'a> {
    paper: &'a mut Paper,
    /// Paragraphs that are open: a note opens one within another.
    open: Vec<(String, Option<u8>)>,
    styles: Styles,
    row: Vec<String>,
    tables: Vec<Table>,
    items: usize,
    /// For each element that is open and may hide its content, whether it does.
    concealing: Vec<bool>,
    /// How many of those do.
    concealed: usize,
    /// How many paragraphs were open when one of them hid itself; 0 where none does.
    hidden_paragraph: usize,
}

/// Elements that may hide what they hold.
const CONCEALING: [&str; 16] = [
    "tracked-changes",
    "annotation",
    "forms",
    "presentation-settings",
    "notes",
    "span",
    "p",
    "h",
    "section",
    "hidden-text",
    "hidden-paragraph",
    "table",
    "table-row",
    "table-cell",
    "covered-table-cell",
    "page",
];

impl Writer<'_> {
    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        if CONCEALING.contains(&name) {
            let hides = self.hides(name, attributes);
            self.concealing.push(hides);
            self.concealed += usize::from(hides);
        }
        if self.concealed > 0 {
            return;
        }
        let paragraph = self.open.last_mut();
        match (name, paragraph) {
            ("p", _) => {
                let style = attributes.get("style-name").unwrap_or_default();
                self.open.push((String::new(), self.styles.heading(&style)));
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
            ("soft-page-break", _) if self.tables.is_empty() => {
                self.flush();
                self.paper.turn();
            }
            ("table", _) => {
                // A sheet of a spreadsheet has a name that people gave it.
                if self.tables.is_empty()
                    && let Some(name) = attributes.get("name").filter(|_| attributes.get("print").is_some())
                {
                    self.paper.line(&name, Some(1));
                }
                self.tables.push(Table::default());
            }
            ("table-column", _) => {
                let is_hidden = is_out_of_sight(attributes);
                let count = repeated(attributes, "number-columns-repeated");
                if let Some(table) = self.tables.last_mut() {
                    table.columns.push((count, is_hidden));
                }
            }
            ("table-cell", _) => self.row.push(String::new()),
            ("list-item", _) => self.items += 1,
            _ => {}
        }
    }

    /// Whether an element hides what it holds.
    fn hides(&mut self, name: &str, attributes: &Attributes<'_>) -> bool {
        let style = attributes.get("style-name").unwrap_or_default();
        let is_off = || attributes.get("display").is_some_and(|display| display == "none");
        let says_so = || attributes.get("is-hidden").is_some_and(|hidden| hidden == "true");
        match name {
            "span" => self.styles.hides("text", &style),
            "p" | "h" => self.styles.hides("paragraph", &style),
            "section" | "hidden-text" => is_off() || says_so(),
            "table" => self.styles.hides("table", &style),
            "page" => self.styles.hides("drawing-page", &style),
            "table-row" => {
                if let Some(table) = self.tables.last_mut() {
                    table.column = 0;
                }
                is_out_of_sight(attributes)
            }
            "table-cell" | "covered-table-cell" => {
                let count = repeated(attributes, "number-columns-repeated");
                self.tables.last_mut().is_some_and(|table| {
                    let at = table.column;
                    table.column = at.saturating_add(count);
                    table.hides(at)
                })
            }
            // A field that hides the paragraph in which it stands: what stood before it in the paragraph goes too.
            "hidden-paragraph" => {
                if says_so()
                    && let Some((text, _)) = self.open.last_mut()
                {
                    text.clear();
                    self.hidden_paragraph = self.open.len();
                }
                true
            }
            name => HIDDEN.contains(&name),
        }
    }

    fn close(&mut self, name: &str) {
        if CONCEALING.contains(&name) && self.concealing.pop().unwrap_or(false) {
            self.concealed = self.concealed.saturating_sub(1);
            return;
        }
        if self.concealed > 0 {
            return;
        }
        match name {
            "p" | "h" => {
                let is_hidden = self.hidden_paragraph > 0 && self.hidden_paragraph == self.open.len();
                if let Some((text, heading)) = self.open.pop() {
                    if is_hidden {
                        self.hidden_paragraph = 0;
                    } else {
                        self.end(&text, heading);
                    }
                }
            }
            "table-row" => {
                let row = std::mem::take(&mut self.row);
                self.paper.line(&in_row(row), None);
            }
            "table" => {
                self.tables.pop();
            }
            "list-item" => self.items = self.items.saturating_sub(1),
            "page" | "spreadsheet" => self.paper.turn(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.concealed == 0
            && let Some((paragraph, _)) = self.open.last_mut()
        {
            paragraph.push_str(text);
        }
    }

    fn end(&mut self, text: &str, heading: Option<u8>) {
        if !self.tables.is_empty()
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

/// Whether a row or a column is hidden by hand or by a filter.
fn is_out_of_sight(attributes: &Attributes<'_>) -> bool {
    attributes.get("visibility").is_some_and(|shown| matches!(shown.as_str(), "collapse" | "filter"))
}

/// How often an element stands for itself.
fn repeated(attributes: &Attributes<'_>, name: &str) -> usize {
    let count = attributes.get(name).and_then(|count| count.parse().ok());
    count.unwrap_or(1).clamp(1, MOST_COLUMNS)
}
