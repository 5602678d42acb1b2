//! Coverage as a table: a row for each authority of the country or of a province.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    csv::{Dialect, day_and_time, send_table},
    filters::dutch_word,
    run_query,
    sent::Address,
};
use crate::App;

const COLUMNS: [&str; 15] = [
    "overheid",
    "soort",
    "code",
    "provincie",
    "bron",
    "leverancier",
    "staat",
    "te_controleren",
    "periode_van",
    "periode_tot",
    "in_huis",
    "ontbreekt",
    "verschoond",
    "geoogst_datum",
    "geoogst_tijd",
];

/// The most pages of authorities that are queried: more than the country's authorities fill.
const MOST_PAGES: usize = 20;

/// The query string: no `provincie` means the whole country, an empty one the authorities in no province.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableQuery {
    provincie: Option<String>,
}

pub async fn send_list(State(app): State<App>, Address(within): Address<TableQuery>) -> Response {
    build_table(&app, within.provincie.as_deref(), Dialect::Program).await
}

pub async fn send_list_for_excel(State(app): State<App>, Address(within): Address<TableQuery>) -> Response {
    build_table(&app, within.provincie.as_deref(), Dialect::Excel).await
}

async fn build_table(app: &App, province: Option<&str>, dialect: Dialect) -> Response {
    let (mut rows, mut after) = (vec![dialect.header_row(&COLUMNS)], Value::Null);
    for _ in 0..MOST_PAGES {
        let variables = json!({"province": province, "after": after});
        let data = match run_query(app, include_str!("../../queries/province.graphql"), variables).await {
            Ok(data) => data,
            Err(refusal) => return refusal,
        };
        let page = &data["coverage"];
        rows.extend(
            page["nodes"].as_array().into_iter().flatten().map(|it| dialect.format_row(&coverage_cells(it))),
        );
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
    }
    if province.is_some() && rows.len() == 1 {
        return super::coverage::unknown(app, "Deze provincie kennen wij niet.").into_response();
    }
    let name = match province {
        Some(name) if name.chars().all(char::is_alphanumeric) => format!("dekking-{name}"),
        _ => "dekking".to_owned(),
    };
    send_table(&name, dialect, stream::iter(rows.into_iter().map(Ok::<_, std::convert::Infallible>)))
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn word_of(value: &Value) -> String {
    dutch_word(value.as_str().unwrap_or_default()).to_lowercase()
}

fn number_of(value: &Value) -> String {
    value.as_u64().map(|number| number.to_string()).unwrap_or_default()
}

fn coverage_cells(it: &Value) -> [String; COLUMNS.len()] {
    let latest = &it["latest"];
    let provinces: Vec<&str> =
        it["provinces"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let verifiable = match latest["verifiable"].as_bool() {
        Some(true) => "ja",
        Some(false) => "nee",
        None => "",
    };
    let (day, time) = day_and_time(latest["at"].as_str().unwrap_or_default());
    [
        text_of(&it["name"]),
        word_of(&it["kind"]),
        text_of(&it["code"]),
        provinces.join(" / "),
        text_of(&it["source"]),
        text_of(&it["supplier"]),
        word_of(&it["state"]),
        verifiable.to_owned(),
        text_of(&latest["period"]["first"]),
        text_of(&latest["period"]["last"]),
        number_of(&latest["held"]),
        number_of(&latest["owed"]),
        number_of(&latest["excused"]),
        day,
        time,
    ]
}
