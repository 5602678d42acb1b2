//! The pages of coverage (dekking): the country, a province, an authority with the cause of each gap.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{message, record::template_data, render_page, run_query, sent::Address};
use crate::App;

const PROVINCE: &str = include_str!("../../queries/province.graphql");

const COVERAGE: &str = include_str!("../../queries/coverage.graphql");

const PROVINCES: &str = include_str!("../../queries/provinces.graphql");

const GAPS: u64 = 100;

/// The query string of a province's page; `na` is a cursor.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProvinceQuery {
    na: String,
}

/// The query string of an authority's page: which gaps it shows.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GapQuery {
    jaar: String,
    soort: String,
    bladzijde: u64,
}

pub async fn country(State(app): State<App>) -> Response {
    match run_query(&app, PROVINCES, json!({})).await {
        Ok(data) => render_page(&app.site, StatusCode::OK, "coverage.html", template_data(PROVINCES, &data)),
        Err(refusal) => refusal,
    }
}

/// Handler of a province's page; the segment `-` selects authorities in no province.
pub async fn province(
    State(app): State<App>,
    Path(province): Path<String>,
    Address(listed): Address<ProvinceQuery>,
) -> Response {
    let asked = if province == "-" { "" } else { province.as_str() };
    let after = (!listed.na.is_empty()).then_some(listed.na);
    let variables = json!({"province": asked, "after": after});
    let mut data = match run_query(&app, PROVINCE, variables).await {
        Ok(data) => data,
        Err(refusal) => return refusal,
    };
    if data.pointer("/coverage/totalCount").and_then(Value::as_u64) == Some(0) {
        return unknown(&app, "Deze provincie kennen wij niet.");
    }
    data["province"] = find_province_name(&data, asked).into();
    data["segment"] = province.into();
    render_page(&app.site, StatusCode::OK, "province.html", template_data(PROVINCE, &data))
}

pub async fn authority(
    State(app): State<App>,
    Path((province, code)): Path<(String, String)>,
    Address(chosen): Address<GapQuery>,
) -> Response {
    let page = chosen.bladzijde.max(1);
    let skipped = (page - 1).saturating_mul(GAPS);
    let variables = json!({
        "code": code,
        "year": chosen.jaar.parse::<i16>().ok(),
        "undated": chosen.jaar == "zonder",
        "kind": (!chosen.soort.is_empty()).then_some(&chosen.soort),
        "after": (skipped > 0).then(|| format!("row-{skipped}")),
    });
    let mut data = match run_query(&app, COVERAGE, variables).await {
        Ok(data) => data,
        Err(refusal) => return refusal,
    };
    if data.pointer("/coverage/totalCount").and_then(Value::as_u64) == Some(0) {
        return unknown(&app, "Deze overheid kennen wij niet.");
    }
    data["chosen"] = json!({"jaar": chosen.jaar, "soort": chosen.soort, "bladzijde": page});
    data["segment"] = province.into();
    data["perPage"] = GAPS.into();
    render_page(&app.site, StatusCode::OK, "ledger.html", template_data(COVERAGE, &data))
}

/// The name of the province as its authorities spell it.
fn find_province_name(data: &Value, asked: &str) -> String {
    let names = data.pointer("/coverage/nodes/0/provinces").and_then(Value::as_array);
    let spelt = names.into_iter().flatten().filter_map(Value::as_str);
    spelt.into_iter().find(|name| name.to_lowercase() == asked.to_lowercase()).unwrap_or_default().to_owned()
}

pub fn unknown(app: &App, text: &str) -> Response {
    message(&app.site, StatusCode::NOT_FOUND, "Niet gevonden", text)
}
