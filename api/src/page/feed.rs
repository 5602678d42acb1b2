//! What a search found last, as Atom and as JSON Feed: the newest of what we saw first.

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{ask, filters::dutch_word, form::Form, message};
use crate::{
    App,
    etag::{answer, tag_of},
};

/// As Atom (RFC 4287).
pub async fn atom(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match found(&app, query.as_deref()).await {
        Ok((form, search)) => {
            let body = as_atom(&search, &form, &base(&app, &headers));
            let tag = tag_of(&[&body]);
            answer("application/atom+xml; charset=utf-8", body, &tag, &headers)
        }
        Err(refusal) => refusal,
    }
}

/// As JSON Feed 1.1.
pub async fn json(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match found(&app, query.as_deref()).await {
        Ok((form, search)) => {
            let body = as_json(&search, &form, &base(&app, &headers)).to_string();
            let tag = tag_of(&[&body]);
            answer("application/feed+json", body, &tag, &headers)
        }
        Err(refusal) => refusal,
    }
}

/// The public address of this service: as the operator says, else as the visitor came here.
pub fn base(app: &App, headers: &HeaderMap) -> String {
    let came = || {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        host.chars().all(is_host).then(|| format!("http://{host}"))
    };
    app.site.address.clone().or_else(came).unwrap_or_default()
}

async fn found(app: &App, query: Option<&str>) -> Result<(Form, Value), Response> {
    let refuse =
        |why: &str| message(&app.site, StatusCode::BAD_REQUEST, "Deze vraag kan niet worden beantwoord", why);
    let form = Form::read(query).map_err(|why| refuse(&why))?;
    if form.get("volgorde").is_some() || form.get("na").is_some() {
        return Err(refuse(
            "Wat u volgt komt altijd in de volgorde waarin wij het zagen, het nieuwste eerst.",
        ));
    }
    let mut data = ask(app, include_str!("../../queries/feed.graphql"), form.variables()).await?;
    Ok((form, data["search"].take()))
}

/// One thing that was found, as both formats need it.
struct Item<'a> {
    id: String,
    address: String,
    title: String,
    text: String,
    seen: &'a str,
    authority: &'a str,
    file: Option<&'a str>,
}

fn items<'a>(search: &'a Value, base: &str) -> Vec<Item<'a>> {
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
        Item {
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

fn title(search: &Value) -> String {
    match search["understood"].as_str().filter(|text| !text.is_empty()) {
        Some(words) => format!("Raadhuis: {words}"),
        None => "Raadhuis".to_owned(),
    }
}

fn as_atom(search: &Value, form: &Form, base: &str) -> String {
    let moment = |text: &str| FixedDateTime::parse_from_rfc3339(text).ok();
    let link = |rel: &str, href: String| Link { rel: rel.to_owned(), href, ..Link::default() };
    let items = items(search, base);
    let entries: Vec<Entry> = items
        .iter()
        .map(|item| {
            let mut links = vec![link("alternate", item.address.clone())];
            links.extend(item.file.map(|file| link("related", file.to_owned())));
            let seen = moment(item.seen).unwrap_or_default();
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
        title: Text::plain(title(search)),
        updated: items.first().and_then(|item| moment(item.seen)).unwrap_or_default(),
        generator: Some(Generator { value: "Raadhuis".into(), ..Generator::default() }),
        links: vec![link("self", own), link("alternate", form.address(&format!("{base}/")))],
        lang: Some("nl".into()),
        entries,
        ..Feed::default()
    };
    feed.to_string()
}

fn as_json(search: &Value, form: &Form, base: &str) -> Value {
    let items: Vec<Value> = items(search, base)
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
        "title": title(search),
        "language": "nl",
        "home_page_url": form.address(&format!("{base}/")),
        "feed_url": form.address(&format!("{base}/zoeken.json")),
        "items": items,
    })
}
