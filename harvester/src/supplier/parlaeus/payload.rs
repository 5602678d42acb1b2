//! The shapes of Parlaeus' answers: a status inside the answer, concatenated links, days without separators.

use serde_json::Value;
use url::Url;

use crate::supplier::json::JsonNode;

/// Keys that hold contact data or portraits of persons.
const PERSONAL: [&str; 7] = ["email", "mail", "phone", "telephone", "mobile", "address", "photo"];

/// The refusal in the status inside an answer; the HTTP status is 200 nevertheless.
pub fn refusal(json: Option<&Value>) -> Option<String> {
    let status = json?.get("status")?;
    let number = status.as_i64().or_else(|| status.as_str()?.trim().parse().ok());
    match number {
        None | Some(200) => None,
        Some(number) => {
            let message = json?.get("message").and_then(Value::as_str).unwrap_or_default();
            Some(format!("status {number}: {}", message.chars().take(120).collect::<String>()))
        }
    }
}

pub fn redact_answer(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(redact_answer),
        Value::Object(fields) => {
            fields.retain(|key, _| !PERSONAL.contains(&key.as_str()));
            fields.values_mut().for_each(redact_answer);
        }
        _ => {}
    }
}

/// A link to a document. Some links have a host prepended to the whole address, sometimes without its colon.
pub fn address(node: &JsonNode<'_>, base: &Url) -> Option<Url> {
    let text = node.text()?;
    let after_scheme = text.find("://").map_or(0, |at| at + 3);
    let rest = text.get(after_scheme..).unwrap_or_default();
    let glued = ["https", "http"].iter().find_map(|scheme| {
        // Directly after the first host: further on, another address may be part of this one.
        let host = rest.split('/').next()?;
        let at = host.strip_suffix(':').unwrap_or(host).strip_suffix(scheme)?.len();
        rest.get(at + scheme.len()..)?.trim_start_matches(':').strip_prefix("//")?;
        let inner = rest.get(at + scheme.len()..)?.trim_start_matches(':').trim_start_matches('/');
        Some(format!("{scheme}://{inner}"))
    });
    match glued {
        Some(whole) => node.address_written(&whole),
        None => node.address_from(base),
    }
}

/// A decoded part of an address: `Nota%20de%20haven.pdf` is `Nota de haven.pdf`.
pub fn decoded(part: &str) -> Option<String> {
    let query = format!("x={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(query.as_bytes()).next().map(|(_, value)| value.into_owned())
}

/// Inserts the separators: `20240111` becomes `2024-01-11`.
pub fn dashed_day(text: &str) -> Option<String> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
}

/// `9:00` as `09:00`. `0` and an empty text mean an unknown clock.
pub fn padded_clock(text: &str) -> Option<String> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (hour.trim().parse::<u8>().ok()?, minute.get(..2)?.parse::<u8>().ok()?);
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

/// The index of each point's parent in a flat agenda: the nearest earlier point at a lower level.
pub fn parents(levels: &[u64]) -> Vec<Option<usize>> {
    // Points that may still have children, each deeper than the one before.
    let mut open: Vec<(u64, usize)> = Vec::new();
    let mut parents = Vec::with_capacity(levels.len());
    for (at, level) in levels.iter().enumerate() {
        while open.last().is_some_and(|(other, _)| other >= level) {
            open.pop();
        }
        parents.push(open.last().map(|(_, above)| *above));
        open.push((*level, at));
    }
    parents
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::supplier::json::Notes;

    #[test]
    fn a_glued_link_is_parted_and_a_good_one_left_alone() {
        let base: Url = "https://veenhoven.parlaeus.nl/receive/opendata".parse().unwrap();
        let check = |link: Value, expected: Option<&str>| {
            let notes = Notes::new("q".into());
            let found = address(&JsonNode::root(&link, &notes), &base);
            assert_eq!(found.as_ref().map(Url::as_str), expected, "{link}");
        };
        check(json!("https://a.parlaeus.nlhttps://a.parlaeus.nl/x.pdf"), Some("https://a.parlaeus.nl/x.pdf"));
        check(
            json!("https://a.parlaeus.nlhttps://a.qualigraf.nl/x.pdf"),
            Some("https://a.qualigraf.nl/x.pdf"),
        );
        check(json!("https://a.qualigraf.nlhttps//a.parlaeus.nl/x.pdf"), Some("https://a.parlaeus.nl/x.pdf"));
        check(json!("https://a.parlaeus.nl/x y.pdf"), Some("https://a.parlaeus.nl/x%20y.pdf"));
        check(json!("/user/showdoc/x.pdf"), Some("https://veenhoven.parlaeus.nl/user/showdoc/x.pdf"));
        check(json!(""), None);
        check(json!(null), None);
        check(json!("javascript:alert(1)"), None);
    }

    #[test]
    fn levels_draw_a_tree_and_a_jump_hangs_from_the_last_that_is_less_deep() {
        assert_eq!(parents(&[0, 1, 2, 1, 0, 2]), [None, Some(0), Some(1), Some(0), None, Some(4)]);
    }

    #[test]
    fn a_status_inside_the_answer_refuses_whatever_its_shape() {
        let check =
            |json: Value, expected: bool| assert_eq!(refusal(Some(&json)).is_some(), expected, "{json}");
        check(json!({"status": 501, "message": "No such function"}), true);
        check(json!({"status": "401"}), true);
        check(json!({"status": "200"}), false);
        check(json!({"status": 200}), false);
        check(json!({"list": []}), false);
    }
}
