//! A walk over every page of the made-up country, by its links and by the ids of all things: no page shows a hole, a name of
//! nothing, a link to nowhere or words of a program.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::{body::Body, http::Request};
use raadhuis_store::{Filter, visit_each};
use raadhuis_tests::World;
use raadhuis_text::pdf::pdfium;
use scraper::{ElementRef, Html, Selector};

use crate::WORKER;

/// What a template shows where a value is missing.
const HOLES: [&str; 7] = ["none", "null", "undefined", "nan", "true", "false", "some"];

/// Words that no Dutch sentence of ours has.
const ENGLISH: [&str; 13] = [
    "the", "error", "invalid", "failed", "unknown", "expected", "missing", "must", "cannot", "found", "with",
    "should", "nothing",
];

fn select<'a>(page: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(css).unwrap()).collect()
}

fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a reader sees of a page, without code and what is marked as another language.
fn seen(element: ElementRef<'_>, text: &mut String) {
    for child in element.children() {
        if let Some(words) = child.value().as_text() {
            text.push_str(words);
            text.push(' ');
        } else if let Some(child) = ElementRef::wrap(child)
            && !matches!(child.value().name(), "code" | "script" | "style" | "pre")
            && child.attr("lang").is_none()
        {
            seen(child, text);
        }
    }
}

/// What is wrong with a page.
fn wrongs(page: &Html) -> Vec<String> {
    let mut wrong = Vec::new();
    for element in
        select(page, "h1, h2, h3, a, dt, dd, th, caption, summary, option, label, li, button, title")
    {
        let said = words(element);
        let is_hole =
            said.is_empty() && !(element.value().name() == "option" && element.attr("value").is_some());
        if is_hole || said.starts_with([':', ',', ';', '·', ')']) || said.ends_with([':', ',', '·', '(']) {
            wrong.push(format!("<{}> says {said:?}", element.value().name()));
        }
    }
    let mut text = String::new();
    // What councils publish may say anything; what stands around it is ours.
    for element in select(page, "body") {
        seen(element, &mut text);
    }
    let tokens: BTreeSet<String> =
        text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    for word in HOLES.iter().chain(&ENGLISH).filter(|word| tokens.contains(**word)) {
        let at = text.to_lowercase().find(&format!(" {word}")).unwrap_or(0);
        let around: String = text
            .chars()
            .skip(text[..at.min(text.len())].chars().count().saturating_sub(40))
            .take(100)
            .collect();
        wrong.push(format!("{word:?} in {:?}", around.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    if text.contains("{{") || text.contains("{%") {
        wrong.push("it shows a template".to_owned());
    }
    wrong
}

/// The address of a link within this service, without its fragment, and the fragment.
fn within(href: &str) -> Option<(String, Option<String>)> {
    let (path, fragment) =
        href.split_once('#').map_or((href, None), |(path, it)| (path, Some(it.to_owned())));
    path.starts_with('/').then(|| (path.to_owned(), fragment))
}

#[tokio::test]
async fn no_page_of_the_country_has_a_hole_or_a_dead_link() {
    let world = World::new(WORKER).await;
    world.harvest_all().await;
    world.keep_up().await;
    let mut todo: VecDeque<String> = [
        "/",
        "/?q=brug",
        "/?q=raad&soort=MOTION",
        "/bronnen",
        "/melden",
        "/privacy",
        "/v1",
        "/meldingen?q=brug",
    ]
    .map(str::to_owned)
    .into();
    visit_each(&world.harvester.store, &Filter::default(), |stored| {
        todo.push_back(format!("/id/{}", stored.entity.id()));
    })
    .await
    .unwrap();
    let (mut seen, mut wrong) = (BTreeMap::<String, Option<BTreeSet<String>>>::new(), Vec::new());
    // From where a fragment of an address is pointed at.
    let mut fragments: Vec<(String, String, String)> = Vec::new();
    let mut pages = 0;
    while let Some(address) = todo.pop_front() {
        if seen.contains_key(&address) {
            continue;
        }
        let request = Request::get(&address).header("accept", "text/html").body(Body::empty()).unwrap();
        let response = world.respond(request).await;
        let (status, head) = (response.status().as_u16(), response.headers().clone());
        if status != 200 {
            wrong.push(format!("{address}: {status}"));
        }
        if head.get("content-type").is_none_or(|kind| !kind.as_bytes().starts_with(b"text/html")) {
            seen.insert(address, None);
            continue;
        }
        let bytes = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        pages += 1;
        let page = Html::parse_document(&body);
        wrong.extend(wrongs(&page).into_iter().map(|what| format!("{address}: {what}")));
        let ids = select(&page, "[id]").iter().filter_map(|it| it.attr("id")).map(str::to_owned).collect();
        for link in select(&page, "a[href]") {
            let href = link.attr("href").unwrap_or_default();
            let Some((path, fragment)) = within(href) else {
                let is_known = href.starts_with('#')
                    || href.starts_with("https://")
                    || href.starts_with("http://")
                    || href.starts_with("mailto:");
                if !is_known {
                    wrong.push(format!("{address}: a link to {href:?}"));
                }
                continue;
            };
            if let Some(fragment) = fragment {
                fragments.push((address.clone(), path.clone(), fragment));
            }
            // Every way to refine a search leads to others without end: each is tried from the first pages only.
            let is_endless =
                link.attr("rel") == Some("nofollow") || path.contains("na=") || path.contains("?jaar=");
            if !is_endless || pages < 12 {
                todo.push_back(path);
            }
        }
        seen.insert(address, Some(ids));
    }
    for (from, path, fragment) in fragments {
        if seen.get(&path).is_some_and(|ids| ids.as_ref().is_some_and(|ids| !ids.contains(&fragment))) {
            wrong.push(format!("{from}: {path} has no {fragment:?}"));
        }
    }
    eprintln!("{pages} pages, {} addresses", seen.len());
    assert!(pages > 500, "{pages}");
    assert!(wrong.is_empty(), "{} wrongs:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

#[tokio::test]
async fn a_refusal_speaks_dutch() {
    let world = World::harvested(WORKER).await;
    for (address, status) in [
        ("/?van=gisteren", 400),
        ("/?soort=ONZIN", 400),
        ("/?na=onzin&q=brug", 400),
        ("/?q=a*", 400),
        ("/?q=kleur:rood", 400),
        ("/?q=kind:onzin", 400),
        ("/?q=brug+NEAR/900+haven", 400),
        ("/?datum=morgen", 400),
        ("/?volgorde=ANDERSOM", 400),
        ("/?zoek=brug", 400),
        ("/?bij=Nergenshuizen", 200),
        ("/id/onzin", 404),
        ("/id/document:notubiz:9101:1", 404),
        ("/nergens", 404),
        ("/dekking/nergens", 404),
        ("/dekking/middenland/gm0000", 404),
        ("/dekking.csv?provincie=nergens", 404),
        ("/zoeken.csv?soort=ONZIN", 400),
        ("/zoeken.atom?volgorde=MATCH", 400),
        ("/vergaderingen.ics", 400),
        ("/vergaderingen.ics?overheid=gm0000", 404),
        ("/meldingen/beheren?sleutel=onzin", 404),
        ("/meldingen/bevestigen", 400),
        ("/id/document:notubiz:9101:9101001?na=onzin", 400),
        ("/id/document:notubiz:9101:9101001?bladzijde=nul", 400),
    ] {
        let (said, body) = world.page(address).await;
        assert_eq!(said.as_u16(), status, "{address}: {body:.2000}");
        let page = Html::parse_document(&body);
        let wrong = wrongs(&page);
        assert!(wrong.is_empty(), "{address}: {wrong:?}");
    }
}

#[tokio::test]
async fn a_vote_says_who_voted_what_and_both_counts_where_they_differ() {
    let world = World::new(WORKER).await;
    world.harvest_all().await;
    let (mut events, mut differ, mut named, mut parties) = (Vec::new(), 0, 0, 0);
    let filter = Filter { kinds: vec![raadhuis_schema::Kind::VoteEvent], ..Filter::default() };
    visit_each(&world.harvester.store, &filter, |stored| events.push(stored.entity.id().clone()))
        .await
        .unwrap();
    assert!(events.len() > 3, "{}", events.len());
    for id in events {
        let (_, body) = world.page(&format!("/id/{id}")).await;
        let page = Html::parse_document(&body);
        let rows: Vec<Vec<String>> = select(&page, "tbody tr")
            .into_iter()
            .map(|row| row.child_elements().map(words).collect())
            .collect();
        let choices = ["voor", "tegen", "onthouden", "afwezig", "onbekend"];
        for row in &rows {
            assert!(
                row.len() == 4 && !row[0].is_empty() && choices.contains(&row[2].as_str()),
                "{id}: {row:?}"
            );
            named += usize::from(!row[0].starts_with("De fractie") && !row[0].starts_with("Lid "));
            parties += usize::from(row[0] == "De fractie" && row[1] != "niet genoemd");
        }
        let says = words(select(&page, "main")[0]);
        if says.contains("tellen niet op") {
            differ += 1;
            assert!(says.contains("Geteld") && says.contains("Volgens de bron"), "{id}");
        }
    }
    assert!(differ >= 1 && named >= 5, "{differ} differ, {named} named, {parties} parties");
}

#[tokio::test]
async fn a_hit_beyond_page_twenty_opens_there() {
    let world = World::new(WORKER).await;
    let mut pages: Vec<Vec<String>> =
        (1..=60).map(|n| vec![format!("Bladzijde {n} gaat over de begroting.")]).collect();
    pages[46].push("Hier staat de kwartelkoning.".to_owned());
    let paper = raadhuis_fixtures::sim::paper::pdf(&pages);
    world.country.lock().unwrap().put("documents/9101002-1.pdf", paper);
    world.harvest("middenland").await;
    world.harvest("waterdam").await;
    world.keep_up().await;
    let (_, body) = world.page("/?q=kwartelkoning").await;
    let page = Html::parse_document(&body);
    let link = select(&page, "a.place")[0].attr("href").unwrap().to_owned();
    assert_eq!(link, "/id/document:notubiz:9101:9101002?bladzijde=47#bladzijde-47");
    let (_, body) = world.page(link.split('#').next().unwrap()).await;
    let page = Html::parse_document(&body);
    let there = select(&page, "#bladzijde-47");
    assert!(there.len() == 1 && words(there[0]).contains("kwartelkoning"), "{body:.3000}");
    // A page has a picture only where something paints it.
    assert_eq!(select(&page, "a[href$='/image']").is_empty(), pdfium::find_library().is_none());
}

#[tokio::test]
async fn an_authority_is_chosen_by_its_name_without_script() {
    let world = World::new(WORKER).await;
    world.harvest_all().await;
    world.keep_up().await;
    let (_, start) = world.page("/").await;
    let page = Html::parse_document(&start);
    let names: Vec<String> = select(&page, "datalist option")
        .iter()
        .filter_map(|it| it.attr("value"))
        .map(str::to_owned)
        .collect();
    assert!(names.contains(&"Waterdam (gemeente)".to_owned()) && names.len() >= 5, "{names:?}");
    let known = format!("van {} overheden", names.len());
    assert!(words(select(&page, "main")[0]).contains(&known), "{known}");
    let get = async |address: &str| {
        let request = Request::get(address).body(Body::empty()).unwrap();
        let response = world.respond(request).await;
        let to = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (response.status().as_u16(), to)
    };
    for typed in ["Waterdam+%28gemeente%29", "waterdam", "WATERD"] {
        let (status, to) = get(&format!("/?q=brug&bij={typed}")).await;
        assert_eq!(
            (status, to.as_deref()),
            (303, Some("/?q=brug&overheid=authority%3Anl%3Atooi%3Agm9101")),
            "{typed}"
        );
    }
    let (status, found) = world.page("/?q=brug&overheid=authority%3Anl%3Atooi%3Agm9101").await;
    assert!(status.as_u16() == 200 && found.contains("aria-current=\"true\""));
    // A mistake is asked about; what is none is said so.
    let (_, asked) = world.page("/?bij=waterdma").await;
    assert!(asked.contains("Bedoelde u met") && asked.contains("Waterdam (gemeente)</a>"), "{asked:.2500}");
    assert!(world.page("/?bij=Nergenshuizen").await.1.contains("hebben wij niets"));
}

#[tokio::test]
async fn one_verdict_stands_on_both_pages_and_in_the_tables() {
    let world = World::new(WORKER).await;
    world.harvest_all().await;
    let (_, sources) = world.page("/bronnen").await;
    let page = Html::parse_document(&sources);
    let mut verdicts = BTreeMap::new();
    for section in select(&page, "main section") {
        let one =
            |css: &str| section.select(&Selector::parse(css).unwrap()).next().map(words).unwrap_or_default();
        verdicts.insert(one("h2"), one("dd strong"));
    }
    let (_, table) = world.page("/dekking.csv").await;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let place = |name: &str, head: &csv::StringRecord| head.iter().position(|column| column == name).unwrap();
    let head = reader.headers().unwrap().clone();
    let mut compared = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let (source, state) = (&row[place("bron", &head)], &row[place("staat", &head)]);
        if let Some(verdict) = verdicts.get(source) {
            assert_eq!(verdict.to_lowercase(), state, "{source}");
            compared += 1;
        }
        for column in ["periode_van", "periode_tot", "geoogst_datum"] {
            let day = &row[place(column, &head)];
            assert!(day.is_empty() || day.len() == 10 && day.as_bytes()[4] == b'-', "{column}: {day:?}");
        }
    }
    assert!(compared >= 5, "{compared}");
    let (_, excel) = world.page("/dekking.excel.csv?provincie=middenland").await;
    assert!(
        excel.starts_with("\u{FEFF}overheid;soort;code;") && excel.contains(";Middenland;"),
        "{excel:.400}"
    );
    let (_, list) = world.page("/zoeken.csv?q=raad").await;
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    let head = reader.headers().unwrap().clone();
    for row in reader.records() {
        let row = row.unwrap();
        let (day, time) = (&row[place("datum", &head)], &row[place("tijd", &head)]);
        assert!((day.is_empty() || day.len() == 10) && (time.is_empty() || time.len() == 5), "{row:?}");
    }
    let (_, excel) = world.page("/zoeken.excel.csv?q=raad").await;
    assert!(excel.starts_with("\u{FEFF}soort;titel;overheid;datum;tijd;"), "{excel:.200}");
}

#[test]
fn letters_stand_out_from_what_is_behind_them_in_light_and_in_dark() {
    let sheet = include_str!("../../api/assets/style.css");
    let colours = |block: &str| -> BTreeMap<String, [f64; 3]> {
        let declarations = block.split('}').next().unwrap().split(';').filter_map(|it| it.split_once(": #"));
        let part =
            |hex: &str, at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        let one = |(name, hex): (&str, &str)| {
            let name = name.trim().trim_start_matches("--").to_owned();
            (name, [part(hex, 0), part(hex, 2), part(hex, 4)])
        };
        declarations.map(one).collect()
    };
    let luminance = |colour: [f64; 3]| {
        let [red, green, blue] = colour
            .map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let contrast = |a: [f64; 3], b: [f64; 3]| {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    };
    let schemes: Vec<_> = sheet.split(":root {").skip(1).map(colours).collect();
    assert_eq!(schemes.len(), 2);
    for (name, scheme) in ["light", "dark"].into_iter().zip(&schemes) {
        for (front, behind) in [
            ("ink", "paper"),
            ("soft", "paper"),
            ("link", "paper"),
            ("accent", "paper"),
            ("warn", "paper"),
            ("ink", "mark"),
            ("link", "mark"),
            ("paper", "accent"),
        ] {
            let found = contrast(scheme[front], scheme[behind]);
            assert!(found >= 4.5, "{name}: {front} on {behind} is {found:.2}");
        }
    }
}
