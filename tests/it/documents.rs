//! Documents that say what the code does: the table of limits of ARCHITECTURE.md.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The value of a constant in a file: bytes, seconds or a plain number.
fn read_constant(file: &str, name: &str) -> f64 {
    let text = std::fs::read_to_string(root().join(file)).unwrap_or_else(|why| panic!("{file}: {why}"));
    let line = text.lines().find_map(|line| {
        let (_, rest) = line.split_once(&format!("const {name}: "))?;
        Some(rest.split_once("= ")?.1.trim_end_matches(';'))
    });
    let value = line.unwrap_or_else(|| panic!("{file} has no constant {name}"));
    evaluate(value).unwrap_or_else(|| panic!("{file}: {name} = {value} cannot be evaluated"))
}

/// The value of the right side of a constant.
fn evaluate(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some((_, call)) = text.split_once("Duration::from_") {
        let (unit, argument) = call.strip_suffix(')')?.split_once('(')?;
        let seconds = match unit {
            "millis" => 0.001,
            "secs" => 1.0,
            "mins" => 60.0,
            "hours" => 3600.0,
            _ => return None,
        };
        return Some(evaluate(argument)? * seconds);
    }
    if let Some((left, right)) = text.split_once(" << ") {
        return Some(evaluate(left)? * evaluate(right)?.exp2());
    }
    if let Some((left, right)) = text.split_once(" * ") {
        return Some(evaluate(left)? * evaluate(right)?);
    }
    text.replace('_', "").parse().ok()
}

/// A value as the table writes it: `64 MiB`, `90 s`, `10,000`.
fn read_value(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let factor = match unit {
        "" | "s" => 1.0,
        "h" => 3600.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number.replace(',', "").parse::<f64>().ok()? * factor)
}

#[test]
fn the_table_of_limits_is_what_the_constants_say() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, table) = text.split_once("\n## Limits\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let mut compared = 0;
    for row in table.lines().filter(|line| line.starts_with("| ") && line.contains(".rs`")) {
        let cells: Vec<&str> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [_, values, file, constants] = cells.as_slice() else { panic!("not four cells: {row}") };
        let file = file.replacen('/', "/src/", 1);
        let (values, constants) = (values.split("; "), constants.split("; "));
        assert_eq!(values.clone().count(), constants.clone().count(), "{row}");
        for (value, constant) in values.zip(constants) {
            let stated = read_value(value).unwrap_or_else(|| panic!("{value} in {row}"));
            let is = read_constant(&file, constant);
            assert!((stated - is).abs() < 1e-9 * is.max(1.0), "{constant} of {file} is {is}, not {value}");
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn a_constant_is_evaluated_in_every_form_that_is_used() {
    for (text, value) in [
        ("64 << 20", 67_108_864.0),
        ("4 * 1024", 4096.0),
        ("500_000", 500_000.0),
        ("Duration::from_millis(100)", 0.1),
        ("SignedDuration::from_hours(7 * 24)", 604_800.0),
        ("0.9", 0.9),
    ] {
        assert!((evaluate(text).unwrap() - value).abs() < 1e-9, "{text}");
    }
    assert_eq!(evaluate("MOST / 100"), None);
}

#[test]
fn the_architecture_fits_on_few_pages() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert!(text.lines().count() <= 350, "{} lines", text.lines().count());
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 120).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    for heading in ["a payload becomes an answer", "a search", "a takedown"] {
        assert!(text.contains(&format!("\n## Walkthrough: {heading}\n")), "{heading}");
    }
    for table in ["Words", "Verbs of removal", "Stored formats", "Limits"] {
        assert!(text.contains(&format!("\n## {table}\n")), "{table}");
    }
}
