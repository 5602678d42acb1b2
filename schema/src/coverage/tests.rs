//! What the ledger says, over facts written by hand.

use super::*;
use crate::{DiagnosticCode, RunPurpose, Verdict};

const NOW: &str = "2026-11-25T12:00:00Z";

fn source() -> Source {
    serde_json::from_value(serde_json::json!({
        "key": "waterdam", "supplier": "notubiz", "tenant": "9101", "base": "https://api.notubiz.nl/",
        "state": "active",
        "authority": {"id": "authority:nl:tooi:gm9101", "name": "Waterdam", "kind": "municipality", "code": "GM9101"}
    }))
    .unwrap()
}

fn ran(days: &str, ended: &str, verdict: Verdict) -> RunReport {
    let window = days.parse().unwrap();
    RunReport { window, verdict, ..RunReport::empty_at("waterdam", ended.parse().unwrap()) }
}

fn days(windows: &[&str]) -> Vec<Window> {
    windows.iter().map(|days| days.parse().unwrap()).collect()
}

fn state_of(facts: &Facts) -> State {
    compute_coverage(Some(&source()), facts, NOW.parse().unwrap()).state
}

/// A listing that announces how much it has.
fn counting() -> Total {
    Total {
        source: "waterdam".into(),
        collection: "events".into(),
        kind: Some(Kind::Meeting),
        window: None,
        announced: Some(1),
        given: 1,
        at: NOW.parse().unwrap(),
    }
}

fn owed(code: Option<DiagnosticCode>, tries: u32) -> BacklogItem {
    let at: Timestamp = NOW.parse().unwrap();
    BacklogItem {
        source: "waterdam".into(),
        name: "file of document:notubiz:9101:7".into(),
        body: None,
        subject: "document:notubiz:9101:7".parse().ok(),
        day: "2026-03-01".parse().ok(),
        code,
        message: "HTTP 500".into(),
        since: at,
        tries,
        due: at,
    }
}

#[test]
fn a_source_is_healthy_when_nothing_is_owed_and_its_last_success_is_fresh() {
    let fresh = ran("2026-01-01..2026-12-31", "2026-11-25T06:00:00Z", Verdict::Healthy);
    let old = ran("2026-01-01..2026-12-31", "2026-11-20T06:00:00Z", Verdict::Healthy);
    let broken = ran("2026-01-01..2026-12-31", "2026-11-25T06:00:00Z", Verdict::Broken);
    let with = |runs: Vec<RunReport>, owed: Vec<BacklogItem>| Facts {
        succeeded: runs.iter().find(|run| run.verdict == Verdict::Healthy).map(|run| run.ended),
        runs,
        owed,
        totals: vec![counting()],
        ..Facts::default()
    };
    assert_eq!(state_of(&with(vec![fresh.clone()], vec![])), State::Healthy);
    let mute = Facts { totals: vec![], ..with(vec![fresh.clone()], vec![]) };
    assert_eq!(state_of(&mute), State::Unverifiable, "a listing cannot vouch for itself");
    assert_eq!(state_of(&with(vec![], vec![])), State::NeverHarvested);
    assert_eq!(state_of(&with(vec![old], vec![])), State::Failing);
    assert_eq!(state_of(&with(vec![broken, fresh.clone()], vec![])), State::Failing);
    assert_eq!(state_of(&with(vec![fresh.clone()], vec![owed(None, 0)])), State::Suspicious);
    let banned = vec![owed(Some(DiagnosticCode::Blocked), 1)];
    let elsewhere = state_of(&with(vec![fresh.clone()], banned.clone()));
    assert_eq!(elsewhere, State::Suspicious, "one file may lie at somebody else's");
    assert_eq!(state_of(&with(vec![fresh.clone()], [banned.clone(), banned].concat())), State::Blocked);
    let gone = vec![owed(Some(DiagnosticCode::Gone), 3)];
    assert_eq!(state_of(&with(vec![fresh], gone)), State::Healthy, "what is gone at the source is excused");
    assert_eq!(compute_coverage(None, &Facts::default(), NOW.parse().unwrap()).state, State::NoSource);
}

#[test]
fn what_was_owed_or_long_ago_heals_no_source_that_is_silent_today() {
    let run = |purpose, ended: &str, verdict| RunReport {
        purpose,
        ..ran("2026-11-25..2026-11-25", ended, verdict)
    };
    let silent = run(RunPurpose::Recent, "2026-11-25T06:00:00Z", Verdict::Suspicious);
    let facts = |last: RunReport, silent: &RunReport| Facts {
        succeeded: "2026-11-24T06:00:00Z".parse().ok(),
        runs: vec![last, silent.clone()],
        ..Facts::default()
    };
    for purpose in [RunPurpose::Owed, RunPurpose::History] {
        let fine = run(purpose, "2026-11-25T07:00:00Z", Verdict::Healthy);
        assert_eq!(state_of(&facts(fine, &silent)), State::Suspicious);
    }
    let worse = run(RunPurpose::History, "2026-11-25T07:00:00Z", Verdict::Broken);
    assert_eq!(state_of(&facts(worse, &silent)), State::Failing);
    // One that never succeeded is given two days.
    let first = |at: &str| run(RunPurpose::Recent, at, Verdict::Suspicious);
    let never = |at: &str| Facts { runs: vec![silent.clone(), first(at)], ..Facts::default() };
    assert_eq!(state_of(&never("2026-11-24T06:00:00Z")), State::Suspicious);
    assert_eq!(state_of(&never("2026-11-22T06:00:00Z")), State::Failing);
}

#[test]
fn a_missing_file_is_owed_in_its_year_and_not_held() {
    let facts = Facts {
        runs: vec![ran("2026-01-01..2026-12-31", NOW, Verdict::Healthy)],
        asked: days(&["2024-01-01..2024-12-31", "2026-01-01..2026-12-31"]),
        held: vec![(Kind::Document, Some(2026), 3)],
        owed: vec![owed(Some(DiagnosticCode::Failed), 1)],
        ..Facts::default()
    };
    let found = compute_coverage(Some(&source()), &facts, NOW.parse().unwrap());
    let row = found.rows.get(&(Some(2026), Kind::Document)).copied();
    assert_eq!(row, Some(Row { held: 2, owed: 1, excused: 0, is_verifiable: false }));
    let named: Vec<_> = found.gaps.iter().map(|gap| (gap.what.as_str(), gap.cause.as_str())).collect();
    assert_eq!(named, [("document:notubiz:9101:7", "FAILED"), ("all of 2025", "NOT_ASKED")]);
    assert!(!found.is_verifiable, "no listing announced how much it has");
}

#[test]
fn what_a_listing_counts_and_does_not_name_is_owed_by_name_where_it_was_held_before() {
    let total = Total {
        source: "waterdam".into(),
        collection: "events".into(),
        kind: Some(Kind::Meeting),
        window: "2026-01-01..2026-12-31".parse().ok(),
        announced: Some(10),
        given: 7,
        at: NOW.parse().unwrap(),
    };
    let unheard = vec![("meeting:notubiz:9101:5".parse().unwrap(), Some(2026))];
    let asked = days(&["2025-12-01..2026-12-31"]);
    let held = vec![(Kind::Meeting, Some(2025), 1), (Kind::Meeting, Some(2026), 8)];
    let facts = Facts { totals: vec![total], asked, held, unheard, ..Facts::default() };
    let found = compute_coverage(Some(&source()), &facts, NOW.parse().unwrap());
    let named: Vec<_> = found.gaps.iter().map(|gap| gap.what.as_str()).collect();
    assert_eq!(named, ["meeting:notubiz:9101:5", "2 of the listing events over 2026-01-01..2026-12-31"]);
    assert!(found.is_verifiable);
    let row = |held, owed, is_verifiable| Row { held, owed, excused: 0, is_verifiable };
    let rows =
        [((Some(2025), Kind::Meeting), row(1, 0, false)), ((Some(2026), Kind::Meeting), row(8, 3, true))];
    assert_eq!(found.rows, BTreeMap::from(rows), "no listing announced how much there was in 2025");
    let line = Line::summarise(&found, NOW.parse().unwrap());
    assert_eq!((line.count_held(), line.owed, line.kinds[&Kind::Meeting].is_verifiable), (9, 3, false));
    let text = serde_json::to_string(&line).unwrap();
    assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
}

#[test]
fn the_days_that_were_promised_and_never_asked_for_are_owed_year_by_year() {
    let facts = Facts {
        runs: vec![ran("2026-01-01..2026-12-31", NOW, Verdict::Healthy)],
        asked: days(&["2026-01-01..2026-12-31", "2025-03-01..2025-06-30"]),
        since: "2024-01-01".parse().ok(),
        ..Facts::default()
    };
    let found = compute_coverage(Some(&source()), &facts, NOW.parse().unwrap());
    let named: Vec<_> = found.gaps.iter().map(|gap| gap.what.as_str()).collect();
    let expected = ["all of 2024", "all of 2025-01-01..2025-02-28", "all of 2025-07-01..2025-12-31"];
    assert_eq!(named, expected);
    assert_eq!(found.period, "2024-01-01..2026-12-31".parse().ok());
    assert_eq!((found.state, found.count_owed()), (State::Suspicious, 3));
}

#[test]
fn a_line_that_was_healthy_is_failing_two_days_later() {
    let fresh = ran("2026-01-01..2026-12-31", "2026-11-25T06:00:00Z", Verdict::Healthy);
    let facts = Facts {
        succeeded: Some(fresh.ended),
        asked: vec![fresh.window],
        runs: vec![fresh],
        totals: vec![counting()],
        ..Facts::default()
    };
    let line = Line::summarise(
        &compute_coverage(Some(&source()), &facts, NOW.parse().unwrap()),
        NOW.parse().unwrap(),
    );
    let at = |moment: &str| standing(Some(&source()), Some(&line), moment.parse().unwrap());
    assert_eq!(at(NOW), State::Healthy);
    assert_eq!(at("2026-11-27T06:00:01Z"), State::Failing);
    assert_eq!(standing(Some(&source()), None, NOW.parse().unwrap()), State::NeverHarvested);
    assert_eq!(standing(None, None, NOW.parse().unwrap()), State::NoSource);
    // Another catalogue named it.
    assert_eq!(standing(None, Some(&line), NOW.parse().unwrap()), State::Healthy);
    assert_eq!(standing(None, Some(&line), "2026-11-27T06:00:01Z".parse().unwrap()), State::Failing);
    let off = Source { state: crate::SourceState::Archived, ..source() };
    assert_eq!(standing(Some(&off), Some(&line), NOW.parse().unwrap()), State::Discontinued);
}
