//! What is believed of listings: nothing is withdrawn on the word of one that is not whole, or that fell silent.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_schema::{Origin, Remark, RemarkCode, Scope};

use super::Crawl;
use crate::{
    HarvestError,
    supplier::{Harvested, Supplier},
};

impl<S: Supplier> Crawl<'_, S> {
    /// What is missing from one listing may stand in another, which was not asked yet.
    pub(super) fn set_listings_aside(&mut self, harvested: &mut Harvested<S::Task>) {
        let is_listing = |scope: &Scope| collection(&scope.origin).is_some();
        let (listings, others) = std::mem::take(&mut harvested.complete).into_iter().partition(is_listing);
        harvested.complete = others;
        self.whole.extend::<Vec<Scope>>(listings);
    }

    /// An empty listing may be news or silence, and only the whole run can tell. Where other listings of the same
    /// collection spoke, the empty ones are believed. A collection that said nothing at all in a run is silent: nothing
    /// is withdrawn on its word, and where it used to speak that is a remark.
    pub(super) async fn believe_the_listings(&mut self) -> Result<(), HarvestError> {
        let spoke: BTreeSet<String> = self
            .listed
            .iter()
            .filter(|(_, ids)| !ids.is_empty())
            .filter_map(|((origin, _), _)| collection(origin).map(str::to_owned))
            .collect();
        let spoke = |scope: &Scope| collection(&scope.origin).is_some_and(|name| spoke.contains(name));
        let (whole, silent): (Vec<_>, Vec<_>) = std::mem::take(&mut self.whole).into_iter().partition(spoke);
        let mut held = BTreeMap::<String, u64>::new();
        for scope in silent {
            *held.entry(scope.origin.to_string()).or_default() += self.world.store.named(&scope).await?;
        }
        let silent = held.into_iter().filter(|(_, held)| *held > 0);
        let silent = silent.map(|(origin, held)| Remark::silent(&origin, held));
        let left = std::mem::take(&mut self.left).into_iter();
        let remarks = left.map(|(house, questions)| {
            let why = format!("{questions} questions were not asked, because the host keeps us out");
            Remark::unanswered(RemarkCode::Disallowed, &house, &why)
        });
        let remarks = silent.chain(remarks).collect();
        let harvested = Harvested { complete: whole, remarks, ..Harvested::default() };
        self.commit("listings".to_owned(), jiff::Timestamp::now(), harvested, None).await
    }

    /// A listing that announced more than it gave is not complete: nothing is withdrawn on its word.
    pub(super) fn check_totals(&mut self, task: &S::Task, harvested: &mut Harvested<S::Task>) {
        let listing = |part: &&raadhuis_schema::Part| matches!(part.origin, Origin::Listing { .. });
        let key = |origin: &Origin| (origin.clone(), S::window(task));
        for part in harvested.parts.iter().filter(listing) {
            self.listed.entry(key(&part.origin)).or_default().insert(part.entity().clone());
        }
        let mut remarks = Vec::new();
        harvested.complete.retain(|scope: &Scope| {
            let Some(announced) = scope.announced else { return true };
            let seen = self.listed.get(&key(&scope.origin)).map_or(0, BTreeSet::len) as u64;
            if seen < announced {
                remarks.push(Remark::incomplete_listing(&S::name(task), announced, seen));
            }
            seen >= announced
        });
        harvested.remarks.extend(remarks);
    }
}

/// The collection of a listing. Each register is its own: that another spoke says nothing of it.
fn collection(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Listing { collection, .. } => Some(collection),
        _ => None,
    }
}
