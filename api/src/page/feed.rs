//! The newest results of a search as Atom and as JSON Feed, ordered by the time at which we first saw them.

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{filters::dutch_word, form::SearchForm, run_query, sent::refuse_input};
use crate::{
    App,
    etag::{answer_cacheable, tag_of},
};

/// Handler of `/zoeken.atom` (RFC 4287).
pub async fn send_atom(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match run_search(&app, query.as_deref()).await {
        Ok((form, search)) => {
            let body = as_atom(&search, &form, &public_address(&app, &headers));
            let tag = tag_of(&[&body]);
            answer_cacheable("application/atom+xml; charset=utf-8", body, &tag, &headers)
        }
        Err(refusal) => refusal,
    }
}

/// Handler of `/zoeken.json` (JSON Feed 1.1).
pub async fn send_json(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match run_search(&app, query.as_deref()).await {
        Ok((form, search)) => {
            let body = as_json(&search, &form, &public_address(&app, &headers)).to_string();
            let tag = tag_of(&[&body]);
            answer_cacheable("application/feed+json", body, &tag, &headers)
        }
        Err(refusal) => refusal,
    }
}

/// The public address of this service: from the operator's settings, else from the request's `Host`.
pub fn public_address(app: &App, headers: &HeaderMap) -> String {
    app.site.address.clone().or_else(|| requested_address(headers)).unwrap_or_default()
}

/// The address in the request's `Host`, if that is a host name.
fn requested_address(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let is_name = host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    is_name.then(|| format!("http://{host}"))
}

async fn run_search(app: &App, query: Option<&str>) -> Result<(SearchForm, Value), Response> {
    let form = SearchForm::parse(query).map_err(|why| refuse_input(app, StatusCode::BAD_REQUEST, &why))?;
    if form.get("volgorde").is_some() || form.get("na").is_some() {
        return Err(refuse_input(
            app,
            StatusCode::BAD_REQUEST,
            "Wat u volgt komt altijd in de volgorde waarin wij het zagen, het nieuwste eerst.",
        ));
    }
    let mut data = run_query(app, include_str!("../../queries/feed.graphql"), form.variables()).await?;
    Ok((form, data["search"].take()))
}

/// One result, as both formats need it.
struct FeedItem<'a> {
    id: String,
    address: String,
    title: String,
    text: String,
    seen: &'a str,
    authority: &'a str,
    file: Option<&'a str>,
}

fn build_items<'a>(search: &'a Value, base: &str) -> Vec<FeedItem<'a>> {
    let of = |edge: &'a Value| {
        let node = &edge["node"];
        let id = node["id"].as_str().unwrap_or_default();
        let kind = dutch_word(node["__typename"].as_str().unwrap_or_default());
        let authority = node["authority"]["name"].as_str().unwrap_or_default();
        let title = edge["title"]["text"].as_str().filter(|text| !text.is_empty()).unwrap_or(kind);
        let fragments = edge["fragments"].as_array().into_iter().flatten().map(|it| {
            let text = it["snippet"]["text"].as_str().unwrap_or_default();
            it["page"].as_u64().map_or_else(|| text.to_owned(), |page| format!("Pagina {page}: {text}"))
        });
        FeedItem {
            id: format!("urn:raadhuis:{id}"),
            address: format!("{base}/id/{id}"),
            title: format!("{title} ({kind}, {authority})"),
            text: fragments.collect::<Vec<_>>().join("\n"),
            seen: node["provenance"]["firstSeen"].as_str().unwrap_or_default(),
            authority,
            file: node["url"].as_str(),
        }
    };
    search["edges"].as_array().into_iter().flatten().map(of).collect()
}

fn feed_title(search: &Value) -> String {
    match search["understood"].as_str().filter(|text| !text.is_empty()) {
        Some(words) => format!("Raadhuis: {words}"),
        None => "Raadhuis".to_owned(),
    }
}

fn parse_moment(text: &str) -> Option<FixedDateTime> {
    FixedDateTime::parse_from_rfc3339(text).ok()
}

fn new_link(rel: &str, href: String) -> Link {
    Link { rel: rel.to_owned(), href, ..Link::default() }
}

fn as_atom(search: &Value, form: &SearchForm, base: &str) -> String {
    let items = build_items(search, base);
    let entries: Vec<Entry> = items
        .iter()
        .map(|item| {
            let mut links = vec![new_link("alternate", item.address.clone())];
            links.extend(item.file.map(|file| new_link("related", file.to_owned())));
            let seen = parse_moment(item.seen).unwrap_or_default();
            Entry {
                id: item.id.clone(),
                title: Text::plain(item.title.clone()),
                updated: seen,
                published: Some(seen),
                authors: vec![Person { name: item.authority.to_owned(), ..Person::default() }],
                links,
                content: Some(Content {
                    value: Some(item.text.clone()),
                    content_type: Some("text".into()),
                    ..Content::default()
                }),
                ..Entry::default()
            }
        })
        .collect();
    let own = form.address(&format!("{base}/zoeken.atom"));
    let feed = Feed {
        id: own.clone(),
        title: Text::plain(feed_title(search)),
        updated: items.first().and_then(|item| parse_moment(item.seen)).unwrap_or_default(),
        generator: Some(Generator { value: "Raadhuis".into(), ..Generator::default() }),
        links: vec![new_link("self", own), new_link("alternate", form.address(&format!("{base}/")))],
        lang: Some("nl".into()),
        entries,
        ..Feed::default()
    };
    feed.to_string()
}

fn as_json(search: &Value, form: &SearchForm, base: &str) -> Value {
    let items: Vec<Value> = build_items(search, base)
        .into_iter()
        .map(|item| {
            let mut it = json!({
                "id": item.id,
                "url": item.address,
                "title": item.title,
                "content_text": item.text,
                "date_published": item.seen,
                "authors": [{"name": item.authority}],
            });
            if let Some(file) = item.file {
                it["external_url"] = file.into();
            }
            it
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_title(search),
        "language": "nl",
        "home_page_url": form.address(&format!("{base}/")),
        "feed_url": form.address(&format!("{base}/zoeken.json")),
        "items": items,
    })
}
