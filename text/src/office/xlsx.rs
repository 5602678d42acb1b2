//! XLSX: the sheets of a workbook in order, one page each, one line per row. Skips hidden sheets, rows,
//! columns and values, and comments.

use jiff::{
    Span,
    civil::{Date, date},
};
use raadhuis_schema::CodedError;

use super::{
    PageWriter, ReadResult,
    docx::in_row,
    package::Package,
    pptx::listed_parts,
    toggle::says_yes,
    writer::MOST_TEXT,
    xml::{XmlAttributes, XmlNode, walk_nodes},
};

pub fn read_workbook(package: &mut Package<'_>, writer: &mut PageWriter) -> ReadResult {
    let shared = match package.read_entry("xl/sharedStrings.xml")? {
        Some(xml) => parse_shared_strings(&xml)?,
        None => Vec::new(),
    };
    let styles = match package.read_entry("xl/styles.xml")? {
        Some(xml) => parse_cell_styles(&xml)?,
        None => Vec::new(),
    };
    let relations = "xl/_rels/workbook.xml.rels";
    for (name, target) in listed_parts(package, "xl/workbook.xml", relations, "sheet", is_visible)? {
        if writer.is_full() {
            break;
        }
        if let Some(xml) = package.read_entry(&format!("xl/{target}"))? {
            writer.write_line(&name, Some(1));
            read_sheet(&xml, &shared, &styles, writer)?;
            writer.end_page();
        }
    }
    Ok(())
}

/// Returns whether a sheet is visible: neither hidden nor very hidden.
fn is_visible(sheet: &XmlAttributes<'_>) -> bool {
    sheet.get("state").is_none_or(|state| state == "visible")
}

/// The way a cell style displays numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum NumberDisplay {
    #[default]
    AsNumber,
    AsDate,
    /// Used for an empty number format.
    NotAtAll,
}

fn parse_shared_strings(xml: &[u8]) -> Result<Vec<String>, CodedError> {
    let (mut all, mut is_text, mut is_sound, mut size) = (Vec::new(), false, false, 0);
    walk_nodes(xml, |node| {
        match node {
            XmlNode::Open("si", _) => all.push(String::new()),
            XmlNode::Open("rPh", _) => is_sound = true,
            XmlNode::Close("rPh") => is_sound = false,
            XmlNode::Open("t", _) => is_text = !is_sound,
            XmlNode::Close("t") => is_text = false,
            XmlNode::Text(words) if is_text => {
                size += words.len();
                if let Some(last) = all.last_mut() {
                    last.push_str(words);
                }
            }
            _ => {}
        }
        size < MOST_TEXT
    })?;
    Ok(all)
}

/// Parses the cell styles: for each, the way it displays numbers.
fn parse_cell_styles(xml: &[u8]) -> Result<Vec<NumberDisplay>, CodedError> {
    let (mut dates, mut blanks, mut styles, mut is_cell) = (Vec::new(), Vec::new(), Vec::new(), false);
    walk_nodes(xml, |node| {
        match node {
            XmlNode::Open("numFmt", attributes) => {
                let code = attributes.get("formatCode").unwrap_or_default().to_lowercase();
                if code.contains("yy") || (code.contains('d') && code.contains('m')) {
                    dates.extend(attributes.get("numFmtId"));
                } else if code.contains(";;") && code.chars().all(|c| c == ';' || c.is_whitespace()) {
                    blanks.extend(attributes.get("numFmtId"));
                }
            }
            XmlNode::Open("cellXfs", _) => is_cell = true,
            XmlNode::Close("cellXfs") => is_cell = false,
            XmlNode::Open("xf", attributes) if is_cell => {
                let id = attributes.get("numFmtId").unwrap_or_default();
                let is_built_in =
                    id.parse().is_ok_and(|id: u32| matches!(id, 14..=17 | 22 | 27..=36 | 45..=47));
                styles.push(match id {
                    id if blanks.contains(&id) => NumberDisplay::NotAtAll,
                    id if is_built_in || dates.contains(&id) => NumberDisplay::AsDate,
                    _ => NumberDisplay::AsNumber,
                });
            }
            _ => {}
        }
        true
    })?;
    Ok(styles)
}

fn read_sheet(
    xml: &[u8],
    shared: &[String],
    styles: &[NumberDisplay],
    writer: &mut PageWriter,
) -> ReadResult {
    let (mut row, mut value, mut is_value) = (Vec::new(), String::new(), false);
    let (mut kind, mut style) = (String::new(), NumberDisplay::default());
    let mut hidden = HiddenCells::default();
    walk_nodes(xml, |node| {
        match node {
            XmlNode::Open(name @ ("sheetFormatPr" | "col" | "row"), attributes) => {
                hidden.open_element(name, &attributes);
            }
            XmlNode::Open("c", attributes) => {
                kind = attributes.get("t").unwrap_or_default();
                let number = attributes.get("s").and_then(|style| style.parse().ok()).unwrap_or(0_usize);
                style = styles.get(number).copied().unwrap_or_default();
                hidden.open_cell(attributes.get("r").as_deref());
                value.clear();
            }
            XmlNode::Open("v" | "t", _) => is_value = true,
            XmlNode::Close("v" | "t") => is_value = false,
            XmlNode::Text(words) if is_value => value.push_str(words),
            XmlNode::Close("c") if hidden.hides_cell() || style == NumberDisplay::NotAtAll => {}
            XmlNode::Close("c") => {
                row.push(display_cell(&kind, &value, style == NumberDisplay::AsDate, shared));
            }
            XmlNode::Close("row") => writer.write_line(&in_row(std::mem::take(&mut row)), None),
            _ => {}
        }
        !writer.is_full()
    })
}

const MOST_COLUMNS: usize = 16_384;

/// Tracks the hidden rows and columns of a sheet.
#[derive(Default)]
struct HiddenCells {
    /// Rows without a height of their own are hidden.
    low_rows: bool,
    /// The first and the last column of each hidden group, from 1.
    columns: Vec<(usize, usize)>,
    row: bool,
    /// The column of the current cell, from 1.
    column: usize,
}

impl HiddenCells {
    fn open_element(&mut self, name: &str, attributes: &XmlAttributes<'_>) {
        match name {
            "sheetFormatPr" => self.low_rows = says_yes(attributes, "zeroHeight"),
            "col" => {
                let first = parse_attribute(attributes, "min").unwrap_or(0);
                let last = parse_attribute(attributes, "max").unwrap_or(MOST_COLUMNS);
                if says_yes(attributes, "hidden") || is_flat(attributes, "width") {
                    self.columns.push((first, last));
                }
            }
            _ => {
                let is_low = self.low_rows && attributes.get("ht").is_none();
                self.row = says_yes(attributes, "hidden") || is_flat(attributes, "ht") || is_low;
                self.column = 0;
            }
        }
    }

    /// Updates the current column, from a cell name such as `AB12`, or else the next column.
    fn open_cell(&mut self, name: Option<&str>) {
        let letters = name.unwrap_or_default().chars().take_while(char::is_ascii_uppercase).take(3);
        let named = letters.fold(0, |sum, c| sum * 26 + (usize::from(c as u8) - usize::from(b'A') + 1));
        self.column = if named == 0 { self.column + 1 } else { named };
    }

    fn hides_cell(&self) -> bool {
        self.row || self.columns.iter().any(|(first, last)| (*first..=*last).contains(&self.column))
    }
}

fn parse_attribute<T: std::str::FromStr>(attributes: &XmlAttributes<'_>, name: &str) -> Option<T> {
    attributes.get(name)?.parse().ok()
}

/// Returns whether an attribute gives a width or a height of zero.
fn is_flat(attributes: &XmlAttributes<'_>, name: &str) -> bool {
    parse_attribute(attributes, name).is_some_and(|length: f64| length <= 0.0)
}

/// Returns a cell as a person sees it.
fn display_cell(kind: &str, value: &str, is_date: bool, shared: &[String]) -> String {
    match kind {
        "s" => value.trim().parse().ok().and_then(|at: usize| shared.get(at)).cloned().unwrap_or_default(),
        "b" => if value.trim() == "1" { "WAAR" } else { "ONWAAR" }.to_owned(),
        "" | "n" if is_date => format_day(value).unwrap_or_else(|| value.to_owned()),
        // Dutch numbers have a decimal comma.
        "" | "n" => value.replace('.', ","),
        _ => value.to_owned(),
    }
}

/// The day with the number 0.
const EPOCH: Date = date(1899, 12, 30);

/// Converts a number of days since the end of 1899 to a date such as `31-01-2026`.
fn format_day(value: &str) -> Option<String> {
    let days: f64 = value.trim().parse().ok().filter(|days| (60.0..2_958_466.0).contains(days))?;
    #[expect(clippy::cast_possible_truncation, reason = "held between its bounds")]
    let day = EPOCH.checked_add(Span::new().days(days as i64)).ok()?;
    Some(day.strftime("%d-%m-%Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::format_day;

    #[test]
    fn a_number_is_a_day() {
        assert_eq!(format_day("61").as_deref(), Some("01-03-1900"));
        assert_eq!(format_day("46053").as_deref(), Some("31-01-2026"));
        assert_eq!(format_day("45351.75").as_deref(), Some("29-02-2024"));
        assert_eq!(format_day("-3"), None);
        assert_eq!(format_day("nee"), None);
    }
}
