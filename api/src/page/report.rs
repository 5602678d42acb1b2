//! The form by which readers report a problem.

use axum::{Extension, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::json;

use super::{
    message,
    record::template_data,
    render_page, run_mutation,
    sent::{Address, Sent},
};
use crate::{App, middleware::visitor::Visitor};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportQuery {
    id: String,
}

#[derive(Debug, Deserialize)]
pub struct Reported {
    id: String,
    reden: String,
    toelichting: String,
}

pub async fn show_form(State(app): State<App>, Address(about): Address<ReportQuery>) -> Response {
    render_page(&app.site, StatusCode::OK, "report.html", template_data("", &json!({"id": about.id})))
}

pub async fn send_report(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Sent(reported): Sent<Reported>,
) -> Response {
    let id = (!reported.id.is_empty()).then_some(reported.id);
    let input = json!({"input": {"id": id, "reasons": [reported.reden], "comment": reported.toelichting}});
    let query = "mutation Report($input: ReportProblemInput!) { reportProblem(input: $input) { ticket } }";
    match run_mutation(&app, query, input, visitor).await {
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
