//! Plain pages: each runs a GraphQL document in this process and renders the answer with a template. Pages have no other
//! access to data.

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

use crate::{App, Site, graphql, middleware::visitor::Visitor};

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

use record::template_data;

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
    filters::add_filters(&mut environment);
    environment
});

/// The router of the lists for programs: CSV, feeds and calendar.
pub fn list_routes() -> Router<App> {
    Router::new()
        .route("/zoeken.csv", get(csv::send_list))
        .route("/zoeken.excel.csv", get(csv::send_list_for_excel))
        .route("/dekking.csv", get(table::send_list))
        .route("/dekking.excel.csv", get(table::send_list_for_excel))
        .route("/zoeken.atom", get(feed::send_atom))
        .route("/zoeken.json", get(feed::send_json))
        .route("/vergaderingen.ics", get(calendar::meetings))
}

pub fn page_routes() -> Router<App> {
    Router::new()
        .route("/", get(start::show_start))
        .route("/id/{id}", get(entity::show_entity))
        .route("/meldingen", get(alert::show_form).post(alert::request_alert))
        .route("/meldingen/bevestigen", get(alert::show_confirm).post(alert::confirm_alert))
        .route("/meldingen/beheren", get(alert::show_alert).post(alert::change_alert))
        .route("/meldingen/opzeggen", get(alert::show_end).post(alert::end_alert))
        .route("/melden", get(report::show_form).post(report::send_report))
        .route("/privacy", get(privacy::show_privacy))
        .route("/v1", get(privacy::show_addresses))
        .route("/bronnen", get(sources::show_sources))
        .route("/dekking", get(coverage::country))
        .route("/dekking/{province}", get(coverage::province))
        .route("/dekking/{province}/{code}", get(coverage::authority))
        .route("/assets/{name}", get(assets::send_asset))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(sent::LONGEST_FORM))
}

/// Parses the search form; the error is a page.
#[expect(clippy::result_large_err, reason = "a refusal is a whole page, made once a request at most")]
fn parse_form(app: &App, query: Option<&str>) -> Result<form::SearchForm, Response> {
    form::SearchForm::parse(query).map_err(|why| sent::refuse_input(app, StatusCode::BAD_REQUEST, &why))
}

async fn run_query(app: &App, document: &str, variables: Value) -> Result<Value, Response> {
    execute_request(app, Request::new(document).variables(Variables::from_json(variables))).await
}

/// Runs a page's mutation, which is charged to the visitor.
async fn run_mutation(
    app: &App,
    document: &str,
    variables: Value,
    visitor: Option<Extension<Visitor>>,
) -> Result<Value, Response> {
    let request = Request::new(document).variables(Variables::from_json(variables));
    execute_request(app, Visitor::attach_to(visitor, request)).await
}

async fn execute_request(app: &App, request: Request) -> Result<Value, Response> {
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

/// Renders a template with data and the settings of the site.
fn render_page(site: &Site, status: StatusCode, template: &str, data: minijinja::Value) -> Response {
    let site = json!({"operator": site.operator, "contact": site.contact, "reach": site.contact_link()});
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
    render_page(site, status, "message.html", template_data("", &json!({"title": title, "text": text})))
}

async fn not_found(State(app): State<App>, uri: Uri) -> Response {
    message(
        &app.site,
        StatusCode::NOT_FOUND,
        "Deze pagina bestaat niet",
        &format!("Op {} is niets te vinden.", uri.path()),
    )
}
