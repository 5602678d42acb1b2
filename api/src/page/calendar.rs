//! The meetings of an authority as iCalendar: two months back and half a year ahead, or between two given days.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use jiff::{Timestamp, ToSpan, civil::Date};
use raadhuis_schema::When;
use serde_json::{Value, json};

use super::{feed::public_address, message, run_query, sent::refuse_input};
use crate::App;

/// The default period, in days before and after today.
const BACK: i32 = 62;
const AHEAD: i32 = 183;

/// The most meetings of a calendar, and the pages of a hundred that are queried for them.
const MOST: u64 = 1000;
const PAGES: u64 = MOST / 100;

/// Handler of `/vergaderingen.ics`; `overheid` names the authority by its code.
pub async fn meetings(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let mut code = None;
    let today = When::At(Timestamp::now()).day();
    let (mut from, mut until) = (today.saturating_sub(BACK.days()), today.saturating_add(AHEAD.days()));
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let day = match &*name {
            "overheid" => {
                code = Some(value.into_owned());
                continue;
            }
            "van" => &mut from,
            "tot" => &mut until,
            _ => {
                return refuse_input(
                    &app,
                    StatusCode::BAD_REQUEST,
                    &format!("De agenda kent geen {name:?}; er zijn \"overheid\", \"van\" en \"tot\"."),
                );
            }
        };
        // `Date` parses a moment too; only a plain day is accepted.
        let Some(given) = value.parse::<Date>().ok().filter(|day| day.to_string() == value) else {
            return refuse_input(
                &app,
                StatusCode::BAD_REQUEST,
                &format!("{name} is geen dag zoals 2026-12-31: {value:?}."),
            );
        };
        *day = given;
    }
    if until < from {
        return refuse_input(
            &app,
            StatusCode::BAD_REQUEST,
            "De laatste dag (tot) ligt voor de eerste (van).",
        );
    }
    let Some(code) = code else {
        return refuse_input(
            &app,
            StatusCode::BAD_REQUEST,
            "Noem de overheid bij haar code, zoals in /vergaderingen.ics?overheid=GM0518.",
        );
    };
    let mut calendar = Calendar::new();
    let base = public_address(&app, &headers);
    let mut after = Value::Null;
    for _ in 0..PAGES {
        let variables =
            json!({"codes": [code], "from": from.to_string(), "until": until.to_string(), "after": after});
        let data = match run_query(&app, include_str!("../../queries/calendar.graphql"), variables).await {
            Ok(data) => data,
            Err(refusal) => return refusal,
        };
        let authority = &data["authorities"]["nodes"][0];
        let Some(name) = authority["name"].as_str() else {
            let why = format!("Geen overheid heeft de code {code:?}.");
            return message(&app.site, StatusCode::NOT_FOUND, "Niet gevonden", &why);
        };
        if authority["meetings"]["totalCount"].as_u64() > Some(MOST) {
            return refuse_input(
                &app,
                StatusCode::BAD_REQUEST,
                &format!("{name} heeft in deze tijd meer dan {MOST} vergaderingen; kies een kortere tijd."),
            );
        }
        calendar.name(&format!("Vergaderingen van {name}"));
        for meeting in authority["meetings"]["nodes"].as_array().into_iter().flatten() {
            if let Some(event) = build_event(meeting, name, &base) {
                calendar.push(event);
            }
        }
        after = authority["meetings"]["pageInfo"]["endCursor"].clone();
        if authority["meetings"]["pageInfo"]["hasNextPage"] != true {
            break;
        }
    }
    ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], calendar.to_string()).into_response()
}

fn text_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn parse_when(value: &Value) -> Option<When> {
    value.as_str()?.parse().ok()
}

/// The event of a meeting; `None` when the meeting has no day.
fn build_event(meeting: &Value, authority: &str, base: &str) -> Option<Event> {
    let id = text_of(&meeting["id"])?;
    let mut event = Event::new();
    event.uid(&format!("{id}@raadhuis"));
    let name = text_of(&meeting["committee"]["name"])
        .or_else(|| text_of(&meeting["name"]))
        .unwrap_or("Vergadering".into());
    event.summary(&format!("{name} ({authority})"));
    event.url(&format!("{base}/id/{id}"));
    if let Some(place) = text_of(&meeting["location"]) {
        event.location(&place);
    }
    if let Some(words) = text_of(&meeting["description"]) {
        event.description(&words);
    }
    if meeting["status"] == "CANCELLED" {
        event.status(EventStatus::Cancelled);
    }
    let start = parse_when(&meeting["start"])?;
    add_time(&mut event, "DTSTART", start);
    if let Some(end) = parse_when(&meeting["end"]).and_then(|end| end_of(start, end)) {
        add_time(&mut event, "DTEND", end);
    }
    if let Some(When::At(seen)) = parse_when(&meeting["provenance"]["harvested"]) {
        event.add_property("DTSTAMP", seen.strftime("%Y%m%dT%H%M%SZ").to_string());
    }
    Some(event)
}

/// The end of an event as RFC 5545, 3.6.1 requires: of the same type as the start, and later. An end day is exclusive, so
/// it becomes the next day.
fn end_of(start: When, end: When) -> Option<When> {
    match (start, end) {
        (When::At(start), When::At(end)) if end > start => Some(When::At(end)),
        (When::Day(start), When::Day(end)) if end > start => end.tomorrow().ok().map(When::Day),
        _ => None,
    }
}

/// Adds a moment in UTC, which no calendar misreads, or a day as a `DATE`.
fn add_time(event: &mut Event, name: &str, when: When) {
    match when {
        When::At(moment) => {
            event.add_property(name, moment.strftime("%Y%m%dT%H%M%SZ").to_string());
        }
        When::Day(day) => {
            let mut property = icalendar::Property::new(name, day.strftime("%Y%m%d").to_string());
            property.add_parameter("VALUE", "DATE");
            event.append_property(property);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(start: &str, end: &str) -> Vec<String> {
        let meeting = json!({"id": "meeting:x:1:2", "name": "Raad\\, \"x\"; één\nregel 🏛", "start": start, "end": end,
            "provenance": {"harvested": "2026-11-30T10:00:00+01:00"}});
        let mut calendar = Calendar::new();
        calendar.push(build_event(&meeting, "Waterdam", "http://raadhuis.example").unwrap());
        let text = calendar.to_string().replace("\r\n ", "");
        text.lines()
            .filter(|line| line.starts_with("DT") || line.starts_with("SUMMARY"))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn an_end_is_later_and_of_the_same_sort_or_is_none() {
        let evening = "2026-03-24T19:30:00+01:00";
        for (start, end, expected) in [
            (evening, "2026-03-24T22:45:00+01:00", Some("DTEND:20260324T214500Z")),
            (evening, "2026-03-25T00:15:00+01:00", Some("DTEND:20260324T231500Z")),
            (evening, evening, None),
            (evening, "2026-03-24T19:00:00+01:00", None),
            (evening, "2026-03-24", None),
            (evening, "2026-03-25", None),
            ("2026-03-24", "2026-03-24T22:45:00+01:00", None),
            ("2026-03-24", "2026-03-24", None),
            ("2026-03-24", "2026-03-25", Some("DTEND;VALUE=DATE:20260326")),
            ("2026-03-24", "2026-03-23", None),
        ] {
            let found = lines(start, end).into_iter().find(|line| line.starts_with("DTEND"));
            assert_eq!(found.as_deref(), expected, "{start} to {end}");
        }
        let said = lines(evening, "");
        assert!(said.contains(&"DTSTAMP:20261130T090000Z".to_owned()), "{said:?}");
        assert!(
            said.iter().any(|line| line.starts_with(r#"SUMMARY:Raad\\\, "x"\; één\nregel 🏛"#)),
            "{said:?}"
        );
    }
}
