//! The form by which readers say that something is wrong.

use axum::{Extension, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::json;

use super::{
    message, pour,
    record::record,
    sent::{Address, Sent},
    wish,
};
use crate::{App, manners::Visitor};

/// About what.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct About {
    id: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Reported {
    id: String,
    reden: String,
    toelichting: String,
}

/// The form.
pub async fn form(State(app): State<App>, Address(about): Address<About>) -> Response {
    pour(&app.site, StatusCode::OK, "report.html", record("", &json!({"id": about.id})))
}

/// Takes it in.
pub async fn report(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Sent(reported): Sent<Reported>,
) -> Response {
    let id = (!reported.id.is_empty()).then_some(reported.id);
    let input = json!({"input": {"id": id, "reasons": [reported.reden], "comment": reported.toelichting}});
    let query = "mutation Report($input: ReportProblemInput!) { reportProblem(input: $input) { ticket } }";
    match wish(&app, query, input, visitor).await {
        Ok(data) => {
            let text = format!(
                "Uw melding heeft nummer {}. Wie deze dienst beheert, kijkt ernaar; tot die tijd verandert er niets.",
                data["reportProblem"]["ticket"]
            );
            message(&app.site, StatusCode::OK, "Bedankt", &text)
        }
        Err(refusal) => refusal,
    }
}
