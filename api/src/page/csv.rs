//! The whole result list as CSV, a row for each result, however many there are.

use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::{ask, form::Form, read};
use crate::App;

/// Rows that are asked for at once.
const ROWS: u32 = 100;

const HEAD: &str = "soort,titel,overheid,datum,id,bron,gelijke_bestanden\r\n";

/// The list.
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let form = match read(&app, query.as_deref()) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    let first = match page(&app, &form).await {
        Ok(first) => first,
        Err(refusal) => return refusal,
    };
    let rows = stream::try_unfold(Step::Have(first, form), move |step| {
        let app = app.clone();
        async move {
            let (data, form) = match step {
                Step::Have(data, form) => (data, form),
                Step::Ask(form) => (page(&app, &form).await.map_err(|_| broken_off())?, form),
                Step::End => return Ok(None),
            };
            let text: String = data["edges"].as_array().into_iter().flatten().map(row).collect();
            let info = &data["pageInfo"];
            let next = match (info["hasNextPage"] == true, info["endCursor"].as_str()) {
                (false, _) => Step::End,
                (true, Some(cursor)) => Step::Ask(form.with(&[("na", cursor)])),
                (true, None) => return Err(broken_off()),
            };
            Ok(Some((text, next)))
        }
    });
    let all = stream::once(std::future::ready(Ok(HEAD.to_owned()))).chain(rows);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"raadhuis.csv\""),
    ];
    (headers, Body::from_stream(all)).into_response()
}

/// Where in the list one is.
enum Step {
    Have(Value, Form),
    Ask(Form),
    End,
}

/// A list that breaks off must not look like a whole one.
fn broken_off() -> std::io::Error {
    std::io::Error::other("the list broke off")
}

async fn page(app: &App, form: &Form) -> Result<Value, Response> {
    let mut variables = form.variables();
    // An order by day does not shift while things are added; one by relevance may.
    if variables["sort"].is_null() {
        variables["sort"] = json!("MEETING_DATE_NEWEST");
    }
    variables["first"] = json!(ROWS);
    let mut data = ask(app, include_str!("../../queries/list.graphql"), variables).await?;
    Ok(data["search"].take())
}

fn row(edge: &Value) -> String {
    let node = &edge["node"];
    let first = |values: &[&Value]| {
        values.iter().find_map(|value| value.as_str()).map(str::to_owned).unwrap_or_default()
    };
    let kind = super::filters::dutch_word(node["__typename"].as_str().unwrap_or_default());
    let cells = [
        kind.to_owned(),
        first(&[&edge["title"]["text"]]),
        first(&[&node["authority"]["name"]]),
        first(&[
            &node["start"],
            &node["date"],
            &node["meeting"]["start"],
            &node["agendaItem"]["meeting"]["start"],
        ]),
        first(&[&node["id"]]),
        first(&[&node["url"], &node["page"], &node["player"], &node["agendaItem"]["page"]]),
        edge["identicalCount"].to_string(),
    ];
    cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// A cell: quoted where it must be, and never a formula in whoever's spreadsheet.
fn cell(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n', ';']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_in_any_spreadsheet() {
        assert_eq!(cell("Motie \"Water\", 2"), "\"Motie \"\"Water\"\", 2\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("gewoon"), "gewoon");
    }
}
