//! Killing whoever reads: the program itself or its workers, at any moment. No page that was read is lost, and none is found
//! twice.

use std::{
    collections::HashMap,
    path::Path,
    process::Command,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use raadhuis_fixtures::sim::{chance::Chance, faults::Faults};
use raadhuis_text::clock::ProcessClock;

use crate::{
    country::{number, texts},
    land::Land,
};

/// How often the workers are looked at.
const LOOK: Duration = Duration::from_millis(10);

#[test]
fn workers_that_are_killed_lose_no_page_and_repeat_none() {
    let (seed, kills) = (number("RAADHUIS_SEED", 21) as u64, number("RAADHUIS_KILLS", 6));
    let land = Land::grow(seed, number("RAADHUIS_TOWNS", 5), 300.0, Faults::default());
    let quiet = tempfile::tempdir().unwrap();
    land.harvest(quiet.path());
    let (expected, index) = (held(&land, quiet.path()), land.found(quiet.path()));
    let killed = AtomicUsize::new(0);
    let mut round = 0;
    while killed.load(Ordering::Relaxed) < kills {
        round += 1;
        let data = tempfile::tempdir().unwrap();
        let mut child = land.begin(data.path());
        let parent = child.id();
        let (over, heard) = mpsc::channel::<()>();
        let killed = &killed;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut ends = HashMap::new();
                while heard.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
                    // Each worker dies when it has worked for a while, whatever it is doing then. Time that passes without work
                    // does not count: on a busy machine none would live to read a page.
                    for worker in children(parent) {
                        let chance = Chance::new(seed).derive_part("kill", ends.len() as u64 + 1000 * round);
                        let end = *ends
                            .entry(worker)
                            .or_insert_with(|| chance.derive_part("end", 0).between(100, 600));
                        if ProcessClock::of_process(worker).time_spent() < Duration::from_millis(end) {
                            continue;
                        }
                        let told = Command::new("kill").args(["-9", &worker.to_string()]).status();
                        killed
                            .fetch_add(usize::from(told.is_ok_and(|told| told.success())), Ordering::Relaxed);
                    }
                }
            });
            child.wait().unwrap();
            drop(over);
        });
        assert_eq!(differences(&expected, &held(&land, data.path())), [] as [String; 0], "round {round}");
        assert_eq!(differences(&index, &land.found(data.path())), [] as [String; 0], "round {round}");
    }
    eprintln!("seed {seed}: {} workers killed in {round} rounds", killed.load(Ordering::Relaxed));
}

/// All that is held, texts by their words: a page whose reader was killed twice may have been read by the other engine.
fn held(land: &Land, data: &Path) -> Vec<String> {
    let mut lines = land.dump(data);
    lines.retain(|line| !line.starts_with("document-text:"));
    let texts = texts(land, data).into_iter();
    lines.extend(texts.map(|(document, sha, words)| format!("{document} {sha} {}", words.join(" "))));
    lines
}

/// The lines that stand in one and not in the other, how often they stand there included.
fn differences(expected: &[String], found: &[String]) -> Vec<String> {
    let mut left: Vec<&String> = found.iter().collect();
    let mut all = Vec::new();
    for line in expected {
        match left.iter().position(|it| *it == line) {
            Some(at) => drop(left.swap_remove(at)),
            None => all.push(format!("missing: {line}")),
        }
    }
    all.extend(left.into_iter().map(|line| format!("too many: {line}")));
    all
}

/// The processes that a process started.
fn children(parent: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let of_task =
        |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
    tasks
        .flat_map(|task| {
            of_task(task).split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}
