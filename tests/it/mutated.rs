//! Broken answers of every supplier: whatever comes, nothing panics, nothing loops, and remarks keep their paths.

use proptest::{prelude::*, sample::Index, test_runner::Config};
use raadhuis_fixtures::Country;
use raadhuis_harvester::supplier::{
    GemeenteOplossingen, Ibabs, Parlaeus, Registers, Supplier, gemeenteoplossingen as go, ibabs, parlaeus,
    registers,
};
use raadhuis_schema::Window;

use crate::recorded::{answer, source};

/// A small share of what `RAADHUIS_MUTATIONS=200000 cargo test --release -p raadhuis-tests mutated` does in full.
fn config() -> Config {
    let cases = std::env::var("RAADHUIS_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(400);
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn year() -> Window {
    "2026-01-01..2026-12-31".parse().unwrap()
}

/// The files of the country below a folder.
fn files(country: &Country, under: &str) -> Vec<(String, Vec<u8>)> {
    let paths = country.paths().filter(|path| path.starts_with(under));
    paths.map(|path| (path.to_owned(), country.file(path).unwrap().to_vec())).collect()
}

/// One of many ways to break an answer.
fn broken(mut bytes: Vec<u8>, at: Index, other: Index, how: u8, byte: u8) -> Vec<u8> {
    let (i, j) = (at.index(bytes.len()), other.index(bytes.len()));
    let (from, until) = (i.min(j), i.max(j));
    match how {
        0 => bytes.truncate(i),
        1 => bytes[i] = byte,
        2 => drop(bytes.drain(from..until)),
        3 => {
            let piece = bytes[from..until.min(from + 4096)].to_vec();
            bytes.splice(i..i, piece);
        }
        4 => drop(bytes.splice(i..i, [0xff, 0xfe, byte])),
        5 => drop(bytes.splice(i..i, b"<a>".repeat(usize::from(byte)))),
        6 => drop(bytes.splice(i..i, b"[{\"id\":".repeat(usize::from(byte)))),
        7 => drop(bytes.splice(from..until.min(from + 12), *b"\"0001-01-01\"")),
        _ => bytes = vec![byte; usize::from(byte)],
    }
    bytes
}

/// What a crawl does with an answer.
fn survives<S: Supplier>(key: &str, task: &S::Task, bytes: Vec<u8>) -> bool {
    let answer = answer(bytes);
    let _ = S::judge(task, &answer);
    let _ = S::redact(task, &answer);
    match S::read(&source(key), task, &answer) {
        Ok(harvested) => harvested.remarks.iter().all(|r| r.path.is_empty() || r.path.starts_with('/')),
        Err(_) => true,
    }
}

/// The question that a file of the country answers.
fn ibabs_task(path: &str) -> ibabs::Task {
    let (window, types) = (year(), ibabs::Types::default());
    let (entry, name) = ("e".to_owned(), "Moties".to_owned());
    match path.split('/').nth(2).unwrap_or_default() {
        "meetingtypes.xml" => ibabs::Task::MeetingTypes { window },
        "meetings.xml" => ibabs::Task::Meetings { window, types },
        "lists.xml" => ibabs::Task::Lists { window, types },
        "entries" => ibabs::Task::Entries { list: "l".into(), name, window, types },
        "entry" => ibabs::Task::Entry { list: "l".into(), name, entry, window, types },
        "votes" => ibabs::Task::Votes { entry, name },
        "users.xml" => ibabs::Task::Users,
        _ => ibabs::Task::User { id: "u".into() },
    }
}

fn go_task(path: &str) -> go::Task {
    match path {
        path if path.ends_with("v1/dmus.json") => go::Task::Dmus,
        path if path.ends_with("v1/meetings.json") => go::Task::Meetings { window: year() },
        path if path.contains("meetingitems/") => go::Task::Items { meeting: 1, offset: 0 },
        path if path.ends_with("groups.json") => go::Task::Groups { offset: 0 },
        path if path.ends_with("persons.json") => {
            go::Task::Members { group: 1, is_party: true, name: "x".into(), offset: 0 }
        }
        _ => go::Task::Documents { offset: 0 },
    }
}

fn parlaeus_task(path: &str) -> parlaeus::Task {
    match path {
        path if path.contains("agenda_detail") => parlaeus::Task::Agenda { id: "a".into() },
        path if path.contains("agendavideo") => parlaeus::Task::Video { id: "a".into() },
        path if path.contains("cie_list") => parlaeus::Task::Committees,
        path if path.contains("person_list") => parlaeus::Task::Persons,
        _ => parlaeus::Task::Agendas { window: year() },
    }
}

fn registers_task(path: &str) -> registers::Task {
    if path.contains("exportOO") {
        registers::Task::Export
    } else {
        registers::Task::List("rwc_gemeenten_compleet", 5)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_ibabs(which in any::<Index>(), at in any::<Index>(), other in any::<Index>(), how in 0_u8..9, byte in any::<u8>()) {
        let all = files(&Country::default(), "ibabs/");
        let (path, bytes) = all[which.index(all.len())].clone();
        prop_assert!(survives::<Ibabs>("utrecht", &ibabs_task(&path), broken(bytes, at, other, how, byte)));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_gemeenteoplossingen(which in any::<Index>(), at in any::<Index>(), other in any::<Index>(), how in 0_u8..9, byte in any::<u8>()) {
        let all = files(&Country::default(), "gemeenteoplossingen/v");
        let (path, bytes) = all[which.index(all.len())].clone();
        prop_assert!(survives::<GemeenteOplossingen>("alblasserdam", &go_task(&path), broken(bytes, at, other, how, byte)));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_parlaeus(which in any::<Index>(), at in any::<Index>(), other in any::<Index>(), how in 0_u8..9, byte in any::<u8>()) {
        let all = files(&Country::default(), "parlaeus/");
        let (path, bytes) = all[which.index(all.len())].clone();
        prop_assert!(survives::<Parlaeus>("apeldoorn", &parlaeus_task(&path), broken(bytes, at, other, how, byte)));
    }

    #[test]
    fn a_mutated_answer_never_breaks_the_reader_of_registers(which in any::<Index>(), at in any::<Index>(), other in any::<Index>(), how in 0_u8..9, byte in any::<u8>()) {
        let mut all = files(&Country::default(), "registers/");
        all.retain(|(path, _)| !path.contains("allmanak"));
        let (path, bytes) = all[which.index(all.len())].clone();
        prop_assert!(survives::<Registers>("tooi", &registers_task(&path), broken(bytes, at, other, how, byte)));
    }
}
