//! What every engine promises: one table of behaviours × engines.
//!
//! To add a behaviour: a function in `contract/` and its name in the table. To add an engine: a line with how to open it. A
//! behaviour that needs what an engine does not declare among its capabilities is passed over for that engine.

mod changes;
mod dutch;
mod language;
mod results;

use jiff::civil::date;

use crate::{Batch, Entry, Facet, Found, Operator, Query, SearchRequest, SharedSearch};

macro_rules! contract {
    (engines { $($engine:ident: $open:expr;)* } behaviours $behaviours:tt) => {
        $(contract!(@ $engine $open, $behaviours);)*
    };
    (@ $engine:ident $open:expr, { $($room:ident { $($behaviour:ident $([$($needs:ident)*])?)* })* }) => {
        mod $engine {
            use super::Operator;
            $($(#[tokio::test]
            async fn $behaviour() {
                let folder = tempfile::tempdir().unwrap();
                let address: fn(&str) -> Option<String> = $open;
                let Some(address) = address(&folder.path().display().to_string()) else { return };
                let search = crate::open(&address).await.unwrap();
                let needs: &[Operator] = &[$($(Operator::$needs),*)?];
                if needs.iter().all(|needed| search.capabilities().contains(needed)) {
                    super::$room::$behaviour(search).await;
                }
            })*)*
        }
    };
}

contract! {
    engines {
        tantivy: |path| Some(format!("tantivy:{path}"));
        meilisearch: super::server;
    }
    behaviours {
        language {
            all_words_must_occur_wherever_they_stand
            a_phrase_is_found_as_written_only
            a_phrase_in_pieces_is_no_phrase [LongPhrase]
            what_is_denied_is_not_found
            a_quoted_text_may_be_denied
            one_of_several_is_enough [Or]
            brackets_bind [Or]
            a_beginning_finds_all_words_that_begin_so [Prefix]
            words_near_one_another_are_found_in_any_order [Near]
            a_title_is_searched_alone [Title]
            values_are_searched_like_words [Value]
            words_that_stand_nowhere_are_named_with_the_nearest_that_do [DidYouMean]
            nothing_asked_is_everything_and_stray_signs_are_nothing
            words_stand_anywhere_in_a_long_text [WholeText]
        }
        dutch {
            forms_and_accents_of_a_word_are_the_same_word
            compounds_are_found_by_their_parts
            compounds_are_found_apart [Apart]
            hyphens_and_apostrophes_and_dots_do_not_matter
            what_hyphens_join_is_found_apart [Apart]
            numbers_and_codes_are_found_however_they_are_written
            a_quoted_word_is_that_word
        }
        results {
            filters_restrict_by_value
            each_date_has_its_own_filter_and_order
            a_title_weighs_more_than_a_body
            the_word_itself_weighs_more_than_its_forms [Weights]
            newer_weighs_somewhat_more_unless_told_not_to [Weights]
            totals_are_exact_and_pages_hold_every_hit_once
            a_place_that_is_none_is_refused
            identical_files_are_one_result
            facets_ignore_their_own_filter_only
            facets_count_results_and_zeroes_when_asked
        }
        changes {
            what_is_put_in_twice_is_there_once
            what_is_taken_out_is_gone
            the_cursor_comes_with_the_batch
            a_batch_for_elsewhere_in_the_log_is_refused
            a_new_generation_takes_the_place_of_the_old_in_one_step
            a_generation_that_was_not_finished_is_nothing
        }
    }
}

/// An index of its own at the server that the environment names (`RAADHUIS_MEILISEARCH`, such as <http://127.0.0.1:7700>, with its
/// key in `RAADHUIS_SEARCH_KEY`). Without one, its half of the table says that it is skipped.
fn server(path: &str) -> Option<String> {
    let Ok(address) = std::env::var("RAADHUIS_MEILISEARCH") else {
        eprintln!("skipped: RAADHUIS_MEILISEARCH names no server");
        return None;
    };
    let name: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
    Some(format!("meilisearch+{address}/contract-{name}"))
}

/// Nothing is found.
const NONE: [u32; 0] = [];

/// An entry of Waterdam, met on 24 March 2026.
fn entry(id: &str, title: &str, body: &str) -> Entry {
    Entry {
        id: id.parse().unwrap(),
        authority: "authority:nl:tooi:gm9101".parse().unwrap(),
        title: title.into(),
        body: vec![body.into()],
        values: Vec::new(),
        meeting_date: Some(date(2026, 3, 24)),
        published_at: None,
        first_seen_at: None,
        fold: None,
    }
}

fn document(native: u32) -> String {
    format!("document:notubiz:9101:{native}")
}

/// Puts entries in, at the next place in the log.
async fn put(search: &SharedSearch, entries: Vec<Entry>) {
    let after = search.read_cursor().await.unwrap();
    search.apply_batch(Batch { entries, after, cursor: after + 1, ..Batch::default() }).await.unwrap();
}

/// Puts one document in for each text, numbered from 1.
async fn put_texts(search: &SharedSearch, texts: &[&str]) {
    put(search, (1..).zip(texts).map(|(n, text)| entry(&document(n), "x", text)).collect()).await;
}

fn ask(query: &str) -> SearchRequest {
    SearchRequest::new(Query::parse(query).unwrap(), 50)
}

async fn find(search: &SharedSearch, query: &str) -> Found {
    search.find_entries(&ask(query)).await.unwrap()
}

/// The numbers of the documents that are found, in order of number.
async fn numbers(search: &SharedSearch, query: &str) -> Vec<u32> {
    let found = find(search, query).await;
    let mut numbers = numbers_of(&found);
    numbers.sort_unstable();
    assert_eq!(found.total, numbers.len() as u64, "{query}");
    numbers
}

fn numbers_of(found: &Found) -> Vec<u32> {
    found.hits.iter().map(|hit| hit.id.as_str().rsplit(':').next().unwrap().parse().unwrap()).collect()
}

fn counts(found: &Found, facet: Facet) -> Vec<(&str, u64)> {
    found.facets[&facet].iter().map(|(value, count)| (value.as_str(), *count)).collect()
}
