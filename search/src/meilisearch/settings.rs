//! Settings of an index at the server. Any change here must raise [`VERSION`], so that the index is rebuilt.

use meilisearch_sdk::settings::{
    FacetingSettings, PaginationSetting, PrefixSearchSettings, Settings, TypoToleranceSettings,
};

use crate::Facet;

/// Version of these settings, part of the index's name.
pub const VERSION: u32 = 1;

/// Prefix search is off: our analysis produces whole words.
pub const PREFIX: PrefixSearchSettings = PrefixSearchSettings::Disabled;

pub fn settings() -> Settings {
    let numbers = ["meetingDate", "publishedAt", "firstSeenAt"];
    let kept = ["id", "fold", "stamp", "partyWords", "provinceWords", "authorityCode"];
    let facets = Facet::ALL.iter().map(|facet| facet.as_str());
    Settings { filterable_attributes: None, search_cutoff_ms: None, ..Settings::new() }
        // The order is that of weight: the title first.
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
            // Of equally good matches the newest first, then a stable order.
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
        // Totals and pages are exact up to this limit; a longer list is cut off.
        .with_pagination(PaginationSetting { max_total_hits: 100_000_000 })
        .with_faceting(FacetingSettings { max_values_per_facet: 10_000, sort_facet_values_by: None })
        // An answer cut short by the timeout would be wrong.
        .with_search_cutoff(60_000)
        .with_proximity_precision("byWord")
}
