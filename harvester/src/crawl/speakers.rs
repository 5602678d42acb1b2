//! Who the persons of an authority are, for the names of those who speak.

use std::collections::BTreeSet;

use raadhuis_schema::Kind;
use raadhuis_store::{Filter, Page};

use super::Crawl;
use crate::{
    HarvestError,
    supplier::{Harvested, Supplier, speaker},
};

/// Persons read from the store at once.
const PERSONS: u32 = 500;

impl<S: Supplier> Crawl<'_, S> {
    /// Names who speaks, where a person of the authority is called so.
    pub(super) async fn name_speakers(&self, harvested: &mut Harvested<S::Task>) -> Result<(), HarvestError> {
        let said = std::mem::take(&mut harvested.speakers);
        if said.is_empty() {
            return Ok(());
        }
        let authorities = vec![self.source.authority.id.any().clone()];
        let filter = Filter { kinds: vec![Kind::Person], authorities, ..Filter::default() };
        let mut page = Page { first: PERSONS, after: None, descending: false };
        let mut known = BTreeSet::new();
        loop {
            let listing = self.world.store.list(&filter, &page).await?;
            page.after = listing.rows.last().map(|(place, _)| place.clone());
            known.extend(listing.rows.iter().filter_map(|(_, row)| row.entity.name().map(speaker::folded)));
            if !listing.more {
                break;
            }
        }
        speaker::name(&mut harvested.parts, &said, &known);
        Ok(())
    }
}
