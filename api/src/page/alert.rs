//! Pages of alerts: request, confirm, change and end one. The link in a mail only shows a button, because mail scanners
//! follow links and must not change anything.

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use raadhuis_alerts::Channel;
use serde::Deserialize;
use serde_json::json;

use super::{
    message, parse_form,
    record::template_data,
    render_page, run_mutation,
    sent::{Address, Sent},
};
use crate::{App, middleware::visitor::Visitor};

/// The key in the link of a mail.
#[derive(Debug, Deserialize)]
pub struct AlertKey {
    sleutel: String,
}

/// The fields of the form that requests an alert.
#[derive(Debug, Deserialize)]
pub struct AlertRequest {
    /// The query string of the search page.
    zoekvraag: String,
    email: String,
    hoe_vaak: String,
}

/// The fields of the form that changes an alert.
#[derive(Debug, Deserialize)]
pub struct AlertChange {
    sleutel: String,
    actie: String,
}

pub async fn show_form(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let form = match parse_form(&app, query.as_deref()) {
        Ok(form) => form.with_fields(&[("volgorde", ""), ("datum", ""), ("van", ""), ("tot", "")]),
        Err(refusal) => return refusal,
    };
    let data = json!({
        "mode": "ask",
        "name": form.described(&app.library.directory),
        "search": form.address("").trim_start_matches('?'),
        "back": form.address("/"),
        "atom": form.address("/zoeken.atom"),
        "sendsMail": app.library.sends_mail(),
        "isEmpty": form.is_empty(),
    });
    render_page(&app.site, StatusCode::OK, "alert.html", template_data("", &data))
}

pub async fn request_alert(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Sent(asked): Sent<AlertRequest>,
) -> Response {
    let form = match parse_form(&app, Some(&asked.zoekvraag)) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    if Channel::for_mail(&asked.email).is_err() {
        let why = "Dit is geen mailadres. Ga terug en typ het nog eens.";
        return message(&app.site, StatusCode::BAD_REQUEST, "Deze melding kan niet", why);
    }
    let variables = form.variables();
    let input = json!({"input": {
        "email": asked.email, "query": variables["query"], "filter": variables["filter"], "frequency": asked.hoe_vaak,
    }});
    let query = "mutation Ask($input: CreateAlertInput!) { createAlert(input: $input) { status } }";
    match run_mutation(&app, query, input, visitor).await {
        Ok(_) => message(
            &app.site,
            StatusCode::OK,
            "Kijk in uw mail",
            "Wij sturen u binnen een uur een bericht waarin u de melding bevestigt. Bevestigt u niet, dan wissen wij uw adres.",
        ),
        Err(refusal) => refusal,
    }
}

pub async fn show_confirm(State(app): State<App>, Address(keyed): Address<AlertKey>) -> Response {
    render_alert(&app, &keyed.sleutel, "confirm").await
}

pub async fn confirm_alert(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Sent(keyed): Sent<AlertKey>,
) -> Response {
    let query = "mutation Confirm($token: String!) { confirmAlert(token: $token) { manageToken } }";
    match run_mutation(&app, query, json!({"token": keyed.sleutel}), visitor).await {
        Ok(data) => {
            let key = data["confirmAlert"]["manageToken"].as_str().unwrap_or_default();
            render_alert(&app, key, "confirmed").await
        }
        Err(refusal) => refusal,
    }
}

pub async fn show_alert(State(app): State<App>, Address(keyed): Address<AlertKey>) -> Response {
    render_alert(&app, &keyed.sleutel, "manage").await
}

pub async fn change_alert(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Sent(changed): Sent<AlertChange>,
) -> Response {
    let key = changed.sleutel;
    let done = match changed.actie.as_str() {
        "einde" => return delete_alert(&app, &key, visitor).await,
        "pauze" => json!({"token": key, "paused": true}),
        "verder" => json!({"token": key, "paused": false}),
        often => json!({"token": key, "frequency": often}),
    };
    let query = "mutation Change($token: String!, $paused: Boolean, $frequency: AlertFrequency) {
        updateAlert(token: $token, paused: $paused, frequency: $frequency) { manageToken }
    }";
    match run_mutation(&app, query, done, visitor).await {
        Ok(_) => render_alert(&app, &key, "manage").await,
        Err(refusal) => refusal,
    }
}

pub async fn show_end(State(app): State<App>, Address(keyed): Address<AlertKey>) -> Response {
    render_alert(&app, &keyed.sleutel, "end").await
}

/// Ends an alert: by the button, and by the one-click unsubscribe of mail programs (RFC 8058).
pub async fn end_alert(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Address(keyed): Address<AlertKey>,
) -> Response {
    delete_alert(&app, &keyed.sleutel, visitor).await
}

async fn delete_alert(app: &App, key: &str, visitor: Option<Extension<Visitor>>) -> Response {
    let query = "mutation End($token: String!) { deleteAlert(token: $token) }";
    match run_mutation(app, query, json!({"token": key}), visitor).await {
        Ok(_) => message(
            &app.site,
            StatusCode::OK,
            "U krijgt geen bericht meer",
            "Deze melding is beëindigd, en uw adres is daarvan gewist.",
        ),
        Err(refusal) => refusal,
    }
}

async fn render_alert(app: &App, key: &str, mode: &str) -> Response {
    let query = "query Shown($token: String!) { alert(token: $token) { name frequency status } }";
    match super::run_query(app, query, json!({"token": key})).await {
        Ok(data) if data["alert"].is_null() => message(
            &app.site,
            StatusCode::NOT_FOUND,
            "Deze melding is er niet meer",
            "Zij is beëindigd, of werd niet op tijd bevestigd. U krijgt er geen bericht van.",
        ),
        Ok(data) => render_page(
            &app.site,
            StatusCode::OK,
            "alert.html",
            template_data(query, &json!({"mode": mode, "key": key, "alert": data["alert"]})),
        ),
        Err(refusal) => refusal,
    }
}
