//! DOCX: what stands in the body of a word processor's document, then its notes. What a reader of the document does not see is
//! not read: tracked deletions, hidden runs and rows, hidden drawings, comments.

use super::{
    Ended, Paper,
    package::Package,
    toggle::{HidingStyles, is_on, says_yes},
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
    let styles = match package.part("word/styles.xml")? {
        Some(xml) => HidingStyles::read(&xml)?,
        None => HidingStyles::default(),
    };
    for name in all(&BEFORE) {
        read_part(&package.need(&name)?, &styles, paper)?;
    }
    read_part(&package.need("word/document.xml")?, &styles, paper)?;
    for name in all(&BEHIND) {
        read_part(&package.need(&name)?, &styles, paper)?;
    }
    Ok(())
}

fn read_part(xml: &[u8], styles: &HidingStyles, paper: &mut Paper) -> Ended {
    let mut writer = Writer {
        paper,
        styles,
        open: Vec::new(),
        runs: Vec::new(),
        rows: Vec::new(),
        hidden: 0,
        drawings: Vec::new(),
        in_row_properties: false,
        is_text: false,
    };
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
    /// Whether its style hides its text.
    is_hidden: bool,
}

/// A run of letters with the same properties.
#[derive(Default)]
struct Run {
    /// How many paragraphs were open when it began.
    paragraphs: usize,
    /// Whether it says of itself that it is hidden; `None` where it leaves that to styles.
    hides: Option<bool>,
    /// Whether its style hides it.
    style_hides: bool,
}

/// A row of a table that is open.
#[derive(Default)]
struct Row {
    cells: Vec<String>,
    is_hidden: bool,
    /// Whether its last cell was deleted.
    is_cell_deleted: bool,
}

struct Writer<'a> {
    paper: &'a mut Paper,
    styles: &'a HidingStyles,
    open: Vec<Paragraph>,
    /// The runs that are open: a drawing in one may hold paragraphs with runs of their own.
    runs: Vec<Run>,
    /// The rows that are open: a table may stand in a cell of another.
    rows: Vec<Row>,
    hidden: usize,
    /// Whether each drawing that is open is hidden.
    drawings: Vec<bool>,
    in_row_properties: bool,
    is_text: bool,
}

impl Writer<'_> {
    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        if HIDDEN.contains(&name) {
            self.hidden += 1;
            // As a property of a row it says that the whole row was deleted.
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
                    self.flush();
                    self.paper.turn();
                } else if let Some(it) = paragraph {
                    it.text.push('\n');
                }
            }
            ("lastRenderedPageBreak", _) if self.rows.is_empty() => {
                self.flush();
                self.paper.turn();
            }
            ("pStyle", Some(it)) => {
                let style = attributes.get("val").unwrap_or_default();
                it.is_hidden = styles.hides(&style);
                let title = matches!(style.to_lowercase().as_str(), "title" | "titel").then_some(1);
                it.heading = title.or_else(|| level(&style, &HEADINGS));
            }
            ("outlineLvl", Some(it)) => {
                let level = attributes.get("val").and_then(|level| level.parse::<u8>().ok());
                it.heading = it.heading.or(level.filter(|level| *level < 9).map(|level| level + 1));
            }
            ("numPr", Some(it)) => it.is_item = true,
            ("tr", _) => self.rows.push(Row::default()),
            ("tc", _) => {
                if let Some(row) = self.rows.last_mut() {
                    row.cells.push(String::new());
                }
            }
            _ => {}
        }
    }

    /// Opens an element that says what is hidden; whether it is one.
    fn open_hiding(&mut self, name: &str, attributes: &Attributes<'_>) -> bool {
        let (styles, run, row) = (self.styles, self.runs.last_mut(), self.rows.last_mut());
        match (name, run, row) {
            ("r", ..) => self.runs.push(Run { paragraphs: self.open.len(), ..Run::default() }),
            ("rStyle", Some(run), _) => {
                run.style_hides = attributes.get("val").is_some_and(|style| styles.hides(&style));
            }
            // Of a paragraph's mark it says nothing about the words.
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
                    self.end(paragraph);
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

    fn text(&mut self, text: &str) {
        let is_shown = self.is_text && self.hidden == 0 && !self.drawings.contains(&true);
        if is_shown
            && !self.is_hidden_run()
            && let Some(it) = self.open.last_mut()
        {
            it.text.push_str(text);
        }
    }

    /// Whether any run that is open is hidden. What the styles of a run and of its paragraph both hide shows again.
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

    /// Writes a row; one within a cell of another row becomes a part of that cell.
    fn end_row(&mut self, row: Row) {
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
            None => self.paper.line(&line, None),
        }
    }

    fn end(&mut self, Paragraph { text, heading, is_item, .. }: Paragraph) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.cells.last_mut()) {
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

/// Whether a shape of VML is drawn nowhere.
fn is_invisible(attributes: &Attributes<'_>) -> bool {
    let style = attributes.get("style").unwrap_or_default().to_lowercase().replace(' ', "");
    style.contains("visibility:hidden") || style.contains("display:none")
}

/// The cells of a row as one line.
pub fn in_row(cells: Vec<String>) -> String {
    let cells = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    cells.collect::<Vec<_>>().join(" | ")
}
