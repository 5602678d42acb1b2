//! Progress bars: one for each run under way, drawn on a terminal only.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use raadhuis_harvester::Progress;
use raadhuis_schema::Source;
use tokio::task::JoinHandle;

/// How often a bar is drawn anew.
const BEAT: Duration = Duration::from_millis(100);

/// A progress bar that follows a run until it is dropped.
pub struct Bar {
    task: JoinHandle<()>,
    bar: ProgressBar,
}

impl Bar {
    /// Begins to draw.
    pub fn start(source: &Source, progress: &Arc<Progress>) -> Self {
        Self::draw(ProgressBar::new(0), source, progress)
    }

    fn draw(bar: ProgressBar, source: &Source, progress: &Arc<Progress>) -> Self {
        if let Ok(style) = ProgressStyle::with_template("{prefix:>16} {bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(source.authority.name.clone());
        let (drawn, progress) = (bar.clone(), Arc::clone(progress));
        let task = tokio::spawn(async move {
            loop {
                let (files, read) = (Progress::at(&progress.files), Progress::at(&progress.read));
                drawn.set_length(Progress::at(&progress.known) + files);
                drawn.set_position(Progress::at(&progress.done) + read);
                drawn.set_message(format!("files {read}/{files}, pages {}", Progress::at(&progress.pages)));
                tokio::time::sleep(BEAT).await;
            }
        });
        Self { task, bar }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.task.abort();
        self.bar.finish_and_clear();
    }
}

/// The bars of many runs at once.
#[derive(Default)]
pub struct Board {
    all: MultiProgress,
    bars: Mutex<BTreeMap<String, Bar>>,
}

impl Board {
    /// Shows a run that begins.
    pub fn begin(&self, source: &Source, progress: &Arc<Progress>) {
        let bar = Bar::draw(self.all.add(ProgressBar::new(0)), source, progress);
        self.bars.lock().unwrap_or_else(PoisonError::into_inner).insert(source.key.clone(), bar);
    }

    /// Wipes the bar of a run that ended, and lets `tell` print above the others.
    pub fn end(&self, source: &Source, tell: impl FnOnce()) {
        self.bars.lock().unwrap_or_else(PoisonError::into_inner).remove(&source.key);
        self.all.suspend(tell);
    }
}
