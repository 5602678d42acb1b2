//! Decides which listings may withdraw entities: not those that are incomplete, or unexpectedly empty.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use raadhuis_schema::{Commit, CompleteScope, Diagnostic, DiagnosticCode, Missing, Origin, Scope};

use super::{Crawl, missing::decide_missing};
use crate::{HarvestError, supplier::Harvested};

/// From this many withdrawals on, a source that withdraws more than half of its entities is doubted.
const MANY: u64 = 10;

/// Removes the scopes of listings from an answer. They are judged at the end of the run: an entity missing from one
/// listing may be in another that was not asked yet.
pub(super) fn set_aside<T>(harvested: &mut Harvested<T>) -> Vec<Scope> {
    harvested.complete.extract_if(.., |scope| collection(&scope.origin).is_some()).collect()
}

impl Crawl<'_> {
    /// Judges all listings of the run and withdraws what they left out. An empty listing is believed only where another
    /// listing of the same collection had content. A collection that was empty in the whole run withdraws nothing, and is
    /// remarked on if it had content before.
    pub(super) async fn believe_the_listings(&mut self) -> Result<(), HarvestError> {
        let store = &self.context.store;
        let spoke = store.named_origins(self.run).await?;
        let spoke: BTreeSet<&str> = spoke.iter().filter_map(collection).collect();
        let mut diagnostics = Vec::new();
        let mut silent = BTreeMap::<String, u64>::new();
        let mut believed = BTreeMap::<String, Vec<CompleteScope>>::new();
        for listed in store.complete_scopes(self.run).await? {
            let announced = listed.scope.announced.unwrap_or_default();
            if listed.given < announced {
                // The listing is incomplete.
                diagnostics.push(Diagnostic::incomplete_listing(&listed.task, announced, listed.given));
            } else if collection(&listed.scope.origin).is_some_and(|name| spoke.contains(name)) {
                believed.entry(listed.scope.origin.to_string()).or_default().push(listed);
            } else {
                *silent.entry(listed.scope.origin.to_string()).or_default() +=
                    store.count_named(&listed.scope).await?;
            }
        }
        let (mut complete, mut spared) = (Vec::new(), Vec::new());
        let now = Timestamp::now();
        for (origin, listings) in believed {
            let first = match listings.first() {
                Some(listed) => store.first_named(self.run, &listed.scope.origin).await?,
                None => continue,
            };
            // Listings of a run may overlap.
            let mut missing: Vec<Missing> =
                listings.iter().flat_map(|listed| listed.missing.clone()).collect();
            missing.sort_by(|a, b| a.entity.cmp(&b.entity));
            missing.dedup();
            let held = listings.iter().map(|listed| listed.given).sum::<u64>() + missing.len() as u64;
            let verdicts = decide_missing(&missing, first, |it| self.answer_of(it, now));
            if let Some((day, kept)) = verdicts.horizon {
                diagnostics.push(Diagnostic::horizon(&origin, day, kept));
            }
            if verdicts.answering + verdicts.unknown > 0 {
                diagnostics.push(Diagnostic::missing(&origin, verdicts.answering, verdicts.unknown));
            }
            if self.rules.doubts && verdicts.withdrawn >= MANY && verdicts.withdrawn * 2 > held {
                diagnostics.push(Diagnostic::implausible(&origin, verdicts.withdrawn, held));
            } else {
                spared.extend(verdicts.spared);
                complete.extend(listings.into_iter().map(|listed| listed.scope));
            }
        }
        let silent = silent.into_iter().filter(|(_, held)| *held > 0);
        diagnostics.extend(silent.map(|(origin, held)| Diagnostic::source_silent(&origin, held)));
        let left = std::mem::take(&mut self.left).into_iter();
        diagnostics.extend(left.map(|(scope, questions)| {
            let why = format!("{questions} questions were not asked, because the host keeps us out");
            Diagnostic::unanswered(DiagnosticCode::Disallowed, &scope, &why)
        }));
        let commit = Commit {
            complete,
            spared,
            asked: self.lookups.answers(),
            diagnostics,
            grace: self.rules.grace,
            ..Commit::for_question(&self.source.key, self.run, "listings", now)
        };
        let committed = store.commit_answer(commit).await?;
        self.tally.note_erasures(&committed);
        Ok(())
    }
}

/// The collection of a listing. Each register is a collection of its own: content in one says nothing about another.
fn collection(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Listing { collection, .. } => Some(collection),
        _ => None,
    }
}
