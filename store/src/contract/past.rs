//! What every store promises about the past and about sums.

use raadhuis_schema::{
    Abbreviation, Action, Choice, Content, Entity, EntityId, Id, Kind, Named, Origin, Part, Standing,
    Takedown, TakedownReason, Vote, VoteEvent,
};

use super::{M1, answer, at, authority, date, detail, document, item, listed, meeting, says};
use crate::{SharedStore, Term, TermsOf};

pub async fn the_past_names_fields_and_hashes_and_nothing_of_what_is_erased(store: SharedStore) {
    store.commit_answer(answer(1, vec![listed(meeting(1, "Raad", 3))], None)).await.unwrap();
    store.commit_answer(answer(2, vec![listed(meeting(1, "Gemeenteraad", 4))], None)).await.unwrap();
    let ids: Vec<EntityId> = vec![M1.parse().unwrap(), "meeting:notubiz:9101:2".parse().unwrap()];
    let past = store.list_edits(&ids, 10).await.unwrap();
    assert_eq!(past.len(), 1, "of what never was nothing is told");
    let edits = &past[0].1;
    let told: Vec<_> = edits.iter().map(|it| (it.action, it.at, it.fields.join(" "))).collect();
    assert_eq!(
        told,
        [(Action::Updated, at(2), "name start".to_owned()), (Action::Created, at(1), String::new())]
    );
    let now = store.get(&ids).await.unwrap()[0].hash.clone();
    assert_eq!(edits[0].hash.as_ref(), Some(&now));
    assert!(edits[1].hash.is_some() && edits[1].hash != edits[0].hash);
    assert_eq!(store.list_edits(&ids, 1).await.unwrap()[0].1, edits[..1]);
    let takedown = Takedown { id: ids[0].clone(), reason: TakedownReason::Privacy, at: at(3), files: vec![] };
    store.block_entity(&takedown).await.unwrap();
    let erased = store.list_edits(&ids, 10).await.unwrap();
    assert_eq!(erased[0].1[0].action, Action::Erased);
    assert!(erased[0].1.iter().all(|it| it.hash.is_none() && it.fields.is_empty()));
}

fn explains(of: u32, terms: &[(&str, &str, u32)], withheld: &[u32]) -> Part {
    let origin =
        Origin::Aspect { aspect: "text".into(), of: format!("document:notubiz:9101:{of}").parse().unwrap() };
    let mut part = says(&origin, Standing::Detail, super::text(of, "abc"));
    if let Content::Says(entity) = &mut part.content
        && let Entity::DocumentText(text) = &mut **entity
    {
        let term = |(short, long, page): &(&str, &str, u32)| Abbreviation {
            short: (*short).to_owned(),
            long: (*long).to_owned(),
            page: *page,
        };
        text.abbreviations = terms.iter().map(term).collect();
        text.withheld = withheld.to_vec();
    }
    part
}

fn told(terms: &[Term]) -> Vec<(&str, &str, u64, &str, u32)> {
    terms.iter().map(|it| (&*it.short, &*it.long, it.documents, it.document.as_str(), it.page)).collect()
}

pub async fn abbreviations_are_told_for_a_document_a_meeting_and_an_authority(store: SharedStore) {
    let parts = vec![
        listed(meeting(1, "A", 3)),
        listed(meeting(2, "B", 4)),
        says(&detail(1), Standing::Mention, item(5, 1, "Eerst", &[8])),
        says(&detail(2), Standing::Mention, item(7, 2, "Elders", &[9])),
        says(&detail(1), Standing::Mention, document(8, "A")),
        says(&detail(2), Standing::Mention, document(9, "Z")),
        explains(8, &[("RP", "Ruimtelijk plan", 2), ("BRP", "Basisregistratie Personen", 1)], &[]),
    ];
    store.commit_answer(answer(1, parts, None)).await.unwrap();
    let second = explains(9, &[("RP", "ruimtelijk plan", 1), ("RP", "regionale pers", 3)], &[3]);
    store.commit_answer(answer(2, vec![second], None)).await.unwrap();
    let id = |text: &str| text.parse::<EntityId>().unwrap();
    let first = "document:notubiz:9101:8";
    let of_first =
        [("BRP", "Basisregistratie Personen", 1, first, 1), ("RP", "Ruimtelijk plan", 1, first, 2)];
    for of in [TermsOf::Document(id(first)), TermsOf::Meeting(id(M1))] {
        assert_eq!(told(&store.list_terms(&of, None, 100).await.unwrap()), of_first, "{of:?}");
    }
    let shorts = ["RP".to_owned()];
    for of in [TermsOf::Authority(authority().as_entity().clone()), TermsOf::All] {
        let terms = store.list_terms(&of, Some(&shorts), 100).await.unwrap();
        assert_eq!(
            told(&terms),
            [("RP", "Ruimtelijk plan", 2, first, 2)],
            "what a withheld page says is not told"
        );
        assert_eq!((terms[0].first_seen, terms[0].last_seen), (at(1), at(2)));
    }
    // Released, the page tells what it told.
    store
        .commit_answer(answer(3, vec![explains(9, &[("RP", "regionale pers", 3)], &[])], None))
        .await
        .unwrap();
    let second = TermsOf::Document(id("document:notubiz:9101:9"));
    assert_eq!(store.list_terms(&second, None, 100).await.unwrap()[0].long, "regionale pers");
}

pub async fn votes_of_members_are_counted_and_nothing_twice(store: SharedStore) {
    let event = |native: u32| Id::<VoteEvent>::new("notubiz", 9101, native);
    let mut parts = Vec::new();
    for native in [1, 2] {
        let mut it = VoteEvent::bare(event(native), authority());
        it.date = Some(format!("2026-03-{native:02}").parse().unwrap());
        parts.push(listed(Entity::VoteEvent(it)));
    }
    let mut vote = |native: u32, of: u32, choice, change: &dyn Fn(&mut Vote)| {
        let mut it = Vote::bare(Id::new("notubiz", 9101, native), authority(), event(of), choice);
        it.party = Some(Named::from_text("CDA"));
        change(&mut it);
        parts.push(listed(Entity::Vote(it)));
    };
    // The same two members by name and by anonymous role, and a party of which no number is known.
    for (native, choice) in [(11, Choice::Favour), (12, Choice::Against)] {
        vote(native, 1, choice, &|it| it.name = Some("Lid".into()));
        vote(native + 10, 1, choice, &|it| it.voter = Some("r".into()));
    }
    vote(31, 2, Choice::Favour, &|it| it.members = Some(3));
    vote(32, 2, Choice::Against, &|it| it.party = Some(Named::from_text("VVD")));
    store.commit_answer(answer(1, parts, None)).await.unwrap();
    let counted = async |from, until| -> Vec<_> {
        let all = store.ballots(authority().as_entity(), from, until).await.unwrap();
        all.into_iter().map(|it| (it.party, it.choice, it.members)).collect()
    };
    let first = [("CDA".to_owned(), Choice::Against, 1), ("CDA".to_owned(), Choice::Favour, 1)];
    let second = [("CDA".to_owned(), Choice::Favour, 3)];
    assert_eq!(counted(None, None).await, [&first[..], &second[..]].concat());
    assert_eq!(counted(Some(date(2026, 3, 2)), None).await, second);
    assert_eq!(counted(None, Some(date(2026, 3, 1))).await, first);
    let counts =
        store.counts_of(&[authority().as_entity().clone()], &[Kind::Vote, Kind::Meeting]).await.unwrap();
    assert_eq!(counts, [(authority().as_entity().clone(), Kind::Vote, 6)]);
}
