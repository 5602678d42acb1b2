//! DOCX: the body of a word processor's document and its notes. Skips what a reader of the document does not
//! see: tracked deletions, hidden runs and rows, hidden drawings, comments.

use super::{
    PageWriter, ReadResult,
    package::Package,
    toggle::{HidingStyles, is_on, says_yes},
    xml::{XmlAttributes, XmlNode, heading_level, walk_nodes},
};

/// The parts read before the body and after it, as prefixes of their names.
const BEFORE: [&str; 1] = ["word/header"];
const BEHIND: [&str; 3] = ["word/footnotes.xml", "word/endnotes.xml", "word/footer"];

/// Elements whose content is not shown: deleted or moved text, and the fallback version of a drawing.
const HIDDEN: [&str; 3] = ["del", "moveFrom", "Fallback"];

const HEADINGS: [&str; 2] = ["heading", "kop"];

pub fn read_document(package: &mut Package<'_>, writer: &mut PageWriter) -> ReadResult {
    let names = package.member_names();
    let styles = match package.read_entry("word/styles.xml")? {
        Some(xml) => HidingStyles::parse(&xml)?,
        None => HidingStyles::default(),
    };
    for name in names_with_prefix(&names, &BEFORE) {
        read_part(&package.read_member(name)?, &styles, writer)?;
    }
    read_part(&package.read_member("word/document.xml")?, &styles, writer)?;
    for name in names_with_prefix(&names, &BEHIND) {
        read_part(&package.read_member(name)?, &styles, writer)?;
    }
    Ok(())
}

fn names_with_prefix<'a>(names: &'a [String], prefixes: &'a [&'a str]) -> impl Iterator<Item = &'a String> {
    names.iter().filter(move |name| {
        prefixes.iter().any(|prefix| name.starts_with(prefix)) && !name.contains("/_rels/")
    })
}

fn read_part(xml: &[u8], styles: &HidingStyles, writer: &mut PageWriter) -> ReadResult {
    let mut writer = DocxWriter {
        writer,
        styles,
        open: Vec::new(),
        runs: Vec::new(),
        rows: Vec::new(),
        hidden: 0,
        drawings: Vec::new(),
        in_row_properties: false,
        is_text: false,
    };
    walk_nodes(xml, |node| {
        match node {
            XmlNode::Open(name, attributes) => writer.open_element(name, &attributes),
            XmlNode::Close(name) => writer.close_element(name),
            XmlNode::Text(text) => writer.add_text(text),
        }
        !writer.writer.is_full()
    })?;
    writer.open.clear();
    Ok(())
}

/// An open paragraph. Paragraphs nest: a text box opens one within another.
#[derive(Default)]
struct Paragraph {
    text: String,
    heading: Option<u8>,
    is_item: bool,
    is_hidden: bool,
}

#[derive(Default)]
struct TextRun {
    /// The number of open paragraphs when the run began.
    paragraphs: usize,
    /// The run's own setting; `None` leaves it to the styles.
    hides: Option<bool>,
    style_hides: bool,
}

#[derive(Default)]
struct TableRow {
    cells: Vec<String>,
    is_hidden: bool,
    is_cell_deleted: bool,
}

struct DocxWriter<'a> {
    writer: &'a mut PageWriter,
    styles: &'a HidingStyles,
    open: Vec<Paragraph>,
    /// Open runs. Runs nest: a drawing in one may contain paragraphs with runs of their own.
    runs: Vec<TextRun>,
    /// Rows nest: a cell may contain a table.
    rows: Vec<TableRow>,
    hidden: usize,
    drawings: Vec<bool>,
    in_row_properties: bool,
    is_text: bool,
}

impl DocxWriter<'_> {
    fn open_element(&mut self, name: &str, attributes: &XmlAttributes<'_>) {
        if HIDDEN.contains(&name) {
            self.hidden += 1;
            // As a property of a row, `del` marks the whole row as deleted.
            if let Some(row) = self.rows.last_mut().filter(|_| name == "del") {
                row.is_hidden |= self.in_row_properties;
            }
        }
        if self.hidden > 0 {
            return;
        }
        if self.open_hiding(name, attributes) {
            return;
        }
        let styles = self.styles;
        let paragraph = self.open.last_mut();
        match (name, paragraph) {
            ("p", _) => self.open.push(Paragraph::default()),
            ("t", _) => self.is_text = true,
            ("tab", Some(it)) => it.text.push('\t'),
            ("noBreakHyphen", Some(it)) => it.text.push('-'),
            ("br" | "cr", paragraph) => {
                let is_page = attributes.get("type").as_deref() == Some("page");
                if is_page && self.rows.is_empty() {
                    self.flush_paragraph();
                    self.writer.end_page();
                } else if let Some(it) = paragraph {
                    it.text.push('\n');
                }
            }
            ("lastRenderedPageBreak", _) if self.rows.is_empty() => {
                self.flush_paragraph();
                self.writer.end_page();
            }
            ("pStyle", Some(it)) => {
                let style = attributes.get("val").unwrap_or_default();
                it.is_hidden = styles.hides_text(&style);
                let title = matches!(style.to_lowercase().as_str(), "title" | "titel").then_some(1);
                it.heading = title.or_else(|| heading_level(&style, &HEADINGS));
            }
            ("outlineLvl", Some(it)) => {
                let level = attributes.get("val").and_then(|level| level.parse::<u8>().ok());
                it.heading = it.heading.or(level.filter(|level| *level < 9).map(|level| level + 1));
            }
            ("numPr", Some(it)) => it.is_item = true,
            ("tr", _) => self.rows.push(TableRow::default()),
            ("tc", _) => {
                if let Some(row) = self.rows.last_mut() {
                    row.cells.push(String::new());
                }
            }
            _ => {}
        }
    }

    /// Handles an element that controls visibility. Returns whether the element is one.
    fn open_hiding(&mut self, name: &str, attributes: &XmlAttributes<'_>) -> bool {
        let (styles, run, row) = (self.styles, self.runs.last_mut(), self.rows.last_mut());
        match (name, run, row) {
            ("r", ..) => self.runs.push(TextRun { paragraphs: self.open.len(), ..TextRun::default() }),
            ("rStyle", Some(run), _) => {
                run.style_hides = attributes.get("val").is_some_and(|style| styles.hides_text(&style));
            }
            // On a paragraph mark, `vanish` does not apply to the words.
            ("vanish", Some(run), _) if run.paragraphs == self.open.len() => {
                run.hides = Some(is_on(attributes));
            }
            ("trPr", ..) => self.in_row_properties = true,
            ("hidden", _, Some(row)) if self.in_row_properties => row.is_hidden |= is_on(attributes),
            ("cellDel", _, Some(row)) => row.is_cell_deleted = true,
            ("drawing" | "pict", ..) => self.drawings.push(false),
            ("docPr", ..) if says_yes(attributes, "hidden") => self.hide_drawing(),
            ("shape" | "rect" | "group", ..) if is_invisible(attributes) => self.hide_drawing(),
            _ => return false,
        }
        true
    }

    fn close_element(&mut self, name: &str) {
        if HIDDEN.contains(&name) {
            self.hidden = self.hidden.saturating_sub(1);
            return;
        }
        if self.hidden > 0 {
            return;
        }
        match name {
            "t" => self.is_text = false,
            "r" => {
                self.runs.pop();
            }
            "tc" => {
                if let Some(row) = self.rows.last_mut().filter(|row| row.is_cell_deleted) {
                    row.is_cell_deleted = false;
                    row.cells.pop();
                }
            }
            "trPr" => self.in_row_properties = false,
            "drawing" | "pict" => {
                self.drawings.pop();
            }
            "p" => {
                if let Some(paragraph) = self.open.pop() {
                    self.end_paragraph(paragraph);
                }
            }
            "tr" => {
                if let Some(row) = self.rows.pop() {
                    self.end_row(row);
                }
            }
            _ => {}
        }
    }

    fn add_text(&mut self, text: &str) {
        let is_shown = self.is_text && self.hidden == 0 && !self.drawings.contains(&true);
        if is_shown
            && !self.is_hidden_run()
            && let Some(it) = self.open.last_mut()
        {
            it.text.push_str(text);
        }
    }

    /// Returns whether any open run is hidden. Text hidden by both the run's and the paragraph's style is
    /// visible again.
    fn is_hidden_run(&self) -> bool {
        self.runs.iter().any(|run| {
            let paragraph = run.paragraphs.checked_sub(1).and_then(|at| self.open.get(at));
            let by_paragraph = paragraph.is_some_and(|paragraph| paragraph.is_hidden);
            run.hides.unwrap_or(run.style_hides != by_paragraph)
        })
    }

    fn hide_drawing(&mut self) {
        if let Some(drawing) = self.drawings.last_mut() {
            *drawing = true;
        }
    }

    /// Writes a row. A row nested in a cell becomes part of that cell.
    fn end_row(&mut self, row: TableRow) {
        if row.is_hidden {
            return;
        }
        let line = in_row(row.cells);
        match self.rows.last_mut().and_then(|around| around.cells.last_mut()) {
            Some(cell) => {
                if !cell.is_empty() && !line.is_empty() {
                    cell.push(' ');
                }
                cell.push_str(&line);
            }
            None => self.writer.write_line(&line, None),
        }
    }

    fn end_paragraph(&mut self, Paragraph { text, heading, is_item, .. }: Paragraph) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.cells.last_mut()) {
            if !cell.is_empty() && !text.is_empty() {
                cell.push(' ');
            }
            cell.push_str(&text.replace(['\n', '\t'], " "));
        } else if is_item && heading.is_none() && !text.trim().is_empty() {
            self.writer.write_line(&format!("- {}", text.trim()), None);
        } else {
            text.lines().for_each(|line| self.writer.write_line(line, heading));
        }
    }

    fn flush_paragraph(&mut self) {
        if let Some(it) = self.open.last_mut() {
            let text = std::mem::take(&mut it.text);
            let heading = it.heading;
            text.lines().for_each(|line| self.writer.write_line(line, heading));
        }
    }
}

fn is_invisible(attributes: &XmlAttributes<'_>) -> bool {
    let style = attributes.get("style").unwrap_or_default().to_lowercase().replace(' ', "");
    style.contains("visibility:hidden") || style.contains("display:none")
}

pub fn in_row(cells: Vec<String>) -> String {
    let cells = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    cells.collect::<Vec<_>>().join(" | ")
}
