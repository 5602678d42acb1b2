//! A whole country that grew, harvested by the program: what is held is what was published, to the letter, whatever goes
//! wrong on the way and however often the program is killed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc,
    time::Duration,
};

use raadhuis_fixtures::sim::{
    TownSupplier,
    chance::Chance,
    faults::{Fault, Faults},
    grow::Town,
};
use raadhuis_schema::{ContentHash, Entity, Kind};
use raadhuis_store::{Archive, ArchiveKey, Filter, visit_each};

use crate::land::{Land, is_published};

/// Towns in the small runs that every test run makes; `RAADHUIS_TOWNS` makes them larger.
fn towns() -> usize {
    number("RAADHUIS_TOWNS", 9)
}

pub fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn what_is_held_is_what_was_published_to_the_letter_and_a_second_harvest_changes_nothing() {
    let land = Land::grow(11, towns(), 300.0, Faults::default());
    let data = tempfile::tempdir().unwrap();
    land.harvest(data.path());
    let ledger = land.look().simulation.list_published();
    let held: BTreeSet<_> = land.held(data.path()).into_iter().filter(|id| is_published(id)).collect();
    assert_eq!(held, ledger.ids);
    let texts = texts(&land, data.path());
    assert_eq!(texts.len(), ledger.papers.len());
    for (document, sha, words) in texts {
        let paper = &ledger.papers[&document];
        assert_eq!(sha, ContentHash::of_bytes(&paper.print_pdf()).to_string(), "{document}");
        assert_eq!(words, paper.words(), "{document}");
    }
    let (before, index) = (land.dump(data.path()), land.found(data.path()));
    forget_runs(&land, data.path());
    land.harvest(data.path());
    assert_eq!(land.dump(data.path()), before);
    assert_eq!(land.found(data.path()), index);
    // Days go by: papers are changed, come late and are withdrawn, meetings are called off, a town goes into another. What
    // is held follows, and what is missing from listings goes when they leave it out on two days.
    land.look().simulation.change_town(0, |town| town.meetings.truncate(1));
    // The earliest meeting of a town that is called off cannot be told from history that a supplier stops showing: it is kept,
    // with all that went with it.
    let mut kept = BTreeSet::new();
    for _ in 0..3 {
        let earliest: BTreeSet<String> =
            land.look().simulation.towns.iter().filter_map(earliest_meeting).collect();
        let before = land.look().simulation.list_published().ids;
        land.look().simulation.next_day();
        let after = land.look().simulation.list_published().ids;
        let gone: BTreeSet<&String> = before.difference(&after).collect();
        let tenants: Vec<&str> =
            gone.iter().filter(|id| earliest.contains(**id)).map(|id| tenant_of(id)).collect();
        kept.extend(gone.into_iter().filter(|id| tenants.contains(&tenant_of(id))).cloned());
        land.publish_catalogue();
        a_day_passes(&land, data.path());
        land.harvest(data.path());
    }
    a_day_passes(&land, data.path());
    land.harvest(data.path());
    let held: BTreeSet<_> = land.held(data.path()).into_iter().filter(|id| is_published(id)).collect();
    let mut expected = land.look().simulation.list_published().ids;
    expected.extend(kept);
    assert_eq!(held, expected);
    let check = land.command(&["check"], data.path()).output().unwrap();
    let check = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(check.contains(": discontinued, went into authority:nl:tooi:gm"), "{check}");
}

fn earliest_meeting(town: &Town) -> Option<String> {
    let meeting = town.meetings.iter().min_by_key(|meeting| meeting.day)?;
    Some(format!("meeting:{}:{}:{}", town.supplier.word(), town.tenant, town.native_id(meeting.number)))
}

fn tenant_of(id: &str) -> &str {
    id.split(':').nth(2).unwrap()
}

#[test]
fn a_file_that_was_replaced_behind_its_address_is_found_and_the_others_are_not_sent_again() {
    let land = Land::grow(16, 4, 300.0, Faults::default());
    let data = tempfile::tempdir().unwrap();
    land.harvest(data.path());
    let mut replaced = 0;
    for number in 0..4 {
        land.look().simulation.change_town(number, |town| {
            let mut papers =
                town.meetings.iter_mut().flat_map(|it| &mut it.items).flat_map(|it| &mut it.papers);
            if let Some(paper) = papers.next() {
                // Its number, its edition and its size are what they were.
                paper.paper.seed += 1;
                replaced += 1;
            }
        });
    }
    assert!(replaced > 0);
    age_files(&land, data.path());
    forget_runs(&land, data.path());
    land.harvest(data.path());
    let ledger = land.look().simulation.list_published();
    for (document, sha, words) in texts(&land, data.path()) {
        let paper = &ledger.papers[&document];
        assert_eq!(sha, ContentHash::of_bytes(&paper.print_pdf()).to_string(), "{document}");
        assert_eq!(words, paper.words(), "{document}");
    }
    let papers = ledger.papers.len() as u64;
    assert_eq!(land.look().not_modified, papers - replaced);
}

/// Lets every file have been had long ago.
fn age_files(land: &Land, data: &std::path::Path) {
    let age = "UPDATE part SET fetched = fetched - 100 * 86400 WHERE entity LIKE 'document-text:%'";
    edit(land, data, age);
}

#[test]
fn what_is_hidden_is_named_in_the_check_and_nothing_else_is() {
    let seed = number("RAADHUIS_SEED", 15) as u64;
    let chance = Chance::new(seed).derive_part("hide", 0);
    eprintln!("seed {seed}");
    let land = Land::grow(seed, towns(), 300.0, Faults::default());
    let count = land.look().simulation.towns.len();
    for number in 0..count {
        // Named, and not delivered: one paper in ten.
        land.look().simulation.change_town(number, |town| {
            let papers = town.meetings.iter_mut().flat_map(|it| &mut it.items).flat_map(|it| &mut it.papers);
            for paper in papers {
                let id = ((number as u64) << 32) | paper.number;
                paper.is_lost = chance.derive_part("paper", id).happens(100);
            }
        });
    }
    let data = tempfile::tempdir().unwrap();
    land.harvest(data.path());
    let hidden = land.look().simulation.list_published().hidden;
    assert_eq!(missing(&land, data.path()), hidden);
    assert!(!hidden.is_empty());
    // Counted, and named no more: one meeting in four of those whose listing counts.
    for number in 0..count {
        let mut served = land.look();
        if served.simulation.towns[number].supplier == TownSupplier::Notubiz {
            served.simulation.change_town(number, |town| {
                for meeting in &mut town.meetings {
                    let id = ((number as u64) << 32) | meeting.number;
                    meeting.is_hidden = chance.derive_part("meeting", id).happens(250);
                }
            });
        }
    }
    forget_runs(&land, data.path());
    land.harvest(data.path());
    let both = land.look().simulation.list_published().hidden;
    assert!(both.len() > hidden.len());
    assert_eq!(missing(&land, data.path()), both);
    // On plain pages too: from the page of a province the cause of each is three clicks away.
    let reader = land.serve(data.path());
    let page = |path: &str| {
        let answer = reader.get(path);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        answer
    };
    let mut shown = BTreeMap::<String, String>::new();
    for province in links(&page("/dekking"), "/dekking/") {
        for authority in links(&page(&province), &format!("{province}/")) {
            for cell in links(&page(&authority), &authority) {
                for part in links(&page(&cell), &authority).into_iter().chain([cell]) {
                    shown.extend(causes(&page(&part)));
                }
            }
        }
    }
    let of_hidden: BTreeSet<String> = shown.keys().filter(|id| both.contains(*id)).cloned().collect();
    assert_eq!(of_hidden, both);
    for id in &both {
        let cause = if id.starts_with("meeting:") { "NOT_NAMED" } else { "FAILED" };
        assert_eq!(shown[id], cause, "{id}");
    }
}

/// The addresses on a page that begin so, without the place on the page.
fn links(html: &str, start: &str) -> BTreeSet<String> {
    let plain = html.replace("&#x2f;", "/").replace("&amp;", "&");
    let addresses = plain.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
    addresses.filter(|address| address.starts_with(start)).map(str::to_owned).collect()
}

/// What a page says is missing, with the code of its cause.
fn causes(html: &str) -> Vec<(String, String)> {
    let list = html
        .split("<ul class=\"gaps\">")
        .nth(1)
        .unwrap_or_default()
        .split("</ul>")
        .next()
        .unwrap_or_default();
    let gap = |item: &str| {
        let what =
            item.split('>').find_map(|part| part.split('<').next().filter(|text| text.contains(':')))?;
        let cause = item.split("<code>").nth(1)?.split('<').next()?;
        Some((what.trim().to_owned(), cause.to_owned()))
    };
    list.split("<li>").skip(1).filter_map(gap).collect()
}

/// What `raadhuis check` says is owed.
fn missing(land: &Land, data: &std::path::Path) -> BTreeSet<String> {
    let output = land.command(&["check", "--csv"], data).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let owed = text.lines().filter(|line| line.contains(",1,,"));
    owed.filter_map(|line| line.split('"').nth(5).map(str::to_owned)).collect()
}

#[test]
fn a_harvest_in_which_everything_goes_wrong_now_and_then_ends_complete() {
    let land = Land::grow(12, towns(), 300.0, Faults::new(12, 200, &Fault::ALL));
    // One document is made to kill its reader.
    let poisoned = {
        let mut served = land.look();
        let number =
            (0..towns()).find(|number| served.simulation.towns[*number].papers().next().is_some()).unwrap();
        served.simulation.change_town(number, |town| {
            let mut papers =
                town.meetings.iter_mut().flat_map(|it| &mut it.items).flat_map(|it| &mut it.papers);
            papers.next().unwrap().paper.is_poison = true;
        });
        let ledger = served.simulation.list_published();
        ledger.papers.into_iter().find(|(_, paper)| paper.is_poison).unwrap().0
    };
    let data = tempfile::tempdir().unwrap();
    land.harvest(data.path());
    let ledger = land.look().simulation.list_published();
    let held: BTreeSet<_> = land.held(data.path()).into_iter().filter(|id| is_published(id)).collect();
    assert_eq!(held, ledger.ids);
    let read: BTreeSet<_> = texts(&land, data.path()).into_iter().map(|(document, ..)| document).collect();
    let mut readable: BTreeSet<_> = ledger.papers.into_keys().collect();
    readable.remove(&poisoned);
    assert_eq!(read, readable);
    assert_eq!(missing(&land, data.path()), [poisoned].into());
    let met = land.look().faults.met.clone();
    let over: Vec<_> =
        land.look().counter.counted().into_iter().filter(|it| it.fullest > it.budget).collect();
    assert!(over.is_empty(), "{over:?}");
    eprintln!("faults that were met: {met:?}");
}

#[test]
fn no_budget_is_exceeded_at_the_real_pace_whatever_goes_wrong_and_however_often_it_is_started_again() {
    let (seconds, lives) = (number("RAADHUIS_SECONDS", 24), 3);
    // So many towns that there is work for all that time.
    let land = Land::grow(18, 16 + seconds / 6, 1.0, Faults::new(18, 200, &Fault::ALL));
    let data = tempfile::tempdir().unwrap();
    let (_nobody, heard) = mpsc::channel::<()>();
    for _ in 0..lives {
        let mut child = land.begin(data.path());
        let share = Duration::from_secs((seconds / lives) as u64);
        assert_eq!(heard.recv_timeout(share), Err(mpsc::RecvTimeoutError::Timeout));
        assert!(child.try_wait().unwrap().is_none(), "it is at work all the time");
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let counted = land.look().counter.counted();
    assert!(counted.iter().any(|lane| lane.all > 0));
    let over: Vec<_> = counted.iter().filter(|lane| lane.fullest > lane.budget).collect();
    eprintln!("in {seconds} s: {counted:?}");
    assert!(over.is_empty(), "{over:?}");
}

#[test]
fn after_a_ban_no_further_question_reaches_any_door_of_the_house_also_after_a_restart() {
    // At the real pace, where an answer is heard long before the next question leaves.
    let land = Land::grow(13, 8, 1.0, Faults::default().ban_after(4));
    let data = tempfile::tempdir().unwrap();
    let keys: Vec<String> = {
        let towns = &land.look().simulation.towns;
        towns
            .iter()
            .filter(|town| town.supplier == TownSupplier::Ibabs)
            .map(|town| town.key.clone())
            .collect()
    };
    let said = land.harvest_some(data.path(), &keys);
    assert!(said.contains("we are banned") && said.contains(" BLOCKED"), "{said}");
    assert_eq!(after_ban(&land), 0);
    forget_runs(&land, data.path());
    land.harvest_some(data.path(), &keys);
    assert_eq!(after_ban(&land), 0, "also after a restart");
}

fn after_ban(land: &Land) -> u64 {
    land.look().counter.counted().iter().map(|lane| lane.after_ban).max().unwrap_or(0)
}

#[test]
fn a_program_that_is_killed_again_and_again_ends_where_an_undisturbed_one_does() {
    let (seed, kills) = (number("RAADHUIS_SEED", 14) as u64, number("RAADHUIS_KILLS", 6));
    eprintln!("seed {seed}, {kills} kills");
    let land = Land::grow(seed, towns(), 300.0, Faults::default());
    let undisturbed = tempfile::tempdir().unwrap();
    land.harvest(undisturbed.path());
    let (expected, index) = (land.dump(undisturbed.path()), land.found(undisturbed.path()));
    let questions: u64 = land.look().counter.counted().iter().map(|lane| lane.all).sum();
    let mut killed = 0;
    while killed < kills {
        let data = tempfile::tempdir().unwrap();
        loop {
            let chance = Chance::new(seed).derive_part("kill", killed as u64);
            let (watcher, heard) = mpsc::channel();
            let after = chance.derive_part("questions", 0).below(questions / 3 + 1);
            land.look().watch = Some((after, watcher));
            let mut child = land.begin(data.path());
            // Whichever comes first: the question, or the end of a run that has no more of them.
            while heard.recv_timeout(Duration::from_millis(20)) == Err(mpsc::RecvTimeoutError::Timeout) {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
            }
            let pause = Duration::from_millis(chance.derive_part("pause", 0).below(400));
            let _ = heard.recv_timeout(pause);
            child.kill().unwrap();
            let ended = child.wait().unwrap();
            land.look().watch = None;
            if ended.success() || killed >= kills {
                break;
            }
            killed += 1;
        }
        land.harvest(data.path());
        assert_eq!(land.dump(data.path()), expected, "seed {seed}, after {killed} kills");
        assert_eq!(land.found(data.path()), index, "seed {seed}, after {killed} kills");
        std::fs::remove_dir_all(data.path().join("index")).unwrap();
        forget_runs(&land, data.path());
        land.harvest(data.path());
        assert_eq!(land.found(data.path()), index, "the index is what a new one would be");
    }
}

/// The text of every document that has one: the document, the hash of its file, its words.
pub fn texts(land: &Land, data: &std::path::Path) -> Vec<(String, String, Vec<String>)> {
    land.runtime.block_on(async {
        let store =
            raadhuis_store::open(&format!("sqlite:{}", data.join("raadhuis.db").display())).await.unwrap();
        let archive = Archive::open(&format!("file:{}", data.join("archive").display())).unwrap();
        let filter = Filter { kinds: vec![Kind::DocumentText], ..Filter::default() };
        let mut found = Vec::new();
        visit_each(&store, &filter, |stored| {
            if let Entity::DocumentText(text) = stored.entity {
                found.extend(text.sha256.map(|sha| (text.document.to_string(), sha)));
            }
        })
        .await
        .unwrap();
        let mut texts = Vec::new();
        for (document, sha) in found {
            let Some(kept) = archive.get(&ArchiveKey::for_text(&sha)).await.unwrap() else { continue };
            let kept: raadhuis_text::StoredText = serde_json::from_slice(&kept).unwrap();
            // What recurs at the top of pages was set apart, and was published all the same.
            let lines =
                kept.pages.iter().flat_map(|page| page.header.iter().chain([&page.text]).chain(&page.footer));
            let words = lines.flat_map(|line| line.split_whitespace().map(str::to_owned));
            texts.push((document, sha, words.collect()));
        }
        texts
    })
}

/// Lets a day go by for what is missing from listings.
fn a_day_passes(land: &Land, data: &std::path::Path) {
    edit(land, data, "UPDATE part SET missing = missing - 86400");
    forget_runs(land, data);
}

/// Lets everything be due again, as if days had gone by.
fn forget_runs(land: &Land, data: &std::path::Path) {
    let long_ago = "UPDATE run SET report = json_set(report, '$.ended', '2020-01-01T00:00:00Z') WHERE report IS NOT NULL";
    edit(land, data, long_ago);
}

/// Changes what is held, behind the program's back.
fn edit(land: &Land, data: &std::path::Path, statement: &'static str) {
    land.runtime.block_on(async {
        let address = format!("sqlite:{}", data.join("raadhuis.db").display());
        let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
        sqlx::query(statement).execute(&pool).await.unwrap();
        pool.close().await;
    });
}
