//! ODT, ODS and ODP: the text of `content.xml`. A page ends at a page break of the author or the word
//! processor, at the end of a sheet and of a slide. Skips what a reader of the document does not see: tracked
//! deletions, comments, speaker notes, hidden text, sections, sheets, rows, columns and slides.

use super::{
    PageWriter, ReadResult,
    docx::in_row,
    package::Package,
    xml::{XmlAttributes, XmlNode, walk_nodes},
};
use raadhuis_schema::{CodedError, DiagnosticCode};

mod style;

use style::Styles;

const HIDDEN: [&str; 5] = ["tracked-changes", "annotation", "forms", "presentation-settings", "notes"];

const MOST_COLUMNS: usize = 16_384;

const MOST_SPACES: usize = 100;

pub fn read_document(package: &mut Package<'_>, writer: &mut PageWriter) -> ReadResult {
    if let Some(manifest) = package.read_entry("META-INF/manifest.xml")?
        && manifest.windows(15).any(|window| window == b"encryption-data")
    {
        return Err(CodedError::new(
            DiagnosticCode::Encrypted,
            "the file opens with a password only".to_owned(),
        ));
    }
    let mut styles = Styles::default();
    if let Some(xml) = package.read_entry("styles.xml")? {
        styles.add_styles(&xml)?;
    }
    let xml = package.read_member("content.xml")?;
    styles.add_styles(&xml)?;
    let mut writer = OdfWriter {
        writer,
        open: Vec::new(),
        styles,
        row: Vec::new(),
        tables: Vec::new(),
        items: 0,
        concealing: Vec::new(),
        concealed: 0,
        hidden_paragraph: 0,
    };
    walk_nodes(&xml, |node| {
        match node {
            XmlNode::Open(name, attributes) => writer.open_element(name, &attributes),
            XmlNode::Close(name) => writer.close_element(name),
            XmlNode::Text(text) => writer.add_text(text),
        }
        !writer.writer.is_full()
    })
}

#[derive(Default)]
struct Table {
    /// For each group of columns, their number and whether they are hidden.
    columns: Vec<(usize, bool)>,
    /// The index of the next cell's column, from 0.
    column: usize,
}

impl Table {
    fn hides_column(&self, column: usize) -> bool {
        let mut before = 0_usize;
        let stretch = self.columns.iter().find(|(count, _)| {
            before = before.saturating_add(*count);
            column < before
        });
        stretch.is_some_and(|(_, is_hidden)| *is_hidden)
    }
}

struct OdfWriter<'a> {
    writer: &'a mut PageWriter,
    /// Open paragraphs, with their heading level. Paragraphs nest: a note opens one within another.
    open: Vec<(String, Option<u8>)>,
    styles: Styles,
    row: Vec<String>,
    tables: Vec<Table>,
    items: usize,
    /// For each open element of [`CONCEALING`], whether it hides its content.
    concealing: Vec<bool>,
    /// The number of true values in `concealing`.
    concealed: usize,
    /// The number of paragraphs open when the innermost hid itself; 0 if none did.
    hidden_paragraph: usize,
}

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

impl OdfWriter<'_> {
    fn open_element(&mut self, name: &str, attributes: &XmlAttributes<'_>) {
        if CONCEALING.contains(&name) {
            let hides = self.hides_content(name, attributes);
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
                self.open.push((String::new(), self.styles.heading_level_of(&style)));
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
                self.flush_paragraph();
                self.writer.end_page();
            }
            ("table", _) => {
                // In a spreadsheet the author named the sheet.
                if self.tables.is_empty()
                    && let Some(name) = attributes.get("name").filter(|_| attributes.get("print").is_some())
                {
                    self.writer.write_line(&name, Some(1));
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

    /// Returns whether an element hides its content, and counts table columns.
    fn hides_content(&mut self, name: &str, attributes: &XmlAttributes<'_>) -> bool {
        let style = attributes.get("style-name").unwrap_or_default();
        match name {
            "span" => self.styles.hides_content("text", &style),
            "p" | "h" => self.styles.hides_content("paragraph", &style),
            "section" | "hidden-text" => {
                has_value(attributes, "display", "none") || has_value(attributes, "is-hidden", "true")
            }
            "table" => self.styles.hides_content("table", &style),
            "page" => self.styles.hides_content("drawing-page", &style),
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
                    table.hides_column(at)
                })
            }
            // A field that hides its whole paragraph, including the text before the field.
            "hidden-paragraph" => {
                if has_value(attributes, "is-hidden", "true")
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

    fn close_element(&mut self, name: &str) {
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
                        self.end_paragraph(&text, heading);
                    }
                }
            }
            "table-row" => {
                let row = std::mem::take(&mut self.row);
                self.writer.write_line(&in_row(row), None);
            }
            "table" => {
                self.tables.pop();
            }
            "list-item" => self.items = self.items.saturating_sub(1),
            "page" | "spreadsheet" => self.writer.end_page(),
            _ => {}
        }
    }

    fn add_text(&mut self, text: &str) {
        if self.concealed == 0
            && let Some((paragraph, _)) = self.open.last_mut()
        {
            paragraph.push_str(text);
        }
    }

    fn end_paragraph(&mut self, text: &str, heading: Option<u8>) {
        if !self.tables.is_empty()
            && let Some(cell) = self.row.last_mut()
        {
            if !cell.is_empty() && !text.is_empty() {
                cell.push(' ');
            }
            cell.push_str(&text.replace(['\n', '\t'], " "));
        } else if self.items > 0 && heading.is_none() && !text.trim().is_empty() {
            self.writer.write_line(&format!("- {}", text.trim()), None);
        } else {
            text.lines().for_each(|line| self.writer.write_line(line, heading));
        }
    }

    fn flush_paragraph(&mut self) {
        if let Some((text, heading)) = self.open.last_mut() {
            let (text, heading) = (std::mem::take(text), *heading);
            text.lines().for_each(|line| self.writer.write_line(line, heading));
        }
    }
}

fn has_value(attributes: &XmlAttributes<'_>, name: &str, value: &str) -> bool {
    attributes.get(name).is_some_and(|own| own == value)
}

/// Returns whether a row or a column is hidden, by hand or by a filter.
fn is_out_of_sight(attributes: &XmlAttributes<'_>) -> bool {
    attributes.get("visibility").is_some_and(|shown| matches!(shown.as_str(), "collapse" | "filter"))
}

fn repeated(attributes: &XmlAttributes<'_>, name: &str) -> usize {
    let count = attributes.get(name).and_then(|count| count.parse().ok());
    count.unwrap_or(1).clamp(1, MOST_COLUMNS)
}
