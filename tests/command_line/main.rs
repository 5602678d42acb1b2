//! The program as its user meets it: the README's commands, and what it says when something is wrong.
#![allow(clippy::unwrap_used, clippy::allow_attributes, reason = "tests fail by panicking")]

mod alerts;
mod backup;
mod clocks;
mod country;
mod feed;
mod index;
mod land;
mod owner;
mod readers;
mod trouble;
mod up;

use std::{
    path::Path,
    process::{Command, Output, Stdio},
    time::Instant,
};

use raadhuis_tests::{PATIENCE, reader::Reader};

fn raadhuis(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_raadhuis")).args(arguments).env_remove("RUST_LOG").output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn folder(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn the_demo_harvests_the_country_and_a_second_time_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let first = raadhuis(&["demo", "--exit", "--data", &folder(data.path())]);
    assert!(first.status.success(), "{}", said(&first));
    // Some files of Waterdam are broken on purpose, and a run with failures is not called healthy.
    for line in [
        "Middenland (middenland), 2026-01-01..2026-12-31: healthy",
        "Waterdam (waterdam), 2026-01-01..2026-12-31: done, with failures: ",
    ] {
        assert!(said(&first).contains(line), "{}", said(&first));
    }
    let second = raadhuis(&["demo", "--exit", "--data", &folder(data.path())]);
    assert_eq!(said(&second).matches(" 0 changes\n").count(), 9, "{}", said(&second));
}

#[test]
fn the_demo_serves_what_it_harvested_until_it_is_told_to_stop() {
    let data = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_raadhuis"));
    demo.args(["demo", "--port", "0", "--data", &folder(data.path())]);
    let reader = Reader::start(demo);
    let get = |path: &str| reader.get(path);
    assert!(get("/healthz").contains("\"status\":\"ok\""));
    let page = get("/?q=fietsbrug");
    assert!(
        page.contains("resultaten</h2>") && page.contains("content-security-policy: default-src 'none'"),
        "{page}"
    );
    // What is taken down beside it is gone there too.
    let id = "document:notubiz:9101:9101001";
    let down = raadhuis(&["takedown", id, "--reason", "court", "--data", &folder(data.path())]);
    assert!(down.status.success() && !said(&down).contains("within a minute"), "{}", said(&down));
    assert!(get(&format!("/id/{id}")).starts_with("HTTP/1.1 410"));
    // The reader of the index notices within a second that it was written.
    let began = Instant::now();
    while !get("/?q=%22fietspad+langs+de+Kastanjelaan%22").contains("0 resultaten") {
        assert!(began.elapsed() < PATIENCE, "its words are still found");
    }
    drop(std::fs::remove_file(format!("{}.takedowns", folder(data.path()))));
    assert!(reader.stop().success());
}

#[test]
fn mistakes_on_the_command_line_are_named() {
    let data = tempfile::tempdir().unwrap();
    let data = folder(data.path());
    let check = |arguments: &[&str], expected: &str| {
        let output = raadhuis(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    };
    check(&["harvest", "denhag", "--data", &data], "no source is called \"denhag\"; did you mean den_haag");
    check(&["harvest", "denhaag", "--since", "gisteren", "--data", &data], "neither a day");
    check(
        &["harvest", "denhaag", "--since", "2026-02-01", "--until", "2026-01-01", "--data", &data],
        "before it begins",
    );
    check(&["harvest", "x", "--catalogue", "/nonexistent", "--data", &data], "/nonexistent cannot be read");
    check(&["harvest"], "SOURCE");
    check(&["demo", "--port", "99999"], "99999");
    check(&["serve", "--data", "/proc/nergens"], "/proc/nergens");
}

#[test]
fn an_unreachable_supplier_is_a_remark_and_exit_code_one() {
    let data = tempfile::tempdir().unwrap();
    let catalogue = tempfile::tempdir().unwrap();
    let text = "supplier = \"notubiz\"\nbase = \"http://127.0.0.1:9/\"\n[authorities.GM9101]\nname = \"Waterdam\"\n\
                kind = \"municipality\"\n[sources.waterdam]\nauthority = \"GM9101\"\ntenant = \"9101\"\n";
    std::fs::write(catalogue.path().join("notubiz.toml"), text).unwrap();
    let output = raadhuis(&[
        "harvest",
        "waterdam",
        "--since",
        "7d",
        "--catalogue",
        &folder(catalogue.path()),
        "--data",
        &folder(data.path()),
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("BROKEN") && said(&output).contains("BAD_ADDRESS"), "{}", said(&output));
    assert!(said(&output).contains("--allow-host HOST:PORT permits it"), "{}", said(&output));
}

#[test]
fn one_process_harvests_into_a_folder_at_a_time() {
    let data = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(data.path().join("harvest.lock")).unwrap();
    lock.lock().unwrap();
    let output = raadhuis(&["demo", "--exit", "--data", &folder(data.path())]);
    assert!(!output.status.success());
    assert!(said(&output).contains("another process is harvesting into"), "{}", said(&output));
}

#[test]
fn sources_are_listed_with_who_nobody_publishes_and_a_reader_may_leave_early() {
    let all = said(&raadhuis(&["sources"]));
    let line = all.lines().find(|line| line.starts_with("den_haag ")).unwrap();
    for word in ["notubiz", "municipality", "Zuid-Holland", "active"] {
        assert!(line.contains(word), "{line}");
    }
    let missing = said(&raadhuis(&["sources", "--missing"]));
    assert!(
        missing.contains("Land van Cuijk") && missing.contains("63 authorities without an active source"),
        "{missing}"
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_raadhuis"))
        .arg("sources")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait_with_output().unwrap().status.success());
}
