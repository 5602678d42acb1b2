//! The shapes of iBabs' answers: messages that stand for errors, numbered agendas, templates of lists.

use serde_json::{Map, Value, json};

use super::IbabsTask;
use crate::supplier::{
    Answer, AnswerClass, UnreadableError, WITHHELD, is_ban, outline::close_below, parse::parse_json,
    template, xml,
};

/// Largest size of a refusal; larger answers hold data.
const LARGEST_REFUSAL: usize = 16 << 10;

/// Elements that hold contact data, portraits or lists of people.
const PERSONAL: [&str; 8] =
    ["Emailaddress", "Email", "Phone", "Picture", "AboutMe", "Invitees", "Attendees", "Address"];

/// Messages for "there is nothing", which counts as an answer.
const NOTHING: [&str; 4] =
    ["No public meetings for", "No public meetingtypes!", "No users found!", "No lists found!"];

/// An answer as a tree: from XML as received, or from JSON as stored.
///
/// # Errors
/// It is neither.
pub fn parse_tree(bytes: &[u8]) -> Result<Value, UnreadableError> {
    if bytes.starts_with(b"{") {
        return parse_json(bytes);
    }
    xml::to_json(bytes)
}

/// Judges an answer. The HTTP status says little: application errors are 200 with a message.
pub fn classify_payload(task: &IbabsTask, answer: &Answer) -> AnswerClass {
    let body = answer.bytes.trim_ascii_start();
    match answer.status {
        403 if is_ban(answer) => blocked(),
        403 | 429 => AnswerClass::Throttled,
        200 if is_html(body) => AnswerClass::Blocked("HTML stands where SOAP should".into()),
        200 if body.len() <= LARGEST_REFUSAL => refusal(answer).unwrap_or(AnswerClass::Content),
        200 => AnswerClass::Content,
        504 if matches!(task, IbabsTask::Meetings { .. }) => AnswerClass::TooMuch,
        status => AnswerClass::Broken(format!("HTTP {status}")),
    }
}

/// The judgement for an error message; `None` for an answer with data.
fn refusal(answer: &Answer) -> Option<AnswerClass> {
    let json = answer.parse_tree(parse_tree).ok()?;
    let message = find_field(&json, "Message").and_then(Value::as_str).unwrap_or_default();
    let is_error = find_field(&json, "Status").and_then(Value::as_str) == Some("ERR");
    if find_field(&json, "Fault").is_some() {
        Some(AnswerClass::Broken("a SOAP fault".into()))
    } else if message.contains("has no access to site") {
        // The message contains our IP address, which is not published.
        Some(AnswerClass::Refused("this address is not on the supplier's list for the site".into()))
    } else if !is_error || NOTHING.iter().any(|nothing| message.starts_with(nothing)) {
        None
    } else {
        Some(AnswerClass::Refused(message.chars().take(120).collect()))
    }
}

fn find_field<'a>(json: &'a Value, name: &str) -> Option<&'a Value> {
    let fields = json.as_object()?;
    fields.get(name).or_else(|| fields.values().find_map(|value| find_field(value, name)))
}

/// A ban: further requests extend it.
pub fn blocked() -> AnswerClass {
    AnswerClass::Blocked("the supplier blocks this address".into())
}

/// Returns whether an HTML page replaces the expected answer or file.
pub fn is_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(64)]).to_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Returns whether the supplier marks this as public. Any doubt means no.
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

pub fn redact_answer(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(redact_answer),
        Value::Object(fields) => {
            if !is_open(fields.get("Confidential")) || fields.contains_key(WITHHELD) {
                close_fields(fields);
                return;
            }
            fields.retain(|key, _| !PERSONAL.contains(&key.as_str()));
            if let Some(Value::String(label)) = fields.get("Key")
                && fields.contains_key("Value")
                && !is_of_list(fields)
                && !template::may_be_kept(label)
            {
                // Authors of letters, and the values of all labels that are not read.
                fields.insert("Value".into(), Value::Null);
            }
            if let Some(Value::Array(items)) = fields.get_mut("iBabsMeetingItem") {
                close_below(items, "Features", is_public, close_fields);
            }
            fields.values_mut().for_each(redact_answer);
        }
        _ => {}
    }
}

/// Returns whether a key with its value names a list, whose keys are ids.
fn is_of_list(fields: &Map<String, Value>) -> bool {
    let Some(key) = fields.get("Key").and_then(Value::as_str) else { return false };
    key.len() == 36 && key.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

fn close_fields(fields: &mut Map<String, Value>) {
    fields.retain(|key, value| key == "Id" && value.is_string());
    fields.insert(WITHHELD.into(), json!(true));
}

/// "Last, First van" as "First van Last", without suffixes that an administrator added.
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
