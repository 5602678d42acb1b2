//! The four calls of a browser extension that shows which papers lie behind an article, over twenty articles of newspapers that
//! do not exist.

use raadhuis_tests::World;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::WORKER;

const SOURCES: [&str; 6] = ["waterdam", "middenland", "duinstede", "heidekerk", "rietlanden", "veenhoven"];

#[derive(Deserialize)]
struct Articles {
    article: Vec<Article>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Article {
    title: String,
    text: String,
    published_at: String,
    about: Vec<String>,
}

impl Article {
    fn input(&self) -> Value {
        json!({"title": self.title, "text": self.text, "publishedAt": self.published_at})
    }
}

fn articles() -> Vec<Article> {
    toml::from_str::<Articles>(include_str!("../related/articles.toml")).unwrap().article
}

#[tokio::test]
async fn the_paper_behind_an_article_is_among_the_first_three_and_nothing_lies_behind_the_others() {
    let world = World::new(WORKER).await;
    for source in SOURCES {
        world.harvest(source).await;
    }
    // Whom one may choose from.
    let whose = include_str!("../../api/queries/screens/12-personalise.graphql");
    let whose = world.data(whose, json!({})).await["authorities"]["nodes"].clone();
    assert_eq!(whose.as_array().unwrap().len(), SOURCES.len());
    let side = include_str!("../../api/queries/screens/10-news-side-panel.graphql");
    let (mut right, mut wrong) = (0, Vec::new());
    let articles = articles();
    let mut counts = Vec::new();
    for article in &articles {
        let found = world.data(side, json!({"article": article.input()})).await["relatedTo"].clone();
        let edges = found["results"]["edges"].as_array().unwrap();
        let ids: Vec<&str> = edges.iter().map(|edge| edge["node"]["id"].as_str().unwrap()).collect();
        counts.push(found["results"]["totalCount"].clone());
        let is_right = if article.about.is_empty() {
            ids.is_empty()
        } else {
            ids.iter().take(3).any(|id| article.about.iter().any(|about| about == id))
        };
        right += u32::from(is_right && !article.about.is_empty());
        if !is_right {
            wrong.push(format!("{}: {ids:?} by {}", article.title, found["termsUsed"]));
        }
        if is_right && !article.about.is_empty() {
            let first = &edges[0];
            assert!(first["node"]["authority"]["name"].is_string() && first["title"]["text"].is_string());
            assert!(found["termsUsed"].as_array().unwrap().len() >= 3);
        }
    }
    eprintln!("{right} of ten have the right paper among the first three; wrong: {wrong:#?}");
    assert!(right >= 9, "{wrong:#?}");
    let noise = wrong.len() - usize::try_from(10 - right).unwrap();
    assert_eq!(noise, 0, "{wrong:#?}");
    // The icons beside the headlines say the same.
    let icons = include_str!("../../api/queries/screens/11-news-overview-icons.graphql");
    let asked: Vec<_> = articles
        .iter()
        .enumerate()
        .map(|(at, it)| json!({"id": at.to_string(), "article": it.input()}))
        .collect();
    let counted = world.data(icons, json!({"articles": asked})).await["relatedCounts"].clone();
    let counted: Vec<_> = counted.as_array().unwrap().iter().map(|it| it["count"].clone()).collect();
    assert_eq!(counted, counts);
    // Whoever does not send the article gives words, and narrows it to a place.
    let terms = json!({"terms": ["fietsbrug", "Oude Haven", "krediet"], "publishedAt": "2026-03-21"});
    let ask = async |whose: &str| {
        let filter = json!({"authorities": [whose]});
        world.data(side, json!({"article": terms, "filter": filter})).await["relatedTo"]["results"]["totalCount"].clone()
    };
    assert!(ask("GM9101").await.as_u64().unwrap() > 0);
    assert_eq!(ask("PV9102").await, 0);
}
