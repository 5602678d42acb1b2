//! An entity as JSON or as linked data, for programs that ask for these formats. Pure but for the last function.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use raadhuis_schema::{Entity, EntityId, Id};
use raadhuis_store::Stored;
use serde_json::{Map, Value, json};

use super::line;
use crate::{
    Library,
    graphql::rights::{FILE_TERMS, METADATA_LICENSE},
    link::filter_address,
    problem::{internal_error, problem},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    Html,
    /// All fields, as in the feed.
    Json,
    /// JSON-LD in the vocabulary of schema.org.
    JsonLd,
}

impl Representation {
    /// The format that the `Accept` header prefers; a page without a preference and among equals.
    pub fn preferred_by(headers: &HeaderMap) -> Self {
        let accept = headers.get_all(header::ACCEPT).iter().filter_map(|it| it.to_str().ok());
        let ranges = accept.flat_map(|list| list.split(',')).map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts.find_map(|it| it.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            (kind, weight)
        });
        let mut best = (Self::Html, 0.0);
        for (kind, weight) in ranges {
            let form = match kind.as_str() {
                "text/html" | "application/xhtml+xml" | "*/*" | "text/*" => Self::Html,
                "application/json" | "application/*" => Self::Json,
                "application/ld+json" => Self::JsonLd,
                _ => continue,
            };
            if weight > best.1 || (form == Self::Html && weight >= best.1) {
                best = (form, weight);
            }
        }
        best.0
    }
}

/// An entity in the vocabulary of schema.org. Kinds without a word of their own get the general fields.
pub fn to_json_ld(stored: &Stored) -> Value {
    let it = &stored.entity;
    let mut fields = Map::new();
    let mut say = |name: &str, value: Value| {
        if !value.is_null() {
            fields.insert(name.to_owned(), value);
        }
    };
    say("@context", "https://schema.org".into());
    say("@id", address(it.id()).into());
    say("@type", schema_type(it).into());
    say("identifier", it.id().as_str().into());
    say("name", it.name().into());
    say("sdLicense", METADATA_LICENSE.into());
    say("sdDatePublished", stored.provenance.harvested.to_string().into());
    match it {
        Entity::Authority(it) => {
            say("url", filter_address(it.page.as_ref()).into());
            say("alternateName", it.code.as_str().into());
        }
        Entity::Meeting(it) => {
            say("startDate", it.start.map(|when| when.to_string()).into());
            say("endDate", it.end.map(|when| when.to_string()).into());
            say(
                "location",
                it.location.as_deref().map(|name| json!({"@type": "Place", "name": name})).into(),
            );
            say("description", it.description.as_deref().into());
            say("url", filter_address(it.page.as_ref()).into());
            say("superEvent", it.parent.as_ref().map(Id::as_entity).map_or(Value::Null, reference_to));
        }
        Entity::AgendaItem(it) => say("superEvent", reference_to(it.meeting.as_entity())),
        Entity::Document(it) => {
            say("datePublished", it.date.map(|when| when.to_string()).into());
            say("encodingFormat", it.media_type.as_deref().into());
            say("url", filter_address(it.url.as_ref()).into());
            say("usageInfo", FILE_TERMS.into());
        }
        Entity::Recording(it) => say("recordedAt", reference_to(it.meeting.as_entity())),
        _ => {}
    }
    if !matches!(it, Entity::Authority(_)) {
        let role =
            if matches!(it, Entity::Meeting(_) | Entity::AgendaItem(_)) { "organizer" } else { "publisher" };
        say(role, reference_to(it.authority().as_entity()));
    }
    Value::Object(fields)
}

fn reference_to(id: &EntityId) -> Value {
    json!({"@id": address(id)})
}

/// The address of an entity, from the root of this server.
fn address(id: &EntityId) -> String {
    format!("/id/{id}")
}

const fn schema_type(entity: &Entity) -> &'static str {
    match entity {
        Entity::Authority(_) => "GovernmentOrganization",
        Entity::Committee(_) | Entity::Party(_) => "Organization",
        Entity::Meeting(_) | Entity::AgendaItem(_) => "Event",
        Entity::Person(_) => "Person",
        Entity::Membership(_) => "Role",
        Entity::VoteEvent(_) | Entity::Vote(_) => "VoteAction",
        Entity::Recording(_) => "VideoObject",
        Entity::Chapter(_) | Entity::TranscriptSegment(_) => "Clip",
        Entity::Document(_)
        | Entity::DocumentText(_)
        | Entity::Motion(_)
        | Entity::Proposal(_)
        | Entity::Decision(_)
        | Entity::Commitment(_)
        | Entity::WrittenQuestion(_)
        | Entity::RegisterEntry(_) => "DigitalDocument",
    }
}

fn unknown_entity() -> Response {
    problem(StatusCode::NOT_FOUND, "nothing is known by this id", json!({}))
}

/// Answers with an entity in this format, or 410 with the reason when it is gone.
pub async fn answer_entity(library: &Library, id: &str, form: Representation) -> Response {
    let Ok(id) = id.parse::<EntityId>() else { return unknown_entity() };
    let ids = std::slice::from_ref(&id);
    let stored = match library.store.get(ids).await {
        Ok(mut found) => found.pop(),
        Err(why) => return internal_error(&why),
    };
    let Some(stored) = stored else {
        return match library.store.tombstones(ids).await {
            Ok(gone) => gone.first().map_or_else(unknown_entity, |tombstone| {
                let more =
                    json!({"reason": line::name_reason(tombstone), "since": tombstone.since.to_string()});
                problem(StatusCode::GONE, "this is no longer published here", more)
            }),
            Err(why) => internal_error(&why),
        };
    };
    let (kind, body) = match form {
        Representation::JsonLd => ("application/ld+json", to_json_ld(&stored)),
        Representation::Json | Representation::Html => {
            let body = json!({
                "id": id.as_str(),
                "kind": id.kind().as_str(),
                "entity": line::entity_fields(&stored),
                "provenance": line::provenance(&stored),
                "license": METADATA_LICENSE,
            });
            ("application/json", body)
        }
    };
    ([(header::CONTENT_TYPE, kind), (header::VARY, "accept")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_is_liked_best_is_given() {
        let check = |accept: &str, expected| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(Representation::preferred_by(&headers), expected, "{accept}");
        };
        check("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Representation::Html);
        check("*/*", Representation::Html);
        check("application/json", Representation::Json);
        check("application/ld+json, application/json;q=0.9, text/html;q=0.5", Representation::JsonLd);
        check("text/html;q=0.2, application/json;q=0.7", Representation::Json);
        check("image/png", Representation::Html);
        assert_eq!(Representation::preferred_by(&HeaderMap::new()), Representation::Html);
    }
}
