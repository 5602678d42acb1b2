//! What must hold of any text as a query of search or of the graph, for the fuzzer.

use raadhuis_api::graphql::limits::parse_bounded;
use raadhuis_search::{Query, dutch::split_words, snippet::Marker};

/// A paper that has something for most queries.
const PAPER: &str = "De fietsbrug bij de Oude Haven van 's-Gravenhage kost € 1.250.000; zie RIS321030 en 2024-00123. Foto's van \
                     het windturbine-park, de B.V. en Nijkerk staan in de bijlage.";

/// Understands a query, says it again, and marks it in texts.
pub fn understood(text: &str) {
    let Ok(query) = Query::parse(text) else { return };
    let understood = query.understood();
    let again = Query::parse(&understood).unwrap();
    assert_eq!(again.understood(), understood);
    let marker = Marker::new(&query);
    for text in [PAPER, text] {
        let (best, pages) = marker.fragments([text], 3);
        assert_eq!(best.len(), pages.len().min(3));
        assert!(split_words(text).len() >= marker.mark_hits(text).ranges.len());
    }
}

/// Parses any text as a GraphQL query on a small stack.
pub fn parsed_as_graphql(text: &str) {
    std::thread::scope(|scope| {
        let parse = || drop(parse_bounded(text));
        std::thread::Builder::new().stack_size(512 * 1024).spawn_scoped(scope, parse).unwrap();
    });
}
