//! The start page: a search field and what was found.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ask, pour};
use crate::App;

/// What the form sends. Every field may be missing or empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    q: String,
    soort: String,
    overheid: String,
    van: String,
    tot: String,
    volgorde: String,
    na: String,
}

/// The page.
pub async fn page(State(app): State<App>, Query(form): Query<Form>) -> Response {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let searched =
        [&form.q, &form.soort, &form.overheid, &form.van, &form.tot].iter().any(|field| !field.is_empty());
    let variables = json!({
        "query": form.q,
        "filter": {
            "kinds": given(&form.soort).map(|kind| vec![kind]),
            "authorities": given(&form.overheid).map(|id| vec![id]),
            "from": given(&form.van),
            "until": given(&form.tot),
        },
        "sort": given(&form.volgorde),
        "after": given(&form.na),
        "searched": searched,
    });
    let mut data: Value = match ask(&app, include_str!("../../queries/start.graphql"), variables).await {
        Ok(data) => data,
        Err(refusal) => return refusal,
    };
    data["form"] = json!({
        "q": form.q, "soort": form.soort, "overheid": form.overheid, "van": form.van, "tot": form.tot,
        "volgorde": form.volgorde, "na": form.na,
    });
    data["searched"] = searched.into();
    pour(StatusCode::OK, "start.html", &data)
}
