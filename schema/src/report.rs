//! The report of a run: counts, diagnostics and a verdict.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Action, Diagnostic, Kind, When, Window};

/// The report of one harvest of one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// The number of the run, unique in a data folder.
    pub run: i64,
    /// The key of the source.
    pub source: String,
    /// The purpose of the run.
    #[serde(default)]
    pub purpose: RunPurpose,
    /// The days that were asked for.
    pub window: Window,
    /// The time at which the run began.
    pub started: Timestamp,
    /// The time at which the run ended.
    pub ended: Timestamp,
    /// The number of questions asked of the supplier, files included.
    pub requests: u64,
    /// The number of bytes received.
    pub bytes: u64,
    /// The number of pages of text read.
    pub pages: u64,
    /// The number of pages, by the program that read them.
    #[serde(default)]
    pub engines: BTreeMap<String, u64>,
    /// The number of faults on the way to answers, by name, those solved by asking again included.
    #[serde(default)]
    pub faults: BTreeMap<String, u64>,
    /// The number of changes in the store, per kind.
    pub changes: BTreeMap<Kind, Counts>,
    /// The number of entities that the answers named, per kind, changed or not.
    pub seen: BTreeMap<Kind, u64>,
    /// The number of named documents of a type that no words tell.
    #[serde(default)]
    pub documents_of_other_type: u64,
    /// The diagnostics, for a person to read.
    #[serde(rename = "remarks")]
    pub diagnostics: Vec<Diagnostic>,
    /// The verdict on the run.
    pub verdict: Verdict,
}

/// The purposes of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunPurpose {
    /// An operator asked for the run.
    #[default]
    Asked,
    /// The run asks for recent and coming days.
    Recent,
    /// The run asks again what failed before.
    Owed,
    /// The run asks for a year of the past.
    History,
    /// The run reads the archive again.
    Reread,
}

impl RunReport {
    /// Makes an empty report of a run at one moment.
    pub fn empty_at(source: &str, at: Timestamp) -> Self {
        Self {
            run: 0,
            source: source.to_owned(),
            purpose: RunPurpose::Asked,
            window: Window::of_day(When::At(at).day()),
            started: at,
            ended: at,
            requests: 0,
            bytes: 0,
            pages: 0,
            engines: BTreeMap::new(),
            faults: BTreeMap::new(),
            changes: BTreeMap::new(),
            seen: BTreeMap::new(),
            documents_of_other_type: 0,
            diagnostics: Vec::new(),
            verdict: Verdict::Healthy,
        }
    }

    /// Counts the entities that changed.
    pub fn changed(&self) -> u64 {
        self.changes
            .values()
            .map(|counts| counts.created + counts.updated + counts.withdrawn + counts.revived)
            .sum()
    }

    /// Lists the rows of a report: each kind that was named or changed, with both counts.
    pub fn rows(&self) -> impl Iterator<Item = (Kind, u64, Counts)> {
        let kinds: BTreeSet<Kind> = self.seen.keys().chain(self.changes.keys()).copied().collect();
        kinds.into_iter().map(|kind| {
            (
                kind,
                self.seen.get(&kind).copied().unwrap_or_default(),
                self.changes.get(&kind).copied().unwrap_or_default(),
            )
        })
    }

    /// Returns whether an operator should know of an error.
    pub fn has_trouble(&self) -> bool {
        self.verdict != Verdict::Healthy
            || self.diagnostics.iter().any(|diagnostic| diagnostic.code.is_trouble())
    }
}

/// The number of changes of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// The number of new entities.
    pub created: u64,
    /// The number of changed entities.
    pub updated: u64,
    /// The number of entities that went.
    pub withdrawn: u64,
    /// The number of entities that came back.
    pub revived: u64,
}

impl Counts {
    /// Adds the counts of another report.
    pub fn add_all(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.withdrawn += other.withdrawn;
        self.revived += other.revived;
    }

    /// Adds one change to the counts.
    pub fn count_action(&mut self, action: Action) {
        match action {
            Action::Created => self.created += 1,
            Action::Updated => self.updated += 1,
            Action::Withdrawn | Action::Erased => self.withdrawn += 1,
            Action::Revived => self.revived += 1,
        }
    }
}

/// The verdicts on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The source answered, and its answers were read.
    Healthy,
    /// The source answered, but named nothing while it used to, or much of it could not be read.
    Suspicious,
    /// The listings could not be read at all.
    Broken,
}
