//! The shapes of iBabs' answers: messages that stand for errors, numbered agendas, templates of lists.

use raadhuis_schema::Remark;
use serde_json::{Map, Value, json};

use super::Task;
use crate::supplier::{
    Answer, Judgement,
    json::Node,
    outline::{number_parts, parents, withheld},
    xml,
};

/// An answer of this size that says no is small; larger ones hold data.
const LARGEST_REFUSAL: usize = 16 << 10;

/// Elements that hold contact data, portraits or lists of people.
const PERSONAL: [&str; 8] =
    ["Emailaddress", "Email", "Phone", "Picture", "AboutMe", "Invitees", "Attendees", "Address"];

/// Messages that stand for "there is nothing", which is an answer.
const NOTHING: [&str; 4] =
    ["No public meetings for", "No public meetingtypes!", "No users found!", "No lists found!"];

/// What an answer amounts to. The HTTP status says little: errors of the business are 200 with a message.
pub fn judge(task: &Task, answer: &Answer) -> Judgement {
    let body = answer.bytes.trim_ascii_start();
    match answer.status {
        403 if is_block(body) => blocked(),
        403 | 429 => Judgement::Throttled,
        200 if is_html(body) => Judgement::Blocked("HTML stands where SOAP should".into()),
        200 if body.len() <= LARGEST_REFUSAL => refusal(body).unwrap_or(Judgement::Content),
        200 => Judgement::Content,
        504 if matches!(task, Task::Meetings { .. }) => Judgement::TooMuch,
        status => Judgement::Broken(format!("HTTP {status}")),
    }
}

/// What a message means, where it means that there is no answer.
fn refusal(body: &[u8]) -> Option<Judgement> {
    let json = xml::to_json(body).ok()?;
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

/// Whether this is the page that says that an address is banned.
pub fn is_block(body: &[u8]) -> bool {
    String::from_utf8_lossy(&body[..body.len().min(4096)]).contains("The request is blocked")
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
    match value.get("Confidential") {
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
            if !is_public(&Value::Object(fields.clone())) {
                close(fields);
                return;
            }
            fields.retain(|key, _| !PERSONAL.contains(&key.as_str()));
            if let Some(Value::Array(items)) = fields.get_mut("iBabsMeetingItem") {
                redact_agenda(items);
            }
            fields.values_mut().for_each(redact);
        }
        _ => {}
    }
}

fn redact_agenda(items: &mut [Value]) {
    let numbers: Vec<_> =
        items.iter().map(|item| number_parts(item.get("Features").and_then(Value::as_str))).collect();
    let public: Vec<bool> = items.iter().map(is_public).collect();
    for (item, hidden) in items.iter_mut().zip(withheld(&public, &parents(&numbers))) {
        if let (true, Value::Object(fields)) = (hidden, item) {
            close(fields);
        }
    }
}

fn close(fields: &mut Map<String, Value>) {
    fields.retain(|key, value| key == "Id" && value.is_string());
    fields.insert("withheld".into(), json!(true));
}

/// The values of an entry by the labels of its template, which differ for every site and list.
#[derive(Debug)]
pub struct Template<'a> {
    fields: Vec<(String, Node<'a>)>,
}

impl<'a> Template<'a> {
    /// Of the `Values` of an entry.
    pub fn of(values: &Node<'a>) -> Self {
        let pairs = values.get("KeyValueOfstringstring").items_of_anything();
        let field = |pair: &Node<'a>| Some((pair.get("Key").text()?.to_lowercase(), pair.get("Value")));
        Self { fields: pairs.iter().filter_map(field).collect() }
    }

    /// The first of these labels that has a value.
    pub fn field(&self, labels: &[&str]) -> Option<&Node<'a>> {
        let of = |label: &&str| {
            self.fields.iter().find(|(key, node)| key == *label && node.is_some()).map(|(_, node)| node)
        };
        labels.iter().find_map(of)
    }

    /// Its text.
    pub fn text(&self, labels: &[&str]) -> Option<String> {
        self.field(labels).and_then(Node::text)
    }

    /// Notes the fields that have a value and a label of which nothing is known.
    pub fn note_unknown(&self, known: impl Fn(&str) -> bool) {
        for (label, node) in self.fields.iter().filter(|(label, node)| node.is_some() && !known(label)) {
            let notes = node.notes();
            notes.add(Remark::unknown_field(notes.subject(), node.path(), label));
        }
    }
}

/// A day as templates write it: `29-1-2026`, `Jan 29 2026 12:00AM`, or ISO. `None` for what is no day.
pub fn day(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let parts: Vec<&str> = words.first()?.split('-').collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let written = |year: u32, month: u32, day: u32| Some(format!("{year:04}-{month:02}-{day:02}"));
    if let [first, month, last] = parts.as_slice() {
        let (first, month, last) = (*first, number(month)?, last.get(..last.len().min(4))?);
        return match first.len() {
            4 => written(number(first)?, month, number(last.get(..last.len().min(2))?)?),
            _ => written(number(last)?, month, number(first)?),
        };
    }
    let month = MONTHS.iter().position(|month| words.first().is_some_and(|w| w.to_lowercase() == *month))?;
    written(number(words.get(2)?)?, u32::try_from(month).ok()? + 1, number(words.get(1)?)?)
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
    fn a_day_is_read_in_every_form_that_templates_use() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(day(text).as_deref(), expected, "{text}");
        check("Jan 29 2026 12:00AM", Some("2026-01-29"));
        check("Jan  9 2026 12:00AM", Some("2026-01-09"));
        check("29-1-2026", Some("2026-01-29"));
        check("2026-01-29T10:06:40.073", Some("2026-01-29"));
        check("V", None);
        check("", None);
        check("é-é-é", None);
    }

    #[test]
    fn names_are_turned_as_people_say_them() {
        assert_eq!(person_name("Vaart, Noor van der"), "Noor van der Vaart");
        assert_eq!(person_name("Bos, Jan (raadslid account)"), "Jan Bos");
        assert_eq!(person_name("Jan Bos"), "Jan Bos");
    }
}
