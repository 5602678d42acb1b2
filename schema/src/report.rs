//! What a run has to tell: counts, remarks and a verdict.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Action, Kind, Remark, When, Window};

/// The account of one harvest of one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// The number of the run, unique in a data folder.
    pub run: i64,
    /// The source's key.
    pub source: String,
    /// What it was for.
    #[serde(default)]
    pub purpose: Purpose,
    /// The days that were asked for.
    pub window: Window,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Questions asked of the supplier, files included.
    pub requests: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Pages of text read.
    pub pages: u64,
    /// The same, by what read them.
    #[serde(default)]
    pub engines: BTreeMap<String, u64>,
    /// What went wrong on the way to answers, by name, also where asking again helped.
    #[serde(default)]
    pub faults: BTreeMap<String, u64>,
    /// What changed in the store, per kind.
    pub changes: BTreeMap<Kind, Counts>,
    /// What the answers named, per kind, changed or not.
    pub seen: BTreeMap<Kind, u64>,
    /// Of the documents that were named, how many are of a sort that no words tell.
    #[serde(default)]
    pub documents_of_other_type: u64,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// How it went.
    pub verdict: Verdict,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// An operator asked for it.
    #[default]
    Asked,
    /// The recent days, and those to come.
    Recent,
    /// What failed before.
    Owed,
    /// A year of the past.
    History,
    /// What lies in the archive, read again.
    Reread,
}

impl RunReport {
    /// A report in which nothing stands yet, of a run at one moment.
    pub fn of(source: &str, at: Timestamp) -> Self {
        Self {
            run: 0,
            source: source.to_owned(),
            purpose: Purpose::Asked,
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
            remarks: Vec::new(),
            verdict: Verdict::Healthy,
        }
    }

    /// How many entities changed.
    pub fn changed(&self) -> u64 {
        self.changes
            .values()
            .map(|counts| counts.created + counts.updated + counts.withdrawn + counts.revived)
            .sum()
    }

    /// What was named and what changed of every kind that was either: the rows of a report.
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

    /// Whether anything went wrong of which an operator should know.
    pub fn has_trouble(&self) -> bool {
        self.verdict != Verdict::Healthy || self.remarks.iter().any(|remark| remark.code.is_trouble())
    }
}

/// Changes of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// New.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// Gone.
    pub withdrawn: u64,
    /// Back again.
    pub revived: u64,
}

impl Counts {
    /// Adds what was counted elsewhere.
    pub fn add_all(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.withdrawn += other.withdrawn;
        self.revived += other.revived;
    }

    /// Counts one change.
    pub fn add(&mut self, action: Action) {
        match action {
            Action::Created => self.created += 1,
            Action::Updated => self.updated += 1,
            Action::Withdrawn | Action::Erased => self.withdrawn += 1,
            Action::Revived => self.revived += 1,
        }
    }
}

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The source answered, and what it said was read.
    Healthy,
    /// It answered, but said nothing while it used to speak, or much of it could not be read.
    Suspicious,
    /// Its listings could not be read at all.
    Broken,
}
