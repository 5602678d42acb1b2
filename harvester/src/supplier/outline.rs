//! Trees of agendas that are published flat, derived from their numbers.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Numbers with more parts than this get no parent.
const DEEPEST: usize = 30;

/// The parts of an agenda number: "2.1.a." is `2`, `1`, `a`. Empty for a text that is no number.
pub fn number_parts(features: Option<&str>) -> Vec<String> {
    let parts = features.unwrap_or_default().split('.').map(|part| part.trim().to_lowercase());
    parts.filter(|part| !part.is_empty()).collect()
}

/// The index of each item's parent in a flat agenda, derived from the numbers alone.
pub fn parents(numbers: &[Vec<String>]) -> Vec<Option<usize>> {
    let mut last: HashMap<&[String], usize> = HashMap::new();
    let mut parents = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        // A number may skip a level: then the next ancestor is the parent.
        let above = (1..number.len()).rev().filter_map(|length| number.get(..length));
        parents.push(above.take(DEEPEST).find_map(|prefix| last.get(prefix).copied()));
        last.insert(number, at);
    }
    parents
}

/// Marks the items of a flat agenda that are not public themselves or have an ancestor that is not public.
pub fn withheld(public: &[bool], parents: &[Option<usize>]) -> Vec<bool> {
    let mut withheld: Vec<bool> = Vec::with_capacity(public.len());
    for (is_public, parent) in public.iter().zip(parents) {
        let by_parent = parent.and_then(|parent| withheld.get(parent).copied()).unwrap_or(false);
        withheld.push(!is_public || by_parent);
    }
    withheld
}

/// Closes the withheld rows of a flat agenda and all rows below them.
pub fn close_below(
    rows: &mut [Value],
    number: &str,
    is_public: impl Fn(&Value) -> bool,
    close: impl Fn(&mut Map<String, Value>),
) {
    let numbers: Vec<_> =
        rows.iter().map(|row| number_parts(row.get(number).and_then(Value::as_str))).collect();
    let public: Vec<bool> = rows.iter().map(is_public).collect();
    for (row, hidden) in rows.iter_mut().zip(withheld(&public, &parents(&numbers))) {
        if let (true, Value::Object(fields)) = (hidden, row) {
            close(fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_agenda_becomes_a_tree_by_its_numbers() {
        let numbers: Vec<_> = ["1", "2", "2.1", "2.1.a", "2.2.", "1A", "A", ".", "", "9.1", "2.3.1"]
            .map(|features| number_parts(Some(features)))
            .into();
        let expected = [None, None, Some(1), Some(2), Some(1), None, None, None, None, None, Some(1)];
        assert_eq!(parents(&numbers), expected);
        let public = [true, false, true, true, true, true, true, true, true, true, true];
        let hidden = withheld(&public, &parents(&numbers));
        assert_eq!(hidden.iter().filter(|hidden| **hidden).count(), 5, "2 and all below it");
    }
}
