//! What every store promises about lists and relations.

use raadhuis_schema::{EntityId, Kind, Relation, Standing};

use super::{M1, answer, date, detail, document, item, listed, meeting, says};
use crate::{Direction, Filter, Page, Related, SharedStore};

pub async fn lists_are_paged_without_gap_or_repeat(store: SharedStore) {
    let many = (1..=23).map(|n| listed(meeting(n, "Raad", i8::try_from(n % 9).unwrap() + 1))).collect();
    store.commit_answer(answer(1, many, None)).await.unwrap();
    for descending in [false, true] {
        let (mut seen, mut page) = (Vec::new(), Page { first: 5, after: None, descending });
        loop {
            let listing = store
                .list_entities(&Filter { kinds: vec![Kind::Meeting], ..Filter::default() }, &page)
                .await
                .unwrap();
            assert_eq!(listing.total, 23);
            seen.extend(listing.rows.iter().map(|(place, _)| place.clone()));
            page.after = seen.last().cloned();
            if !listing.more {
                break;
            }
        }
        assert_eq!(seen.len(), 23);
        assert!(
            seen.windows(2)
                .all(|pair| ((&pair[0].sort, &pair[0].id) > (&pair[1].sort, &pair[1].id)) == descending)
        );
    }
    let days = Filter { from: Some(date(2026, 3, 4)), until: Some(date(2026, 3, 4)), ..Filter::default() };
    let listing =
        store.list_entities(&days, &Page { first: 50, after: None, descending: true }).await.unwrap();
    assert_eq!((listing.total, listing.rows.len(), listing.more), (3, 3, false));
}

pub async fn who_holds_anything_is_known_without_counting(store: SharedStore) {
    assert_eq!(store.available().await.unwrap(), []);
    let nobody = store.list_owners(&["waterdam".into()]).await.unwrap();
    assert_eq!(nobody, []);
    store.commit_answer(answer(1, vec![listed(meeting(1, "Raad", 1))], None)).await.unwrap();
    let owner = super::authority().as_entity().clone();
    assert_eq!(store.available().await.unwrap(), std::slice::from_ref(&owner));
    let owners = store.list_owners(&["waterdam".into(), "elsewhere".into()]).await.unwrap();
    assert_eq!(owners, [("waterdam".to_owned(), owner)]);
}

pub async fn relations_are_followed_both_ways_in_one_call(store: SharedStore) {
    let parts = vec![
        listed(meeting(1, "A", 3)),
        listed(meeting(2, "B", 4)),
        says(&detail(1), Standing::Mention, item(5, 1, "Eerst", &[9, 8])),
        says(&detail(1), Standing::Mention, item(6, 1, "Dan", &[])),
        says(&detail(2), Standing::Mention, item(7, 2, "Elders", &[9])),
        says(&detail(1), Standing::Mention, document(9, "Z")),
        says(&detail(1), Standing::Mention, document(8, "A")),
    ];
    store.commit_answer(answer(1, parts, None)).await.unwrap();
    let calls = store.count_calls();
    let ask = |relation, direction, first, skip| Related {
        relation,
        direction,
        kinds: vec![],
        first,
        skip,
        from_end: false,
    };
    let ids: Vec<EntityId> = vec![M1.parse().unwrap(), "meeting:notubiz:9101:2".parse().unwrap()];
    let children = store.related(&ids, &ask(Relation::Parent, Direction::Backward, 1, 0)).await.unwrap();
    let shape: Vec<_> = children.iter().map(|(id, l)| (id.as_str(), l.rows.len(), l.total, l.more)).collect();
    assert_eq!(shape, [(M1, 1, 2, true), ("meeting:notubiz:9101:2", 1, 1, false)]);
    let item: Vec<EntityId> = vec!["agenda-item:notubiz:9101:5".parse().unwrap()];
    let documents = store.related(&item, &ask(Relation::Document, Direction::Forward, 10, 0)).await.unwrap();
    let names: Vec<_> = documents[0].1.rows.iter().map(|(_, stored)| stored.entity.name().unwrap()).collect();
    assert_eq!(names, ["Z", "A"], "in the order in which the item names them");
    let last = Related { from_end: true, ..ask(Relation::Document, Direction::Forward, 1, 0) };
    let last = store.related(&item, &last).await.unwrap();
    assert_eq!((last[0].1.rows[0].1.entity.name(), last[0].1.total, last[0].1.more), (Some("A"), 2, true));
    let beyond = store.related(&item, &ask(Relation::Document, Direction::Forward, 10, 5)).await.unwrap();
    assert_eq!((beyond[0].1.rows.len(), beyond[0].1.total), (0, 2));
    assert_eq!(store.count_calls() - calls, 4);
}

/// Reads a list again and again while entities come in one by one.
pub async fn the_total_and_the_rows_of_a_list_are_of_one_moment(store: SharedStore) {
    let writing = {
        let store = store.clone();
        tokio::spawn(async move {
            for number in 1..=150 {
                let parts = vec![listed(meeting(number, "Raad", 24))];
                store.commit_answer(answer(number.into(), parts, None)).await.unwrap();
            }
        })
    };
    let page = Page { first: 1000, after: None, descending: false };
    let mut read = 0;
    loop {
        let is_last = writing.is_finished();
        let listing = store.list_entities(&Filter::default(), &page).await.unwrap();
        assert_eq!(listing.total, listing.rows.len() as u64, "after {read} readings");
        read += 1;
        if is_last {
            break;
        }
    }
    writing.await.unwrap();
    let listing = store.list_entities(&Filter::default(), &page).await.unwrap();
    assert!(listing.total == 150 && read > 1, "{} entities, {read} readings", listing.total);
}
