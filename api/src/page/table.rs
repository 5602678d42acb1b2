//! Completeness as a table: of every authority how it stands, of the country or of a province.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ask,
    csv::{Dialect, answer, day_and_time},
    filters::dutch_word,
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

/// The most pages of authorities that are read: more than the country has.
const MOST_PAGES: usize = 20;

/// The province of the table: the whole country when not given, authorities in no province when empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Within {
    provincie: Option<String>,
}

/// Handler of `/dekking.csv`.
pub async fn list(State(app): State<App>, Address(within): Address<Within>) -> Response {
    table(&app, within.provincie.as_deref(), Dialect::Program).await
}

/// Handler of `/dekking.excel.csv`.
pub async fn list_for_excel(State(app): State<App>, Address(within): Address<Within>) -> Response {
    table(&app, within.provincie.as_deref(), Dialect::Excel).await
}

async fn table(app: &App, province: Option<&str>, dialect: Dialect) -> Response {
    let (mut rows, mut after) = (vec![dialect.head(&COLUMNS)], Value::Null);
    for _ in 0..MOST_PAGES {
        let variables = json!({"province": province, "after": after});
        let data = match ask(app, include_str!("../../queries/province.graphql"), variables).await {
            Ok(data) => data,
            Err(refusal) => return refusal,
        };
        let page = &data["coverage"];
        rows.extend(page["nodes"].as_array().into_iter().flatten().map(|it| dialect.row(&cells(it))));
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
    answer(&name, dialect, stream::iter(rows.into_iter().map(Ok::<_, std::convert::Infallible>)))
}

fn cells(it: &Value) -> [String; COLUMNS.len()] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let word = |value: &Value| dutch_word(value.as_str().unwrap_or_default()).to_lowercase();
    let number = |value: &Value| value.as_u64().map(|number| number.to_string()).unwrap_or_default();
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
        text(&it["name"]),
        word(&it["kind"]),
        text(&it["code"]),
        provinces.join(" / "),
        text(&it["source"]),
        text(&it["supplier"]),
        word(&it["state"]),
        verifiable.to_owned(),
        text(&latest["period"]["first"]),
        text(&latest["period"]["last"]),
        number(&latest["held"]),
        number(&latest["owed"]),
        number(&latest["excused"]),
        day,
        time,
    ]
}
