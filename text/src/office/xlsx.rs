//! XLSX: the sheets of a workbook in their order, a page for each, a line for each row.

use super::{
    Ended, Paper,
    docx::in_row,
    package::Package,
    paper::MOST_TEXT,
    pptx::parts,
    xml::{Node, walk},
};
use crate::pdf::Refusal;

/// Reads the workbook.
pub fn read(package: &mut Package<'_>, paper: &mut Paper) -> Ended {
    let shared = match package.part("xl/sharedStrings.xml")? {
        Some(xml) => strings(&xml)?,
        None => Vec::new(),
    };
    let dates = match package.part("xl/styles.xml")? {
        Some(xml) => date_styles(&xml)?,
        None => Vec::new(),
    };
    for (name, target) in parts(package, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "sheet")? {
        if paper.is_full() {
            break;
        }
        if let Some(xml) = package.part(&format!("xl/{target}"))? {
            paper.line(&name, Some(1));
            sheet(&xml, &shared, &dates, paper)?;
            paper.turn();
        }
    }
    Ok(())
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

/// For each style of a cell, whether it shows a number as a date.
fn date_styles(xml: &[u8]) -> Result<Vec<bool>, Refusal> {
    let (mut own, mut styles, mut is_cell) = (Vec::new(), Vec::new(), false);
    walk(xml, |node| {
        match node {
            Node::Open("numFmt", attributes) => {
                let code = attributes.get("formatCode").unwrap_or_default().to_lowercase();
                if code.contains("yy") || (code.contains('d') && code.contains('m')) {
                    own.extend(attributes.get("numFmtId"));
                }
            }
            Node::Open("cellXfs", _) => is_cell = true,
            Node::Close("cellXfs") => is_cell = false,
            Node::Open("xf", attributes) if is_cell => {
                let id = attributes.get("numFmtId").unwrap_or_default();
                let is_built_in =
                    id.parse().is_ok_and(|id: u32| matches!(id, 14..=17 | 22 | 27..=36 | 45..=47));
                styles.push(is_built_in || own.contains(&id));
            }
            _ => {}
        }
        true
    })?;
    Ok(styles)
}

fn sheet(xml: &[u8], shared: &[String], dates: &[bool], paper: &mut Paper) -> Ended {
    let (mut row, mut value, mut is_value) = (Vec::new(), String::new(), false);
    let (mut kind, mut is_date) = (String::new(), false);
    walk(xml, |node| {
        match node {
            Node::Open("c", attributes) => {
                kind = attributes.get("t").unwrap_or_default();
                let style = attributes.get("s").and_then(|style| style.parse().ok()).unwrap_or(0_usize);
                is_date = dates.get(style).copied().unwrap_or(false);
                value.clear();
            }
            Node::Open("v" | "t", _) => is_value = true,
            Node::Close("v" | "t") => is_value = false,
            Node::Text(words) if is_value => value.push_str(words),
            Node::Close("c") => row.push(shown(&kind, &value, is_date, shared)),
            Node::Close("row") => paper.line(&in_row(std::mem::take(&mut row)), None),
            _ => {}
        }
        !paper.is_full()
    })
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
