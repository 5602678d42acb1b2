//! Names speakers from the known persons of an authority.

use std::collections::BTreeSet;

use raadhuis_schema::{Kind, Source};
use raadhuis_store::{Filter, SharedStore, visit_each};

use crate::{
    HarvestError,
    supplier::{Harvested, speaker},
};

/// Names speakers in transcripts, but only those who are known persons of the authority.
pub async fn name_speakers<T>(
    store: &SharedStore,
    source: &Source,
    harvested: &mut Harvested<T>,
) -> Result<(), HarvestError> {
    let said = std::mem::take(&mut harvested.speakers);
    if said.is_empty() {
        return Ok(());
    }
    let authorities = vec![source.authority.id.as_entity().clone()];
    let filter = Filter { kinds: vec![Kind::Person], authorities, ..Filter::default() };
    let mut known = BTreeSet::new();
    visit_each(store, &filter, |stored| known.extend(stored.entity.name().map(speaker::fold_name))).await?;
    speaker::name_speakers(&mut harvested.parts, &said, &known);
    Ok(())
}
