//! The whole result list as CSV, a row for each result, however many there are.

use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::{Value, json};

use super::{ask, form::Form, message};
use crate::App;

/// Rows that are asked for at once.
const ROWS: u32 = 100;

const HEAD: &str = "soort,titel,overheid,datum,id,bron,gelijke_bestanden\r\n";

/// The list.
pub async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let form = match Form::read(query.as_deref()) {
        Ok(form) => form,
        Err(why) => return message(StatusCode::BAD_REQUEST, "Deze vraag kan niet worden beantwoord", &why),
    };
    let first = match page(&app, &form).await {
        Ok(first) => first,
        Err(refusal) => return refusal,
    };
    let begun = (app, Some((first, form)));
    let rows = stream::unfold((begun, true), |((app, at), is_first)| async move {
        let (data, form) = at?;
        let mut text = if is_first { HEAD.to_owned() } else { String::new() };
        text.extend(data["edges"].as_array().into_iter().flatten().map(row));
        let next = match data["pageInfo"]["endCursor"]
            .as_str()
            .filter(|_| data["pageInfo"]["hasNextPage"] == true)
        {
            Some(cursor) => {
                let form = form.with(&[("na", cursor)]);
                match page(&app, &form).await {
                    Ok(data) => Some((data, form)),
                    // A list that breaks off must not look like a whole one.
                    Err(_) => {
                        return Some((
                            Err(std::io::Error::other("the list broke off")),
                            ((app, None), false),
                        ));
                    }
                }
            }
            None => None,
        };
        Some((Ok(text), ((app, next), false)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"raadhuis.csv\""),
    ];
    (headers, Body::from_stream(rows)).into_response()
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
