//! What every store promises about files.

use raadhuis_schema::{
    Content, Entity, EntityId, Finding, Origin, Policy, Ruling, Standing, Takedown, TakedownReason, Tier,
};

use super::{answer, at, document, listed, says, text};
use crate::{CrashRecord, SharedStore};

/// What a reader of files says of a document's text.
fn read(of: u32, sha: &str, scans: u32) -> raadhuis_schema::Part {
    let origin =
        Origin::Aspect { aspect: "text".into(), of: format!("document:notubiz:9101:{of}").parse().unwrap() };
    let mut part = says(&origin, Standing::Detail, text(of, sha));
    if let Content::Says(entity) = &mut part.content
        && let Entity::DocumentText(text) = &mut **entity
    {
        text.scans = scans;
    }
    part
}

pub async fn what_was_noted_and_never_committed_is_discarded(store: SharedStore) {
    let keys = ["payload/waterdam/a", "original/abc", "text/abc", "original/lost"].map(str::to_owned);
    store.reserve(&keys).await.unwrap();
    let parts = vec![listed(document(9, "Open")), read(9, "abc", 0)];
    let commit = raadhuis_schema::Commit { payload: Some(keys[0].clone()), ..answer(1, parts, None) };
    store.commit_answer(commit).await.unwrap();
    assert_eq!(store.discards().await.unwrap(), ["original/lost"]);
    // Noted again for the same file at another document, and cut off: what a living document holds stays.
    store.reserve(&keys).await.unwrap();
    assert_eq!(store.discards().await.unwrap(), ["original/lost"]);
}

pub async fn what_was_found_in_a_file_and_ruled_holds_until_the_file_goes(store: SharedStore) {
    let parts = [8, 9].map(|of| [listed(document(of, "Brief")), read(of, "abc", 0)]).concat();
    store.commit_answer(answer(1, parts, None)).await.unwrap();
    let found = |page, tier| Finding { page, at: 7, tier, masked: "*******82".into() };
    let findings = [found(2, Tier::High), found(5, Tier::Medium)];
    let reviewed = store.keep_findings("abc", &findings).await.unwrap();
    assert_eq!(
        reviewed.iter().map(|it| (it.finding.page, it.ruling)).collect::<Vec<_>>(),
        [(2, None), (5, None)]
    );
    store.keep_ruling("abc", 2, Ruling::Withhold, at(2)).await.unwrap();
    store.keep_ruling("abc", 2, Ruling::Release, at(3)).await.unwrap();
    // The file is read again: what is found now counts, what was ruled of its pages holds.
    let again = store.keep_findings("abc", &findings[..1]).await.unwrap();
    assert_eq!(again.iter().map(|it| it.ruling).collect::<Vec<_>>(), [Some(Ruling::Release)]);
    assert_eq!(store.findings(None).await.unwrap(), again);
    // A release covers what had been found by then.
    let later = [findings[0].clone(), Finding { at: 90, masked: "*******33".into(), ..findings[0].clone() }];
    let later = store.keep_findings("abc", &later).await.unwrap();
    assert_eq!(later.iter().map(|it| it.ruling).collect::<Vec<_>>(), [Some(Ruling::Release), None]);
    // A page may be withheld on which nothing was found.
    store.keep_ruling("abc", 9, Ruling::Withhold, at(4)).await.unwrap();
    let all = store.findings(Some("abc")).await.unwrap();
    assert_eq!((all[2].finding.page, all[2].ruling), (9, Some(Ruling::Withhold)));
    store.keep_ruling("abc", 9, Ruling::Release, at(4)).await.unwrap();
    store.keep_findings("abc", &findings[..1]).await.unwrap();
    assert_eq!(store.read_policy().await.unwrap(), None);
    store.keep_policy(Policy::Detect).await.unwrap();
    store.keep_policy(Policy::Quarantine).await.unwrap();
    assert_eq!(store.read_policy().await.unwrap(), Some(Policy::Quarantine));
    assert_eq!(store.findings(Some("other")).await.unwrap(), []);
    let holders = store.texts_of(&["abc".to_owned()]).await.unwrap();
    assert_eq!(holders.len(), 2);
    for (left, id) in [(1, "document:notubiz:9101:8"), (0, "document:notubiz:9101:9")] {
        store.block_entity(&takedown(id, &[])).await.unwrap();
        assert_eq!(store.findings(None).await.unwrap().len(), left, "as long as one document holds the file");
    }
}

fn takedown(id: &str, files: &[&str]) -> Takedown {
    let files = files.iter().map(ToString::to_string).collect();
    Takedown { id: id.parse().unwrap(), reason: TakedownReason::Privacy, at: at(5), files }
}

pub async fn a_takedown_remembers_the_files_that_went_with_it(store: SharedStore) {
    let read = |of: u32, sha: &str| [listed(document(of, "Brief")), read(of, sha, 0)];
    // Each of three documents had a file before the one that it has now; two have the same now.
    for files in [["a1", "b1", "c1"], ["a2", "same", "same"]] {
        let parts: Vec<_> = [7, 8, 9].into_iter().zip(files).flat_map(|(of, sha)| read(of, sha)).collect();
        store.commit_answer(answer(1, parts, None)).await.unwrap();
    }
    let blocked = store.block_entity(&takedown("document:notubiz:9101:7", &[])).await.unwrap();
    assert_eq!(blocked.files, ["a1", "a2"]);
    let blocked = store.block_entity(&takedown("document:notubiz:9101:8", &["told"])).await.unwrap();
    assert_eq!(blocked.files, ["b1", "same", "told"], "also what another document has now");
    for (sha, id) in [("a1", Some(7)), ("same", Some(8)), ("told", Some(8)), ("c1", None)] {
        let found = store.takedown_of_file(sha).await.unwrap().map(|it| it.id.to_string());
        assert_eq!(found, id.map(|id| format!("document:notubiz:9101:{id}")), "{sha}");
    }
    let all = store.takedowns().await.unwrap();
    assert_eq!(
        all,
        [takedown(all[0].id.as_str(), &["a1", "a2"]), takedown(all[1].id.as_str(), &["b1", "same", "told"])]
    );
    // To say it again changes nothing.
    assert_eq!(store.block_entity(&all[1]).await.unwrap().committed.changes, []);
    assert_eq!(store.takedowns().await.unwrap(), all);
}

pub async fn a_file_that_kills_is_remembered_until_it_does_no_more(store: SharedStore) {
    let crash = CrashRecord { times: 3, due: at(99) };
    assert_eq!(store.crash_record("abc").await.unwrap(), None);
    store.keep_crash_record("abc", Some(crash)).await.unwrap();
    assert_eq!(store.crash_record("abc").await.unwrap(), Some(crash));
    store.keep_crash_record("abc", None).await.unwrap();
    assert_eq!(store.crash_record("abc").await.unwrap(), None);
}

pub async fn texts_with_pictures_are_found_by_source(store: SharedStore) {
    let parts = [(7, 0), (8, 2), (9, 1)]
        .map(|(of, scans)| [listed(document(of, "Brief")), read(of, &format!("sha{of}"), scans)]);
    store.commit_answer(answer(1, parts.concat(), None)).await.unwrap();
    let ids = store.list_scans("waterdam", None, 10).await.unwrap();
    let expected: Vec<EntityId> =
        [8, 9].map(|of| format!("document-text:notubiz:9101:{of}").parse().unwrap()).into();
    assert_eq!(ids, expected);
    assert_eq!(store.list_scans("waterdam", Some(&ids[0]), 10).await.unwrap(), expected[1..]);
    assert_eq!(store.list_scans("heidekerk", None, 10).await.unwrap(), []);
}
