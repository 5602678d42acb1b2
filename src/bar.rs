//! Progress bars: one for each running harvest, drawn on a terminal only.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use raadhuis_harvester::Progress;
use raadhuis_schema::Source;
use tokio::task::JoinHandle;

/// The interval between two updates of a bar.
const BEAT: Duration = Duration::from_millis(100);

/// A progress bar that follows a run until the bar is dropped.
pub struct Bar {
    task: JoinHandle<()>,
    bar: ProgressBar,
}

impl Bar {
    pub fn for_run(source: &Source, progress: &Arc<Progress>) -> Self {
        Self::draw_run(ProgressBar::new(0), source, progress)
    }

    fn draw_run(bar: ProgressBar, source: &Source, progress: &Arc<Progress>) -> Self {
        if let Ok(style) = ProgressStyle::with_template("{prefix:>16} {bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(source.authority.name.clone());
        let (drawn, progress) = (bar.clone(), Arc::clone(progress));
        let task = tokio::spawn(async move {
            loop {
                let (files, read) =
                    (Progress::read_counter(&progress.files), Progress::read_counter(&progress.read));
                drawn.set_length(Progress::read_counter(&progress.known) + files);
                drawn.set_position(Progress::read_counter(&progress.done) + read);
                drawn.set_message(format!(
                    "files {read}/{files}, pages {}",
                    Progress::read_counter(&progress.pages)
                ));
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

#[derive(Default)]
pub struct Board {
    all: MultiProgress,
    bars: Mutex<BTreeMap<String, Bar>>,
}

impl Board {
    pub fn add_bar(&self, source: &Source, progress: &Arc<Progress>) {
        let bar = Bar::draw_run(self.all.add(ProgressBar::new(0)), source, progress);
        self.bars.lock().unwrap_or_else(PoisonError::into_inner).insert(source.key.clone(), bar);
    }

    /// Removes the bar of a run, and calls `tell` to print above the other bars.
    pub fn remove_bar(&self, source: &Source, tell: impl FnOnce()) {
        self.bars.lock().unwrap_or_else(PoisonError::into_inner).remove(&source.key);
        self.all.suspend(tell);
    }
}
