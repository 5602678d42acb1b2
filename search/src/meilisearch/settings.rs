//! How an index at the server is set up. Whoever changes a line here raises the version: the index is made anew.

use meilisearch_sdk::settings::{
    FacetingSettings, PaginationSetting, PrefixSearchSettings, Settings, TypoToleranceSettings,
};

use crate::Facet;

/// Which settings these are.
pub const VERSION: u32 = 1;

/// Words are compared as they are.
pub const PREFIX: PrefixSearchSettings = PrefixSearchSettings::Disabled;

/// The settings.
pub fn settings() -> Settings {
    let numbers = ["meetingDate", "publishedAt", "firstSeenAt"];
    let kept = ["id", "fold", "stamp", "partyWords", "provinceWords", "authorityCode"];
    let facets = Facet::ALL.iter().map(|facet| facet.word());
    Settings { filterable_attributes: None, search_cutoff_ms: None, ..Settings::new() }
        // The order of the list is the order of weight: the title first.
        .with_searchable_attributes(["titleFound", "found", "title", "written"])
        .with_filterable_attributes(facets.chain(numbers).chain(kept))
        .with_sortable_attributes(numbers)
        .with_displayed_attributes(["id", "fold"])
        .with_ranking_rules([
            "sort",
            "words",
            "attribute",
            "proximity",
            "exactness",
            // Of what matches as well, the newer first; and of those an order that stays.
            "meetingDate:desc",
            "tie:asc",
        ])
        .with_typo_tolerance(TypoToleranceSettings {
            enabled: Some(false),
            disable_on_attributes: None,
            disable_on_words: None,
            min_word_size_for_typos: None,
            disable_on_numbers: None,
        })
        // Totals and pages are exact up to here; a list that is longer has no end.
        .with_pagination(PaginationSetting { max_total_hits: 100_000_000 })
        .with_faceting(FacetingSettings { max_values_per_facet: 10_000, sort_facet_values_by: None })
        // An answer that was cut off would be a wrong one.
        .with_search_cutoff(60_000)
        .with_proximity_precision("byWord")
}
