//! Plain pages: a GraphQL document run in this process, poured into a template. No data access of their own.

use std::sync::LazyLock;

use async_graphql::{Request, Variables};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, Uri},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use minijinja::{Environment, UndefinedBehavior, context};
use serde_json::{Value, json};

use crate::{App, Site, graphql, manners::Visitor};

mod alert;
mod assets;
mod calendar;
mod choose;
mod coverage;
mod csv;
mod dutch;
mod entity;
pub mod explorer;
mod feed;
mod filters;
pub mod form;
mod privacy;
mod record;
mod report;
pub mod sent;
mod sources;
mod start;
mod table;

use record::record;

/// The templates, compiled in.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, text) in [
        ("base.html", include_str!("../../templates/base.html")),
        ("start.html", include_str!("../../templates/start.html")),
        ("entity.html", include_str!("../../templates/entity.html")),
        ("meeting.html", include_str!("../../templates/meeting.html")),
        ("document.html", include_str!("../../templates/document.html")),
        ("vote.html", include_str!("../../templates/vote.html")),
        ("coverage.html", include_str!("../../templates/coverage.html")),
        ("province.html", include_str!("../../templates/province.html")),
        ("ledger.html", include_str!("../../templates/ledger.html")),
        ("sources.html", include_str!("../../templates/sources.html")),
        ("privacy.html", include_str!("../../templates/privacy.html")),
        ("addresses.html", include_str!("../../templates/addresses.html")),
        ("message.html", include_str!("../../templates/message.html")),
        ("alert.html", include_str!("../../templates/alert.html")),
        ("report.html", include_str!("../../templates/report.html")),
        ("parts.html", include_str!("../../templates/parts.html")),
    ] {
        if let Err(why) = environment.add_template(name, text) {
            tracing::error!(template.name = name, error = %why, "a template cannot be read");
        }
    }
    filters::add(&mut environment);
    environment
});

/// The addresses of lists that programs follow.
pub fn lists() -> Router<App> {
    Router::new()
        .route("/zoeken.csv", get(csv::list))
        .route("/zoeken.excel.csv", get(csv::list_for_excel))
        .route("/dekking.csv", get(table::list))
        .route("/dekking.excel.csv", get(table::list_for_excel))
        .route("/zoeken.atom", get(feed::atom))
        .route("/zoeken.json", get(feed::json))
        .route("/vergaderingen.ics", get(calendar::meetings))
}

/// The addresses of the pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(start::page))
        .route("/id/{id}", get(entity::page))
        .route("/meldingen", get(alert::form).post(alert::ask))
        .route("/meldingen/bevestigen", get(alert::to_confirm).post(alert::confirm))
        .route("/meldingen/beheren", get(alert::manage).post(alert::change))
        .route("/meldingen/opzeggen", get(alert::to_end).post(alert::end))
        .route("/melden", get(report::form).post(report::report))
        .route("/privacy", get(privacy::page))
        .route("/v1", get(privacy::addresses))
        .route("/bronnen", get(sources::page))
        .route("/dekking", get(coverage::country))
        .route("/dekking/{province}", get(coverage::province))
        .route("/dekking/{province}/{code}", get(coverage::authority))
        .route("/assets/{name}", get(assets::asset))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(sent::LONGEST_FORM))
}

/// What a form sent; where it is none, the page that says so.
#[expect(clippy::result_large_err, reason = "a refusal is a whole page, made once a request at most")]
fn read(app: &App, query: Option<&str>) -> Result<form::Form, Response> {
    let refuse = |why: String| {
        message(&app.site, StatusCode::BAD_REQUEST, "Deze vraag kan niet worden beantwoord", &why)
    };
    form::Form::read(query).map_err(refuse)
}

/// Runs a page's query.
async fn ask(app: &App, document: &str, variables: Value) -> Result<Value, Response> {
    run(app, Request::new(document).variables(Variables::from_json(variables))).await
}

/// Runs a page's mutation, for a visitor.
async fn wish(
    app: &App,
    document: &str,
    variables: Value,
    visitor: Option<Extension<Visitor>>,
) -> Result<Value, Response> {
    let request = Request::new(document).variables(Variables::from_json(variables));
    run(app, Visitor::of(visitor, request)).await
}

async fn run(app: &App, request: Request) -> Result<Value, Response> {
    let response = graphql::execute(&app.schema, request, None).await;
    if let Some(error) = response.errors.first() {
        let (status, title, why) = dutch::refusal(error);
        return Err(message(&app.site, status, title, why));
    }
    response
        .data
        .into_json()
        .map_err(|_| message(&app.site, StatusCode::INTERNAL_SERVER_ERROR, "Er ging iets mis", ""))
}

/// Pours data into a template.
fn pour(site: &Site, status: StatusCode, template: &str, data: minijinja::Value) -> Response {
    let site = json!({"operator": site.operator, "contact": site.contact, "reach": site.reach()});
    let context = context! {
        site => minijinja::Value::from(minijinja::value::Serde(&site)),
        ..data
    };
    let rendered = TEMPLATES.get_template(template).and_then(|template| template.render(context));
    match rendered {
        Ok(html) => (status, Html(html)).into_response(),
        Err(why) => {
            tracing::error!(template.name = template, error = %why, "a page cannot be drawn");
            (StatusCode::INTERNAL_SERVER_ERROR, "Er ging iets mis.").into_response()
        }
    }
}

pub fn message(site: &Site, status: StatusCode, title: &str, text: &str) -> Response {
    pour(site, status, "message.html", record("", &json!({"title": title, "text": text})))
}

/// The answer for every other address.
async fn not_found(State(app): State<App>, uri: Uri) -> Response {
    message(
        &app.site,
        StatusCode::NOT_FOUND,
        "Deze pagina bestaat niet",
        &format!("Op {} is niets te vinden.", uri.path()),
    )
}
