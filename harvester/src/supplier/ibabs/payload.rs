//! The shapes of iBabs' answers: messages that stand for errors, numbered agendas, templates of lists.

use serde_json::{Map, Value, json};

use super::Task;
use crate::supplier::{
    Answer, Judgement, Unreadable, WITHHELD, is_ban, outline::close_below, parse::parse_json, template, xml,
};

/// An answer of this size that says no is small; larger ones hold data.
const LARGEST_REFUSAL: usize = 16 << 10;

/// Elements that hold contact data, portraits or lists of people.
const PERSONAL: [&str; 8] =
    ["Emailaddress", "Email", "Phone", "Picture", "AboutMe", "Invitees", "Attendees", "Address"];

/// Messages that stand for "there is nothing", which is an answer.
const NOTHING: [&str; 4] =
    ["No public meetings for", "No public meetingtypes!", "No users found!", "No lists found!"];

/// An answer as a tree: from XML as it comes, or from JSON as it is kept.
///
/// # Errors
/// It is neither.
pub fn tree(bytes: &[u8]) -> Result<Value, Unreadable> {
    if bytes.starts_with(b"{") {
        return parse_json(bytes);
    }
    xml::to_json(bytes)
}

/// What an answer amounts to. The HTTP status says little: errors of the business are 200 with a message.
pub fn judge(task: &Task, answer: &Answer) -> Judgement {
    let body = answer.bytes.trim_ascii_start();
    match answer.status {
        403 if is_ban(answer) => blocked(),
        403 | 429 => Judgement::Throttled,
        200 if is_html(body) => Judgement::Blocked("HTML stands where SOAP should".into()),
        200 if body.len() <= LARGEST_REFUSAL => refusal(answer).unwrap_or(Judgement::Content),
        200 => Judgement::Content,
        504 if matches!(task, Task::Meetings { .. }) => Judgement::TooMuch,
        status => Judgement::Broken(format!("HTTP {status}")),
    }
}

/// What a message means, where it means that there is no answer.
fn refusal(answer: &Answer) -> Option<Judgement> {
    let json = answer.tree(tree).ok()?;
    let message = find(&json, "Message").and_then(Value::as_str).unwrap_or_default();
    let is_error = find(&json, "Status").and_then(Value::as_str) == Some("ERR");
    if find(&json, "Fault").is_some() {
        Some(Judgement::Broken("a SOAP fault".into()))
    } else if message.contains("has no access to site") {
        // The message names our address, which is nobody's business.
        Some(Judgement::Refused("this address is not on the supplier's list for the site".into()))
    } else if !is_error || NOTHING.iter().any(|nothing| message.starts_with(nothing)) {
        None
    } else {
        Some(Judgement::Refused(message.chars().take(120).collect()))
    }
}

/// The first field of this name, at whatever depth.
fn find<'a>(json: &'a Value, name: &str) -> Option<&'a Value> {
    let fields = json.as_object()?;
    fields.get(name).or_else(|| fields.values().find_map(|value| find(value, name)))
}

/// A ban: asking on makes it longer.
pub fn blocked() -> Judgement {
    Judgement::Blocked("the supplier blocks this address".into())
}

/// Whether a page for people stands in the place of an answer or a file.
pub fn is_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(64)]).to_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Whether the supplier marks this as open to everybody. Any doubt means no.
pub fn is_public(value: &Value) -> bool {
    is_open(value.get("Confidential")) && value.get(WITHHELD).is_none()
}

fn is_open(flag: Option<&Value>) -> bool {
    match flag {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => matches!(text.to_lowercase().as_str(), "false" | "0" | ""),
        Some(_) => false,
    }
}

/// Takes out of an answer what may not be kept.
pub fn redact(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(fields) => {
            if !is_open(fields.get("Confidential")) || fields.contains_key(WITHHELD) {
                close(fields);
                return;
            }
            fields.retain(|key, _| !PERSONAL.contains(&key.as_str()));
            if let Some(Value::String(label)) = fields.get("Key")
                && fields.contains_key("Value")
                && !is_of_list(fields)
                && !template::may_be_kept(label)
            {
                // Who wrote a letter, and whatever else a customer has a label for that is not read.
                fields.insert("Value".into(), Value::Null);
            }
            if let Some(Value::Array(items)) = fields.get_mut("iBabsMeetingItem") {
                close_below(items, "Features", is_public, close);
            }
            fields.values_mut().for_each(redact);
        }
        _ => {}
    }
}

/// Whether a key with its value names a list: those have an id for a key.
fn is_of_list(fields: &Map<String, Value>) -> bool {
    let is_id = |key: &str| key.len() == 36 && key.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    fields.get("Key").and_then(Value::as_str).is_some_and(is_id)
}

fn close(fields: &mut Map<String, Value>) {
    fields.retain(|key, value| key == "Id" && value.is_string());
    fields.insert(WITHHELD.into(), json!(true));
}

/// "Last, First van" as people say it, without what an administrator put behind it.
pub fn person_name(published: &str) -> String {
    let name = published.split(" (").next().unwrap_or(published).trim();
    match name.split_once(',') {
        Some((last, first)) => format!("{} {}", first.trim(), last.trim()).trim().to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_turned_as_people_say_them() {
        assert_eq!(person_name("Vaart, Noor van der"), "Noor van der Vaart");
        assert_eq!(person_name("Bos, Jan (raadslid account)"), "Jan Bos");
        assert_eq!(person_name("Jan Bos"), "Jan Bos");
    }
}
