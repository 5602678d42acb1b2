//! A data folder filled with papers of the made-up country, as a harvest would leave it: authorities, meetings, agenda items,
//! documents and their texts in store and archive.

use std::{path::Path, sync::Arc};

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use raadhuis_schema::{
    AgendaItem, Authority, AuthorityKind, Commit, Content, Document, DocumentText, Entity, EntityId, Id,
    Kind, Meeting, Origin, PageText, Part, RunPurpose, Standing, When, Window, id::OfKind,
};
use raadhuis_search::Entry;
use raadhuis_store::{Archive, ArchiveKey, SharedStore};
use raadhuis_text::{StoredText, stored_text::TIDIED};

use crate::corpus::{AUTHORITIES, Paper, Vocabulary};

/// Papers that are committed together.
const AT_ONCE: u64 = 500;

/// Commits that are made at once, on as many cores as there are.
const MADE_AHEAD: usize = 4;

/// An open folder.
pub struct Filled {
    /// Entities.
    pub store: SharedStore,
    /// Texts.
    pub archive: Archive,
}

impl Filled {
    /// Opens a folder.
    pub async fn open(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let database = format!("sqlite:{}", folder.join("raadhuis.db").display());
        Self {
            store: raadhuis_store::open(&database).await.unwrap(),
            archive: Archive::open(&Archive::address_of(&folder.join("archive"))).unwrap(),
        }
    }

    /// Fills it with papers from `from` up to `until`; how many bytes of text they hold.
    pub async fn fill(&self, vocabulary: &Arc<Vocabulary>, from: u64, until: u64) -> u64 {
        let window: Window = "2010-01-01..2030-01-01".parse().unwrap();
        let at = Timestamp::now();
        let run = self.store.begin_run("simulated", RunPurpose::Asked, window, &[], at).await.unwrap().run;
        let authorities = (0..AUTHORITIES).map(authority).map(Entity::Authority).collect();
        self.store.commit_answer(commit(run, at, authorities)).await.unwrap();
        let mut bytes = 0;
        let batches = (from..until).step_by(usize::try_from(AT_ONCE).unwrap_or(1)).map(|first| {
            let (vocabulary, archive) = (Arc::clone(vocabulary), self.archive.clone());
            tokio::spawn(papers(first, (first + AT_ONCE).min(until), vocabulary, archive))
        });
        // The next are made while one is committed.
        let mut batches = stream::iter(batches).buffered(MADE_AHEAD);
        while let Some(batch) = batches.next().await {
            let (entities, length) = batch.unwrap();
            bytes += length;
            self.store.commit_answer(commit(run, at, entities)).await.unwrap();
        }
        bytes
    }
}

/// Papers with their meetings, and how many bytes of text they hold, which lie in the archive.
async fn papers(first: u64, last: u64, vocabulary: Arc<Vocabulary>, archive: Archive) -> (Vec<Entity>, u64) {
    let mut entities = Vec::new();
    let mut texts = Vec::new();
    let mut bytes = 0;
    for number in first..last {
        let paper = Paper::of(number, &vocabulary);
        if number % 10 == 0 {
            entities.extend(meeting(&paper));
        }
        let (document, text, kept) = document(&paper, &vocabulary);
        bytes += kept.pages.iter().map(|page| page.text.len() as u64).sum::<u64>();
        texts.push((ArchiveKey::for_text(text.sha256.as_deref().unwrap_or_default()), kept));
        entities.extend([Entity::Document(document), Entity::DocumentText(text)]);
    }
    let puts = texts.iter().map(|(key, kept)| async {
        archive.put_json(key, kept.clone()).await.unwrap();
    });
    futures::future::join_all(puts).await;
    (entities, bytes)
}

/// A paper as an engine takes it, without a store.
pub fn entry(paper: &Paper, vocabulary: &Vocabulary) -> Entry {
    Entry {
        id: id(Kind::Document, paper.number),
        authority: authority(paper.authority).id.as_entity().clone(),
        title: paper.title.clone(),
        body: vec![paper.texts(vocabulary).join("\n")],
        values: Vec::new(),
        meeting_date: Some(paper.day),
        published_at: None,
        first_seen_at: None,
        fold: None,
    }
}

fn id(kind: Kind, number: u64) -> EntityId {
    EntityId::new(kind, "simulated", "1", number)
}

fn of<T: OfKind>(number: u64) -> Id<T> {
    Id::new("simulated", "1", number)
}

fn commit(run: i64, at: Timestamp, entities: Vec<Entity>) -> Commit {
    let part = |entity: Entity| Part {
        origin: Origin::Listing { source: "simulated".into(), collection: "papers".into() },
        standing: Standing::Listing,
        content: Content::Says(Box::new(entity)),
    };
    Commit {
        parts: entities.into_iter().map(part).collect(),
        ..Commit::for_question("simulated", run, "papers", at)
    }
}

fn authority(number: u64) -> Authority {
    let kind = match number % 16 {
        0 => AuthorityKind::Province,
        1 => AuthorityKind::WaterAuthority,
        _ => AuthorityKind::Municipality,
    };
    Authority {
        id: Id::new("nl", "tooi", format!("gm{number:04}")),
        name: format!("Dorp {number}"),
        kind,
        code: format!("GM{number:04}"),
        province: Some(format!("Land {}", number % 12)),
        page: None,
        founded: None,
        dissolved: None,
        predecessors: Vec::new(),
        successors: Vec::new(),
        seats: None,
    }
}

/// A meeting, with one agenda item to which its ten papers belong.
fn meeting(paper: &Paper) -> [Entity; 2] {
    let number = paper.number / 10;
    let owner = authority(paper.authority).id;
    let mut meeting = Meeting::bare(of(number), owner.clone());
    meeting.name = Some("Gemeenteraad".into());
    meeting.start = Some(When::Day(paper.day));
    let mut item = AgendaItem::bare(of(number), owner, meeting.id.clone(), meeting.id.as_entity().clone());
    item.title = Some(format!("Voorstel {number}"));
    item.documents = (0..10).map(|place| of(number * 10 + place)).collect();
    [Entity::Meeting(meeting), Entity::AgendaItem(item)]
}

fn document(paper: &Paper, vocabulary: &Vocabulary) -> (Document, DocumentText, StoredText) {
    let mut document = Document::bare(of(paper.number), authority(paper.authority).id);
    document.name = Some(paper.title.clone());
    document.url = format!("https://raad.voorbeeld.invalid/{}", paper.number).parse().ok();
    let mut text = DocumentText::unread(&document);
    text.of_revision = "1".into();
    text.sha256 = Some(format!("{:064x}", paper.number));
    text.pages_total = u32::try_from(paper.pages).unwrap_or(0);
    text.pages_done = text.pages_total;
    let pages = (1..).zip(paper.texts(vocabulary)).map(|(number, text)| PageText {
        number,
        text,
        engine: "simulated".into(),
        ..PageText::default()
    });
    let kept =
        StoredText { tidied: TIDIED, pages_total: text.pages_total, pages: pages.collect(), trouble: None };
    (document, text, kept)
}
