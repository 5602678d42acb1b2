//! Hints in errors about unknown names: the nearest known name.

use std::{collections::BTreeMap, sync::LazyLock};

use async_graphql::Response;

use super::export_sdl;

/// The names inside each input type and enum, taken from the SDL.
static NAMES: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut inside: Option<String> = None;
    let mut is_told = false;
    for line in export_sdl().lines() {
        let line = line.trim();
        // Descriptions are between lines of three quotes.
        if line == "\"\"\"" {
            is_told = !is_told;
        } else if line == "}" {
            inside = None;
        } else if let Some(name) = ["input ", "enum "].iter().find_map(|word| line.strip_prefix(word)) {
            inside = name.split_whitespace().next().map(str::to_owned);
        } else if let Some(of) = inside.as_ref().filter(|_| !is_told && !line.is_empty()) {
            let name = line.split([':', ' ']).next().unwrap_or_default();
            names.entry(of.clone()).or_default().push(name.to_owned());
        }
    }
    names
});

/// Adds the nearest known name to errors about unknown names.
pub fn with_hints(mut response: Response) -> Response {
    for error in &mut response.errors {
        if let Some(nearest) = nearest(&error.message) {
            error.message = format!("{}; the nearest is \"{nearest}\"", error.message);
        }
    }
    response
}

/// Finds the known name nearest to the wrong one in a message such as `… unknown field "x" of type "T"` or `… enumeration type
/// "T" does not contain the value "x"`.
fn nearest(message: &str) -> Option<&'static str> {
    let quoted: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
    let (wrong, of) = if message.contains("unknown field") {
        (quoted.get(quoted.len().checked_sub(2)?)?, quoted.last()?)
    } else if message.contains("does not contain the value") {
        (quoted.last()?, quoted.get(quoted.len().checked_sub(2)?)?)
    } else {
        return None;
    };
    let names = NAMES.get(of.trim_end_matches('!'))?.iter();
    let plain = wrong.to_lowercase();
    names.map(String::as_str).min_by_key(|name| strsim::osa_distance(&name.to_lowercase(), &plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearest_is_named() {
        let check = |message: &str, expected| assert_eq!(nearest(message), expected, "{message}");
        check("Invalid value, unknown field \"kind\" of type \"SearchFilter\"", Some("kinds"));
        check(
            "Invalid value for argument \"sort\", enumeration type \"SearchSort\" does not contain the value \"MEETING_NEWEST\"",
            Some("MEETING_DATE_NEWEST"),
        );
        check("Unknown field \"naam\" on type \"Meeting\".", None);
        check("unknown field", None);
    }
}
