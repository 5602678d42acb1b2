//! The page of one entity: a meeting with its agenda, a document with its text, or another entity with its fields.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{filters::dutch_word, message, record::template_data, render_page, run_query, sent::Address};
use crate::{
    App,
    rest::linked::{self, Representation},
};

const QUERY: &str = include_str!("../../queries/entity.graphql");

/// The query string: a cursor (`na`) or a page of a long document (`bladzijde`).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntityQuery {
    na: String,
    bladzijde: Option<u32>,
}

/// Handler of `/id/{id}`: a page for people, JSON for programs that ask for it.
pub async fn show_entity(
    State(app): State<App>,
    Path(id): Path<String>,
    Address(shown): Address<EntityQuery>,
    headers: HeaderMap,
) -> Response {
    match Representation::preferred_by(&headers) {
        Representation::Html => {}
        form => return linked::answer_entity(&app.library, &id, form).await,
    }
    let after = (!shown.na.is_empty()).then_some(shown.na);
    let variables =
        json!({"id": id, "after": after, "fromPage": shown.bladzijde.filter(|_| after.is_none())});
    let mut data = match run_query(&app, QUERY, variables).await {
        Ok(data) => data,
        Err(refusal) => return refusal,
    };
    let template = match data.pointer("/node/__typename").and_then(Value::as_str) {
        None if data["tombstone"].is_object() => {
            return message(
                &app.site,
                StatusCode::GONE,
                "Hier niet meer te vinden",
                gone_text(&data["tombstone"]),
            );
        }
        None => {
            let text = "Dit stuk is bij ons onbekend.";
            return message(&app.site, StatusCode::NOT_FOUND, "Niet gevonden", text);
        }
        Some("Meeting") => "meeting.html",
        Some("Document") => "document.html",
        Some("VoteEvent") => "vote.html",
        Some(_) => "entity.html",
    };
    let total = data["node"]["text"]["pagesTotal"].as_u64();
    if let (Some(asked), Some(total)) = (shown.bladzijde, total)
        && u64::from(asked) > total.max(1)
    {
        let text = format!("Dit document heeft {total} bladzijden; bladzijde {asked} is er niet.");
        return message(&app.site, StatusCode::NOT_FOUND, "Niet gevonden", &text);
    }
    data["called"] = entity_title(&data["node"]).into();
    render_page(&app.site, StatusCode::OK, template, template_data(QUERY, &data))
}

/// The title of an entity's page; an entity without a name is called by its kind.
fn entity_title(node: &Value) -> String {
    let text = |field: &str| node[field].as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let kind = dutch_word(node["__typename"].as_str().unwrap_or_default());
    if let Some(choice) = node["choice"].as_str() {
        let who = text("name").or_else(|| text("partyName")).unwrap_or_else(|| "een lid".to_owned());
        return format!("Stem van {who}: {}", dutch_word(choice));
    }
    let named = ["name", "authorityName", "title", "role"].into_iter().find_map(text);
    named.unwrap_or_else(|| match kind {
        "Ondertiteling" | "Tekst" => kind.to_owned(),
        kind => format!("{kind} zonder titel"),
    })
}

/// The reason why an entity is gone, in Dutch.
fn gone_text(tombstone: &Value) -> &'static str {
    match (tombstone["cause"].as_str(), tombstone["reason"].as_str()) {
        (_, Some("PRIVACY")) => "Dit stuk is op verzoek verwijderd om iemands privacy te beschermen.",
        (_, Some("COPYRIGHT")) => {
            "Dit stuk is verwijderd omdat de maker niet toestaat dat wij het verspreiden."
        }
        (_, Some(_)) => "Dit stuk is verwijderd op last van een rechter.",
        (Some("WITHHELD"), _) => "De bron merkt dit stuk aan als niet openbaar.",
        (Some("BLOCKED"), _) => "Dit stuk hoort bij iets dat op verzoek is verwijderd.",
        _ => "De bron heeft dit stuk ingetrokken.",
    }
}
