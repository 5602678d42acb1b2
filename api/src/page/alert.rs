//! Alerts for people: asking for one, confirming it, changing and ending it. A letter's link only shows a button: programs that
//! look at mail follow links, and nothing may happen by that.

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
    message, pour, read,
    record::record,
    sent::{Address, Sent},
    wish,
};
use crate::{App, manners::Visitor};

/// The key in the address of a letter.
#[derive(Debug, Deserialize)]
pub struct Keyed {
    sleutel: String,
}

/// What the form sends with which an alert is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// The search, as in the address of the search page.
    zoekvraag: String,
    email: String,
    hoe_vaak: String,
}

/// What the form sends with which an alert is changed.
#[derive(Debug, Deserialize)]
pub struct Changed {
    sleutel: String,
    actie: String,
}

/// The form for an alert of a search.
pub async fn form(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let form = match read(&app, query.as_deref()) {
        Ok(form) => form.with(&[("volgorde", ""), ("datum", ""), ("van", ""), ("tot", "")]),
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
    pour(&app.site, StatusCode::OK, "alert.html", record("", &data))
}

/// Asks for it.
pub async fn ask(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Sent(asked): Sent<Asked>,
) -> Response {
    let form = match read(&app, Some(&asked.zoekvraag)) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    if Channel::mail(&asked.email).is_err() {
        let why = "Dit is geen mailadres. Ga terug en typ het nog eens.";
        return message(&app.site, StatusCode::BAD_REQUEST, "Deze melding kan niet", why);
    }
    let variables = form.variables();
    let input = json!({"input": {
        "email": asked.email, "query": variables["query"], "filter": variables["filter"], "frequency": asked.hoe_vaak,
    }});
    let query = "mutation Ask($input: CreateAlertInput!) { createAlert(input: $input) { status } }";
    match wish(&app, query, input, visitor).await {
        Ok(_) => message(
            &app.site,
            StatusCode::OK,
            "Kijk in uw mail",
            "Wij sturen u binnen een uur een bericht waarin u de melding bevestigt. Bevestigt u niet, dan wissen wij uw adres.",
        ),
        Err(refusal) => refusal,
    }
}

/// The button that confirms.
pub async fn to_confirm(State(app): State<App>, Address(keyed): Address<Keyed>) -> Response {
    shown(&app, &keyed.sleutel, "confirm").await
}

/// Confirms.
pub async fn confirm(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Sent(keyed): Sent<Keyed>,
) -> Response {
    let query = "mutation Confirm($token: String!) { confirmAlert(token: $token) { manageToken } }";
    match wish(&app, query, json!({"token": keyed.sleutel}), visitor).await {
        Ok(data) => {
            let key = data["confirmAlert"]["manageToken"].as_str().unwrap_or_default();
            shown(&app, key, "confirmed").await
        }
        Err(refusal) => refusal,
    }
}

/// How an alert stands, with what can be done about it.
pub async fn manage(State(app): State<App>, Address(keyed): Address<Keyed>) -> Response {
    shown(&app, &keyed.sleutel, "manage").await
}

/// Does it.
pub async fn change(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Sent(changed): Sent<Changed>,
) -> Response {
    let key = changed.sleutel;
    let done = match changed.actie.as_str() {
        "einde" => return ended(&app, &key, visitor).await,
        "pauze" => json!({"token": key, "paused": true}),
        "verder" => json!({"token": key, "paused": false}),
        often => json!({"token": key, "frequency": often}),
    };
    let query = "mutation Change($token: String!, $paused: Boolean, $frequency: AlertFrequency) {
        updateAlert(token: $token, paused: $paused, frequency: $frequency) { manageToken }
    }";
    match wish(&app, query, done, visitor).await {
        Ok(_) => shown(&app, &key, "manage").await,
        Err(refusal) => refusal,
    }
}

/// The button that ends.
pub async fn to_end(State(app): State<App>, Address(keyed): Address<Keyed>) -> Response {
    shown(&app, &keyed.sleutel, "end").await
}

/// Ends: by the button, and by the one click of a mail program (RFC 8058).
pub async fn end(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    Address(keyed): Address<Keyed>,
) -> Response {
    ended(&app, &keyed.sleutel, visitor).await
}

async fn ended(app: &App, key: &str, visitor: Option<Extension<Visitor>>) -> Response {
    let query = "mutation End($token: String!) { deleteAlert(token: $token) }";
    match wish(app, query, json!({"token": key}), visitor).await {
        Ok(_) => message(
            &app.site,
            StatusCode::OK,
            "U krijgt geen bericht meer",
            "Deze melding is beëindigd, en uw adres is daarvan gewist.",
        ),
        Err(refusal) => refusal,
    }
}

async fn shown(app: &App, key: &str, mode: &str) -> Response {
    let query = "query Shown($token: String!) { alert(token: $token) { name frequency status } }";
    match super::ask(app, query, json!({"token": key})).await {
        Ok(data) if data["alert"].is_null() => message(
            &app.site,
            StatusCode::NOT_FOUND,
            "Deze melding is er niet meer",
            "Zij is beëindigd, of werd niet op tijd bevestigd. U krijgt er geen bericht van.",
        ),
        Ok(data) => pour(
            &app.site,
            StatusCode::OK,
            "alert.html",
            record(query, &json!({"mode": mode, "key": key, "alert": data["alert"]})),
        ),
        Err(refusal) => refusal,
    }
}
