//! Every list that a stranger gives has a maximum: the schema and the forms name it, and one more is refused.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::WORKER;

/// A list in the schema that a client gives: where it stands, and how many values it may have at most.
#[derive(Debug)]
struct ListInput {
    /// The field or input type, and the argument or input field.
    path: (String, String),
    /// The type of its values.
    of: String,
    most: usize,
}

/// All lists that clients give, with the number that the description of each names.
fn list_inputs(sdl: &str) -> Vec<ListInput> {
    let mut found = Vec::new();
    let (mut owner, mut field, mut is_input, mut in_arguments) = (String::new(), String::new(), false, false);
    let (mut description, mut in_description) = (String::new(), false);
    for line in sdl.lines().map(str::trim) {
        if line == "\"\"\"" {
            in_description = !in_description;
            if in_description {
                description.clear();
            }
            continue;
        }
        if in_description {
            let _ = write!(description, "{line} ");
            continue;
        }
        let words: Vec<&str> = line.split([' ', '{', '(']).collect();
        match words[..] {
            ["input", name, ..] => (owner, is_input) = (name.to_owned(), true),
            ["type" | "enum" | "interface" | "union", name, ..] => {
                (owner, is_input) = (name.to_owned(), false);
            }
            _ => {}
        }
        if let Some(name) = line.strip_suffix('(') {
            (field, in_arguments) = (name.to_owned(), true);
            continue;
        }
        in_arguments &= !line.starts_with(')');
        let Some((name, kind)) = line.split_once(": ").filter(|_| is_input || in_arguments) else { continue };
        if let Some(of) = kind.strip_prefix('[') {
            let lower = description.to_lowercase();
            let most = lower
                .split("at most ")
                .nth(1)
                .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
            let most = most.and_then(|most| most.parse().ok());
            let most =
                most.unwrap_or_else(|| panic!("{owner}.{field}.{name} names no maximum: {description}"));
            let holder = if in_arguments { format!("{owner}.{field}") } else { owner.clone() };
            let of = of.split(['!', ']']).next().unwrap().to_owned();
            found.push(ListInput { path: (holder, name.to_owned()), of, most });
        }
    }
    found
}

/// A query that gives `count` values to a list, with its variables.
fn query_of(list: &ListInput, count: usize) -> (String, Value) {
    let value = match &*list.of {
        "SearchFacet" | "SearchKind" => json!("MEETING"),
        "PaperType" => json!("LETTER"),
        "AuthorityKind" => json!("MUNICIPALITY"),
        "Outcome" => json!("ADOPTED"),
        "ProblemReason" => json!("WRONG"),
        "GlossaryScope" => json!("DOCUMENT"),
        "CountedArticleInput" => json!({"id": "a", "article": {"title": "Fietsbrug"}}),
        _ if list.path.1 == "kinds" => json!("meeting"),
        _ => json!("GM9101"),
    };
    let values = json!(vec![value; count]);
    let kind = &list.of;
    let (query, values) = match (&*list.path.0, &*list.path.1) {
        ("SearchFilter", field) => (
            "query($v: SearchFilter) { search(query: \"brug\", filter: $v) { totalCount } }".to_owned(),
            json!({field: values}),
        ),
        ("AuthorityFilter", field) => (
            "query($v: AuthorityFilter) { authorities(filter: $v) { totalCount } }".to_owned(),
            json!({field: values}),
        ),
        ("ArticleInput", field) => (
            "query($v: ArticleInput!) { relatedTo(article: $v) { query } }".to_owned(),
            json!({field: values}),
        ),
        ("ReportProblemInput", field) => (
            "mutation($v: ReportProblemInput!) { reportProblem(input: $v) { ticket } }".to_owned(),
            json!({field: values, "comment": "Er ontbreekt een bijlage."}),
        ),
        ("Document.termMentions", field) => {
            let document = "document:notubiz:9101:9101001";
            (
                format!(
                    "query($v: [{kind}!]) {{ node(id: \"{document}\") {{ ... on Document {{ termMentions({field}: $v) {{ short }} }} }} }}"
                ),
                values,
            )
        }
        ("Query.search", field) => {
            // Nine facets are nine different ones.
            let all = [
                "KIND",
                "TYPE",
                "AUTHORITY",
                "AUTHORITY_KIND",
                "PROVINCE",
                "PARTY",
                "OUTCOME",
                "YEAR",
                "MONTH",
            ];
            let facets: Vec<&str> = all.into_iter().cycle().take(count).collect();
            (
                format!("query($v: [{kind}!]) {{ search(query: \"brug\", {field}: $v) {{ totalCount }} }}"),
                json!(facets),
            )
        }
        ("Query.changes", field) => {
            (format!("query($v: [{kind}!]) {{ changes({field}: $v) {{ cursor }} }}"), values)
        }
        ("Query.nodes", field) => {
            (format!("query($v: [{kind}!]!) {{ nodes({field}: $v) {{ id }} }}"), values)
        }
        ("Query.relatedCounts", field) => {
            (format!("query($v: [{kind}!]!) {{ relatedCounts({field}: $v) {{ count }} }}"), values)
        }
        (holder, field) => panic!("{holder}.{field} is a list that this test does not know"),
    };
    (query, json!({"v": values}))
}

#[tokio::test]
async fn each_list_of_the_schema_names_its_maximum_and_one_more_is_refused() {
    let world = World::harvested(WORKER).await;
    let lists = list_inputs(&raadhuis_api::graphql::export_sdl());
    assert!(lists.len() >= 17, "{lists:?}");
    for list in lists {
        // What an article costs bounds how many are asked for at once.
        let (query, variables) = query_of(&list, list.most);
        let answer = world.ask(&query, variables).await;
        let is_too_complex = answer["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX";
        assert!(answer.get("errors").is_none() || is_too_complex, "{list:?} {answer:.300}");
        let (query, variables) = query_of(&list, list.most + 1);
        let answer = world.ask(&query, variables).await;
        let why = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(why.contains(&list.most.to_string()) && why.contains(&list.path.1), "{list:?} {why}");
    }
    let twice = "{ search(query: \"brug\", facets: [KIND, YEAR, KIND]) { totalCount } }";
    let answer = world.ask(twice, json!({})).await;
    assert_eq!(answer["errors"][0]["message"], "facets names KIND twice");
}

#[tokio::test]
async fn long_words_are_refused_wherever_they_are_given() {
    let world = World::harvested(WORKER).await;
    let long = "fietsbrug ".repeat(50_000);
    for (query, field) in [
        ("query($v: String!) { search(query: $v) { totalCount } }", "query"),
        ("query($v: String!) { searchPreview(query: $v) { totalCount } }", "query"),
        ("query($v: String!) { feed(query: $v) { atom } }", "query"),
        ("query($v: String!) { authorities(filter: {name: $v}) { totalCount } }", "filter.name"),
        ("query($v: String!) { relatedTo(article: {title: $v}) { query } }", "article.title"),
        ("query($v: String!) { relatedTo(article: {terms: [$v]}) { query } }", "article.terms"),
    ] {
        let answer = world.ask(query, json!({"v": long})).await;
        let why = answer["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("{query} {answer:.300}"));
        assert!(why.contains(field) && why.contains("bytes; at most"), "{query} {why:.300}");
    }
}

#[tokio::test]
async fn an_alert_keeps_no_filter_above_its_limit() {
    let world = World::new(WORKER).await;
    let query = "mutation($v: CreateAlertInput!) { createAlert(input: $v) { status } }";
    let parties: Vec<String> = (0..400).map(|n| format!("Partij voor de Lange Namen {n}")).collect();
    let input = json!({"email": "lezer@waterdam.example", "query": "brug", "filter": {"parties": parties}});
    let answer = world.ask(query, json!({"v": input})).await;
    let why = answer["errors"][0]["message"].as_str().unwrap();
    assert!(why.contains("the filter takes") && why.contains("at most 8192"), "{why}");
}

#[tokio::test]
async fn forms_and_addresses_have_a_maximum_too() {
    let world = World::harvested(WORKER).await;
    let many =
        |name: &str, count: usize| (0..count).map(|n| format!("{name}={n}")).collect::<Vec<_>>().join("&");
    for path in ["/", "/zoeken.csv", "/zoeken.atom", "/zoeken.json", "/meldingen"] {
        let (status, _) = world.page(&format!("{path}?{}", many("partij", 100))).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        for query in [many("partij", 101), format!("partij={}", "x".repeat(4_096))] {
            let (status, page) = world.page(&format!("{path}?{query}")).await;
            assert_eq!(status, StatusCode::URI_TOO_LONG, "{path}");
            assert!(page.contains("hoogstens") && page.len() < 16_000, "{path} {page:.400}");
        }
    }
    for path in ["/dekking/Middenland?na=", "/id/meeting:notubiz:9101:910103?na=", "/melden?id="] {
        let (status, _) = world.page(&format!("{path}{}", "x".repeat(4_096))).await;
        assert_eq!(status, StatusCode::URI_TOO_LONG, "{path}");
    }
    for argument in ["authority=GM9101", "kind=meeting"] {
        let list = |count: usize| vec![argument; count].join("&");
        let (status, _) = world.page(&format!("/v1/changes?{}", list(500))).await;
        assert_eq!(status, StatusCode::OK, "{argument}");
        let (status, problem) = world.page(&format!("/v1/changes?{}", list(501))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{argument}");
        assert!(problem.contains("more than 500 times"), "{problem}");
    }
    let send = async |path: &str, body: String| {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        world.send(request.body(Body::from(body)).unwrap()).await
    };
    for (path, field) in
        [("/meldingen", "zoekvraag"), ("/melden", "toelichting"), ("/meldingen/beheren", "sleutel")]
    {
        let (status, page) = send(path, format!("{field}={}", "x".repeat(40_000))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(page.contains("U stuurde meer dan wij aannemen"), "{path} {page:.400}");
        let (status, page) = send(path, "iets=anders".into()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(page.contains("niet volledig ingevuld"), "{path} {page:.400}");
    }
    let (status, page) =
        send("/meldingen", format!("email=a@b.example&hoe_vaak=DAILY&zoekvraag={}", "q%3D1%26".repeat(101)))
            .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(page.contains("hoogstens 100"), "{page:.400}");
    let (status, page) = world.page("/dekking/Middenland/GM9101?bladzijde=twee").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(page.contains("een getal is er geen"), "{page:.400}");
}
