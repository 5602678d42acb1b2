//! Who the persons of an authority are, for the names of those who speak.

use std::collections::BTreeSet;

use raadhuis_schema::Kind;
use raadhuis_store::{Filter, each};

use super::Crawl;
use crate::{
    HarvestError,
    supplier::{Harvested, Supplier, speaker},
};

impl<S: Supplier> Crawl<'_, S> {
    /// Names who speaks, where a person of the authority is called so.
    pub(super) async fn name_speakers(&self, harvested: &mut Harvested<S::Task>) -> Result<(), HarvestError> {
        let said = std::mem::take(&mut harvested.speakers);
        if said.is_empty() {
            return Ok(());
        }
        let authorities = vec![self.source.authority.id.any().clone()];
        let filter = Filter { kinds: vec![Kind::Person], authorities, ..Filter::default() };
        let mut known = BTreeSet::new();
        each(&self.world.store, &filter, |stored| known.extend(stored.entity.name().map(speaker::folded)))
            .await?;
        speaker::name(&mut harvested.parts, &said, &known);
        Ok(())
    }
}
