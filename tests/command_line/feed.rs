//! A small client that knows nothing of us but the addresses of the feed: what it rebuilds is what we hold, however it is written to
//! meanwhile, and however often either program is killed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc,
    time::Duration,
};

use raadhuis_fixtures::sim::{chance::Chance, faults::Faults};
use raadhuis_schema::ContentHash;
use raadhuis_tests::reader::Reader;
use serde_json::Value;

use crate::{country::number, folder, land::Land, raadhuis};

/// What somebody else has of us.
#[derive(Default)]
struct Copy {
    cursor: String,
    things: BTreeMap<String, Value>,
    deleted: BTreeMap<String, String>,
    seen: BTreeSet<String>,
    pages: u32,
}

impl Copy {
    /// Takes one page in; whether there was more. A page that broke off is not taken.
    fn turn(&mut self, reader: &Reader, more: &str) -> Option<bool> {
        let after = if self.cursor.is_empty() { String::new() } else { format!("&after={}", self.cursor) };
        let answer = reader.ask(&format!("/v1/changes?limit=53{after}{more}"))?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        if !head.starts_with("HTTP/1.1 200") {
            return None;
        }
        let lines: Vec<Value> =
            body.lines().map(|line| serde_json::from_str(line).unwrap_or_default()).collect();
        let end = lines.last().filter(|line| line["op"] == "end")?;
        for line in &lines[..lines.len() - 1] {
            let (id, cursor) = (line["id"].as_str().unwrap(), line["cursor"].as_str().unwrap());
            assert!(self.seen.insert(cursor.to_owned()), "{cursor} comes twice");
            assert!(
                self.cursor.is_empty() || number_of(cursor) > number_of(&self.cursor),
                "{cursor} goes back"
            );
            cursor.clone_into(&mut self.cursor);
            if line["op"] == "upsert" {
                assert_eq!(line["license"], "https://creativecommons.org/publicdomain/zero/1.0/");
                self.deleted.remove(id);
                self.things.insert(id.to_owned(), line["entity"].clone());
            } else {
                self.things.remove(id);
                self.deleted.insert(id.to_owned(), line["reason"].as_str().unwrap().to_owned());
            }
        }
        end["cursor"].as_str().unwrap().clone_into(&mut self.cursor);
        self.pages += 1;
        Some(end["more"] == true)
    }

    /// Takes in all there is.
    fn follow(&mut self, reader: &Reader) {
        // Nobody kills it now.
        while self.turn(reader, "").unwrap() {}
    }

    /// What it has, a line each: id and hash of the content.
    fn dump(&self) -> Vec<String> {
        self.things.iter().map(|(id, entity)| format!("{id} {}", ContentHash::hash_value(entity))).collect()
    }
}

fn number_of(cursor: &str) -> i64 {
    cursor.parse().unwrap()
}

fn snapshot(reader: &Reader) -> (Vec<String>, String) {
    let answer = reader.get("/v1/snapshot");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let lines = body.lines().filter(|line| line.starts_with('{'));
    let mut lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.pop().unwrap();
    assert_eq!(end["op"], "end");
    let line =
        |it: &Value| format!("{} {}", it["id"].as_str().unwrap(), ContentHash::hash_value(&it["entity"]));
    let mut dump: Vec<_> = lines.iter().map(line).collect();
    dump.sort();
    (dump, end["cursor"].as_str().unwrap().to_owned())
}

#[test]
fn the_feed_rebuilds_the_store_while_it_is_written_and_both_programs_are_killed() {
    let land = Land::grow(41, number("RAADHUIS_TOWNS", 9), 300.0, Faults::default());
    let data = tempfile::tempdir().unwrap();
    let chance = Chance::new(5);
    let mut copy = Copy::default();
    let mut harvest = land.begin(data.path());
    // It must have made its files before anybody reads them.
    while !data.path().join("index").exists() {
        assert!(harvest.try_wait().unwrap().is_none(), "it ended before it began");
        std::thread::yield_now();
    }
    let mut reader = land.serve(data.path());
    let (mut kills, mut early, mut turns) = (0, 0, 0);
    // It asks some forty times a second: more than anybody would, and not so much that nothing else on this machine gets a turn.
    let (_held, pace) = mpsc::channel::<()>();
    loop {
        assert_eq!(pace.recv_timeout(Duration::from_millis(25)), Err(mpsc::RecvTimeoutError::Timeout));
        turns += 1;
        let is_over = harvest.try_wait().unwrap().is_some();
        early += u32::from(!is_over && copy.turn(&reader, "").is_some() && !copy.things.is_empty());
        if kills < 3 && chance.derive_part("kill", turns).below(30) == 0 {
            // The server is killed while it answers, and the harvest too.
            reader.ask_and_leave("/v1/changes?limit=10000");
            drop(reader);
            reader = land.serve(data.path());
            harvest.kill().unwrap();
            harvest.wait().unwrap();
            harvest = land.begin(data.path());
            kills += 1;
        } else if is_over {
            break;
        }
    }
    assert!(kills > 0 && early > 0, "{kills} kills, {early} pages while it was written");
    land.harvest(data.path());
    // One that was not asked ceaselessly before has a full bucket for us.
    drop(reader);
    let reader = land.serve(data.path());
    copy.follow(&reader);
    assert_eq!(copy.dump(), land.dump(data.path()));
    let (dump, cursor) = snapshot(&reader);
    assert_eq!((&dump, &cursor), (&copy.dump(), &copy.cursor));

    // Days go by, and something is taken down.
    for _ in 0..2 {
        land.look().simulation.next_day();
        land.publish_catalogue();
        land.harvest(data.path());
    }
    let document = copy.things.keys().find(|id| id.starts_with("document:")).unwrap().clone();
    let down = raadhuis(&["takedown", &document, "--reason", "privacy", "--data", &folder(data.path())]);
    assert!(down.status.success());
    copy.follow(&reader);
    assert_eq!(copy.dump(), land.dump(data.path()));
    assert_eq!(copy.deleted[&document], "privacy");
    drop(std::fs::remove_file(format!("{}.takedowns", folder(data.path()))));
    narrowed(&reader, &copy);
}

/// A feed of one authority and one kind is that part of the whole, and an answer that is known is not sent again.
fn narrowed(reader: &Reader, whole: &Copy) {
    let meeting = whole.things.iter().find(|(id, _)| id.starts_with("meeting:")).unwrap().1;
    let authority = meeting["authority"].as_str().unwrap();
    let mut part = Copy::default();
    while part.turn(reader, &format!("&authority={authority}&kind=meeting")).unwrap() {}
    let expected: Vec<_> = whole
        .things
        .iter()
        .filter(|(id, entity)| id.starts_with("meeting:") && entity["authority"] == authority)
        .map(|(id, _)| id)
        .collect();
    assert_eq!(part.things.keys().collect::<Vec<_>>(), expected);
    assert_eq!(part.cursor, whole.cursor, "all of the log was looked at");
    let ahead = reader.get("/v1/changes?after=999999999");
    assert!(ahead.starts_with("HTTP/1.1 410") && ahead.contains("ahead of the log"), "{ahead}");
    let wrong = reader.get("/v1/changes?soort=meeting");
    assert!(wrong.starts_with("HTTP/1.1 400") && wrong.contains("is no argument here"), "{wrong}");
}
