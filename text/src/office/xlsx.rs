//! XLSX: the sheets of a workbook in their order, a page for each, a line for each row. Hidden sheets, rows, columns and values,
//! and comments are not read.

use super::{
    Ended, Paper,
    docx::in_row,
    package::Package,
    paper::MOST_TEXT,
    pptx::parts,
    toggle::says_yes,
    xml::{Attributes, Node, walk},
};
use crate::pdf::Refusal;

/// Reads the workbook.
pub fn read(package: &mut Package<'_>, paper: &mut Paper) -> Ended {
    let shared = match package.part("xl/sharedStrings.xml")? {
        Some(xml) => strings(&xml)?,
        None => Vec::new(),
    };
    let styles = match package.part("xl/styles.xml")? {
        Some(xml) => cell_styles(&xml)?,
        None => Vec::new(),
    };
    let relations = "xl/_rels/workbook.xml.rels";
    for (name, target) in parts(package, "xl/workbook.xml", relations, "sheet", is_visible)? {
        if paper.is_full() {
            break;
        }
        if let Some(xml) = package.part(&format!("xl/{target}"))? {
            paper.line(&name, Some(1));
            sheet(&xml, &shared, &styles, paper)?;
            paper.turn();
        }
    }
    Ok(())
}

/// Whether a sheet is shown: neither hidden nor very hidden.
fn is_visible(sheet: &Attributes<'_>) -> bool {
    sheet.get("state").is_none_or(|state| state == "visible")
}

/// How the cells of a style show their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    AsNumber,
    AsDate,
    /// By a format that has nothing to show.
    NotAtAll,
}

/// The strings that cells share.
fn strings(xml: &[u8]) -> Result<Vec<String>, Refusal> {
    let (mut all, mut is_text, mut is_sound, mut size) = (Vec::new(), false, false, 0);
    walk(xml, |node| {
        match node {
            Node::Open("si", _) => all.push(String::new()),
            Node::Open("rPh", _) => is_sound = true,
            Node::Close("rPh") => is_sound = false,
            Node::Open("t", _) => is_text = !is_sound,
            Node::Close("t") => is_text = false,
            Node::Text(words) if is_text => {
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

/// For each style of a cell, how it shows its number.
fn cell_styles(xml: &[u8]) -> Result<Vec<Shown>, Refusal> {
    let (mut dates, mut blanks, mut styles, mut is_cell) = (Vec::new(), Vec::new(), Vec::new(), false);
    walk(xml, |node| {
        match node {
            Node::Open("numFmt", attributes) => {
                let code = attributes.get("formatCode").unwrap_or_default().to_lowercase();
                if code.contains("yy") || (code.contains('d') && code.contains('m')) {
                    dates.extend(attributes.get("numFmtId"));
                } else if code.contains(";;") && code.chars().all(|c| c == ';' || c.is_whitespace()) {
                    blanks.extend(attributes.get("numFmtId"));
                }
            }
            Node::Open("cellXfs", _) => is_cell = true,
            Node::Close("cellXfs") => is_cell = false,
            Node::Open("xf", attributes) if is_cell => {
                let id = attributes.get("numFmtId").unwrap_or_default();
                let is_built_in =
                    id.parse().is_ok_and(|id: u32| matches!(id, 14..=17 | 22 | 27..=36 | 45..=47));
                styles.push(match id {
                    id if blanks.contains(&id) => Shown::NotAtAll,
                    id if is_built_in || dates.contains(&id) => Shown::AsDate,
                    _ => Shown::AsNumber,
                });
            }
            _ => {}
        }
        true
    })?;
    Ok(styles)
}

fn sheet(xml: &[u8], shared: &[String], styles: &[Shown], paper: &mut Paper) -> Ended {
    let (mut row, mut value, mut is_value) = (Vec::new(), String::new(), false);
    let (mut kind, mut style) = (String::new(), Shown::default());
    let mut hidden = Hidden::default();
    walk(xml, |node| {
        match node {
            Node::Open(name @ ("sheetFormatPr" | "col" | "row"), attributes) => {
                hidden.open(name, &attributes);
            }
            Node::Open("c", attributes) => {
                kind = attributes.get("t").unwrap_or_default();
                let number = attributes.get("s").and_then(|style| style.parse().ok()).unwrap_or(0_usize);
                style = styles.get(number).copied().unwrap_or_default();
                hidden.open_cell(attributes.get("r").as_deref());
                value.clear();
            }
            Node::Open("v" | "t", _) => is_value = true,
            Node::Close("v" | "t") => is_value = false,
            Node::Text(words) if is_value => value.push_str(words),
            Node::Close("c") if hidden.hides_cell() || style == Shown::NotAtAll => {}
            Node::Close("c") => row.push(shown(&kind, &value, style == Shown::AsDate, shared)),
            Node::Close("row") => paper.line(&in_row(std::mem::take(&mut row)), None),
            _ => {}
        }
        !paper.is_full()
    })
}

/// The most columns of a sheet.
const MOST_COLUMNS: usize = 16_384;

/// Which rows and columns of a sheet are hidden.
#[derive(Default)]
struct Hidden {
    /// Whether rows are hidden that do not say how high they are.
    low_rows: bool,
    /// The first and the last of each stretch of hidden columns, from 1.
    columns: Vec<(usize, usize)>,
    /// Whether the row that is open is hidden.
    row: bool,
    /// The column of the cell that is open, from 1.
    column: usize,
}

impl Hidden {
    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        let number = |name: &str| attributes.get(name).and_then(|text| text.parse::<f64>().ok());
        let is_flat = |name: &str| number(name).is_some_and(|length| length <= 0.0);
        match name {
            "sheetFormatPr" => self.low_rows = says_yes(attributes, "zeroHeight"),
            "col" => {
                let column = |name: &str| attributes.get(name).and_then(|text| text.parse().ok());
                let (first, last) = (column("min").unwrap_or(0), column("max").unwrap_or(MOST_COLUMNS));
                if says_yes(attributes, "hidden") || is_flat("width") {
                    self.columns.push((first, last));
                }
            }
            _ => {
                let is_low = self.low_rows && attributes.get("ht").is_none();
                self.row = says_yes(attributes, "hidden") || is_flat("ht") || is_low;
                self.column = 0;
            }
        }
    }

    /// Notes the cell that is open: by its name, such as `AB12`, else it is the next.
    fn open_cell(&mut self, name: Option<&str>) {
        let letters = name.unwrap_or_default().chars().take_while(char::is_ascii_uppercase).take(3);
        let named = letters.fold(0, |sum, c| sum * 26 + (usize::from(c as u8) - usize::from(b'A') + 1));
        self.column = if named == 0 { self.column + 1 } else { named };
    }

    fn hides_cell(&self) -> bool {
        self.row || self.columns.iter().any(|(first, last)| (*first..=*last).contains(&self.column))
    }
}

/// A cell as a person sees it.
fn shown(kind: &str, value: &str, is_date: bool, shared: &[String]) -> String {
    match kind {
        "s" => value.trim().parse().ok().and_then(|at: usize| shared.get(at)).cloned().unwrap_or_default(),
        "b" => if value.trim() == "1" { "WAAR" } else { "ONWAAR" }.to_owned(),
        "" | "n" if is_date => day(value).unwrap_or_else(|| value.to_owned()),
        // Numbers are written as Dutch people write them.
        "" | "n" => value.replace('.', ","),
        _ => value.to_owned(),
    }
}

/// The day that a number of days since the end of 1899 means, as `31-01-2026`.
fn day(value: &str) -> Option<String> {
    let days: f64 = value.trim().parse().ok().filter(|days| (60.0..2_958_466.0).contains(days))?;
    #[expect(clippy::cast_possible_truncation, reason = "held between its bounds")]
    let days = days.floor() as i64 + 693_594;
    // Days since 1 March of the year 0, as calendars are counted without leap days in the middle of a year.
    let era_day = days + 306 - 1;
    let (era, of_era) = (era_day.div_euclid(146_097), era_day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) =
        (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = year + era * 400 + i64::from(month <= 2);
    Some(format!("{day:02}-{month:02}-{year}"))
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn a_number_is_a_day() {
        assert_eq!(day("61").as_deref(), Some("01-03-1900"));
        assert_eq!(day("46053").as_deref(), Some("31-01-2026"));
        assert_eq!(day("45351.75").as_deref(), Some("29-02-2024"));
        assert_eq!(day("-3"), None);
        assert_eq!(day("nee"), None);
    }
}
