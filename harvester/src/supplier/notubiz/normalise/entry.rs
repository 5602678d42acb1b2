//! Registers ("modules"): motions and amendments, and everything else a council keeps lists of.

use raadhuis_schema::{
    AgendaItem, Commitment, Decision, Document, Entity, EntityId, EntryKind, Id, Kind, Motion, MotionKind,
    Named, Origin, Outcome, Proposal, RegisterEntry, Registered, Standing, When, Window, WrittenQuestion,
    YesNo, address::parse_address,
};
use url::Url;

use super::{Reading, Task, document, must_have, payload};
use crate::supplier::{
    Unreadable, html,
    json::Node,
    notubiz::{API_HOST, MONTHS_AT_ONCE, payload::Attributes, payload::field},
};

/// The register of motions and amendments; its number is the same everywhere.
const MOTIONS: u64 = 6;

/// Toezeggingen.
const COMMITMENTS: u64 = 3;

/// Schriftelijke vragen.
const QUESTIONS: u64 = 4;

/// Raadsvoorstellen.
const PROPOSALS: u64 = 19;

/// The registers there are. Each is then read over the days of the harvest.
pub fn modules(reading: &mut Reading<'_>, root: &Node<'_>, window: Window) -> Result<(), Unreadable> {
    for node in must_have(root, "modules")?.items() {
        let Some(module) = reading.native(&node, Kind::RegisterEntry) else { continue };
        let name = node.get("custom_name").text().or_else(|| node.get("name").text());
        let name = name.unwrap_or_else(|| format!("Register {module}"));
        for window in window.split_by_months(MONTHS_AT_ONCE) {
            reading.next(Task::Register { module, name: name.clone(), window });
        }
    }
    Ok(())
}

/// The entries of one register. The list is complete in one answer.
pub fn register(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    module: u64,
    name: &str,
    window: Window,
) -> Result<(), Unreadable> {
    let origin = reading.listing(&format!("modules/{module}"));
    let items = must_have(root, "items")?;
    for node in items.items() {
        entry(reading, &node, Some(&origin), Some(module), Some(name));
    }
    reading.complete(origin, Some(window), root.get("pagination").get("total_results").number());
    Ok(())
}

/// One entry, named by an agenda.
pub fn item(reading: &mut Reading<'_>, root: &Node<'_>, native: u64) -> Result<(), Unreadable> {
    let node = must_have(root, "item")?;
    if node.get("id").number() != Some(native) {
        return Err(Unreadable("it is about another entry than was asked for".into()));
    }
    entry(reading, &node, None, None, None);
    Ok(())
}

/// The register entries that an agenda names: only their own answer tells of which kind they are.
pub fn named(reading: &mut Reading<'_>, node: &Node<'_>, origin: &Origin) -> Vec<EntityId> {
    let mut named = Vec::new();
    for entry in node.get("module_items").items() {
        let Some(native) = reading.native(&entry, Kind::RegisterEntry) else { continue };
        for id in payload::entry_ids(reading.source, native) {
            reading.names(origin, id.clone());
            named.push(id);
        }
        reading.next(Task::Item { id: native });
    }
    named
}

/// Reads an entry into `listing`, or into its own detail.
fn entry(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    listing: Option<&Origin>,
    module: Option<u64>,
    register: Option<&str>,
) {
    let Some(native) = reading.native(node, Kind::RegisterEntry) else { return };
    let module = module.or_else(|| node.get("module_id").number());
    let ids = payload::entry_ids(reading.source, native);
    // What an earlier answer said of it, of whichever kind it was then, is overtaken by this one.
    for id in &ids {
        reading.complete(Origin::Detail(id.clone()), None, None);
    }
    if !payload::is_public(node) {
        // Of which kind it is must not be asked of something that is not public, so every kind is withheld; the
        // listing counts it once.
        for id in ids {
            if id.kind() == Kind::RegisterEntry {
                let origin = listing.cloned().unwrap_or_else(|| Origin::Detail(id.clone()));
                reading.withhold(&origin, id, node, None);
            } else {
                reading.conceal(&Origin::Detail(id.clone()), id);
            }
        }
        return;
    }
    let fields = Attributes::of(node);
    fields.note_unknown();
    let kind = kind(&fields, module);
    let id = reading.any_id(kind.kind(), native);
    let origin = listing.cloned().unwrap_or_else(|| Origin::Detail(id.clone()));
    // What is attached hangs from the entry, and goes when the entry no longer names it.
    let attached = Origin::Aspect { aspect: "attachments".into(), of: id.clone() };
    reading.complete(attached.clone(), None, None);
    let documents = attachments(reading, node, &fields, &attached, &id);
    let page = parse_address(&format!("https://{API_HOST}/modules/{}/items/{native}", module.unwrap_or(0)));
    let answers = answers(reading, &fields, &documents);
    let facts =
        Facts { fields: &fields, documents, answers, modified: node.get("last_modified").when(), page };
    let entity = facts.entity(reading, native, kind, register);
    reading.says(&origin, Standing::Detail, entity);
}

/// What an entry is, by the words of field 45; an entry without them is told by its register and, in the register of
/// motions, by its title. Commitments and letters stand in that register too.
fn kind(fields: &Attributes<'_>, module: Option<u64>) -> EntryKind {
    let words = |number| fields.content(number).and_then(|content| content.text());
    match words(field::TYPE) {
        Some(words) => EntryKind::of_phrase(&words),
        None if module == Some(MOTIONS) => {
            match EntryKind::of_phrase(&words(field::TITLE).unwrap_or_default()) {
                EntryKind::Motion(kind) => EntryKind::Motion(kind),
                _ => EntryKind::Motion(MotionKind::Motion),
            }
        }
        // The numbers of registers are the same everywhere; their names are not, and an agenda does not give them.
        None => match module {
            Some(COMMITMENTS) => EntryKind::Commitment,
            Some(QUESTIONS) => EntryKind::WrittenQuestion,
            Some(PROPOSALS) => EntryKind::Proposal,
            _ => EntryKind::Other,
        },
    }
}

/// The main document, the final one, and whatever else is attached.
fn attachments(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    fields: &Attributes<'_>,
    origin: &Origin,
    parent: &EntityId,
) -> Vec<Id<Document>> {
    let mut ids = Vec::new();
    for number in [field::MAIN_DOCUMENT, field::SETTLING_DOCUMENT] {
        for value in fields.values(number) {
            let node = value.get("document");
            if node.is_some() {
                ids.extend(document::document(reading, &node, origin, parent));
            }
        }
    }
    ids.extend(document::documents(reading, &node.get("attachments").get("document"), origin, parent));
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

/// Those of an entry's documents that settle it.
fn answers(reading: &Reading<'_>, fields: &Attributes<'_>, documents: &[Id<Document>]) -> Vec<Id<Document>> {
    let values = fields.values(field::SETTLING_DOCUMENT);
    let ids = values.iter().filter_map(|value| value.get("document").get("id").number());
    ids.map(|native| reading.id(native)).filter(|id| documents.contains(id)).collect()
}

/// What motions and other entries have in common.
struct Facts<'a> {
    fields: &'a Attributes<'a>,
    documents: Vec<Id<Document>>,
    answers: Vec<Id<Document>>,
    modified: Option<When>,
    page: Option<Url>,
}

impl Facts<'_> {
    fn text(&self, number: u64) -> Option<String> {
        self.fields.content(number).and_then(|content| content.text())
    }

    fn plain(&self, number: u64) -> Option<String> {
        self.text(number).map(|text| html::to_text(&text)).filter(|text| !text.is_empty())
    }

    fn when(&self, number: u64) -> Option<When> {
        self.fields.content(number).and_then(|content| content.when())
    }

    fn number(&self) -> Option<String> {
        [field::NUMBER, field::NUMBER_FRYSLAN, field::CASE].into_iter().find_map(|number| self.text(number))
    }

    fn date(&self) -> Option<When> {
        self.when(field::DATE).or_else(|| self.when(field::DATE_OF_REGISTER_8))
    }

    fn agenda_items(&self, reading: &Reading<'_>) -> Vec<Id<AgendaItem>> {
        let mut ids = Vec::new();
        for number in [field::AGENDA_ITEM, field::AGENDA_ITEM_OLD] {
            for value in self.fields.values(number) {
                let model = value.get("meta_data").get("reference_model").text();
                if model.as_deref() == Some("agenda_item") {
                    ids.extend(value.get("content").number().map(|id| reading.id(id)));
                }
            }
        }
        ids
    }

    /// What the organisation calls the field of remarks, which decides what stands in it.
    fn label_of_remarks(&self) -> String {
        self.fields.label(field::REMARKS).unwrap_or_default().to_lowercase()
    }

    /// Persons or parties: the words always, the id where the reference says of what it is one.
    fn named(&self, reading: &Reading<'_>, number: u64) -> Vec<Named> {
        let mut all = Vec::new();
        for value in self.fields.values(number) {
            let meta = value.get("meta_data");
            let kind = match meta.get("reference_model").text().as_deref() {
                Some("person") => Some(Kind::Person),
                Some("party") => Some(Kind::Party),
                _ => None,
            };
            let id = kind.and_then(|kind| Some(reading.any_id(kind, value.get("content").number()?)));
            let name =
                meta.get("label").text().or_else(|| value.get("content").text().filter(|_| id.is_none()));
            all.push(Named { name, id });
        }
        all
    }

    /// What all entries have.
    fn registered(&self, reading: &Reading<'_>, kind: EntryKind, register: Option<&str>) -> Registered {
        let is_motion = matches!(kind, EntryKind::Motion(_));
        let description = if is_motion {
            let is_vote = self.label_of_remarks().contains("stem");
            let remarks = [field::REMARKS].into_iter().filter(|_| !is_vote);
            [field::EXPLANATION, field::DESCRIPTION]
                .into_iter()
                .chain(remarks)
                .chain([field::PROGRESS])
                .collect()
        } else {
            vec![field::EXPLANATION, field::DESCRIPTION, field::REMARKS, field::PROGRESS]
        };
        let words = [field::OUTCOME, field::STATUS].map(|number| self.text(number));
        let known = words
            .iter()
            .flatten()
            .find(|words| Outcome::of_words(words).is_some_and(|outcome| outcome != Outcome::Other));
        Registered {
            register: register.map(str::to_owned),
            type_words: self.text(field::TYPE),
            title: self.text(field::TITLE),
            number: self.number(),
            date: self.date(),
            due: self.when(field::DUE),
            settled: self.when(field::SETTLED),
            description: description.into_iter().find_map(|number| self.plain(number)),
            status_words: known.cloned().or_else(|| words.into_iter().flatten().next()),
            meeting: None,
            agenda_items: self.agenda_items(reading),
            agenda_words: None,
            documents: self.documents.clone(),
            modified: self.modified,
            page: self.page.clone(),
        }
    }

    fn entity(&self, reading: &Reading<'_>, native: u64, kind: EntryKind, register: Option<&str>) -> Entity {
        let entry = self.registered(reading, kind, register);
        let outcome = entry.status_words.as_deref().and_then(Outcome::of_words);
        let authority = reading.authority();
        let vote_summary = self.plain(field::REMARKS).filter(|_| self.label_of_remarks().contains("stem"));
        match kind {
            EntryKind::Motion(kind) => Entity::Motion(Motion {
                id: reading.id(native),
                authority,
                kind: Some(kind),
                entry,
                outcome,
                vote_summary,
                proposers: self.named(reading, field::PROPOSERS),
                co_proposers: self.named(reading, field::CO_PROPOSERS),
                parties: self.named(reading, field::PARTIES),
            }),
            EntryKind::Proposal => {
                let holder = self.holder();
                Entity::Proposal(Proposal { id: reading.id(native), authority, entry, outcome, holder })
            }
            EntryKind::Decision => {
                let (proposal, vote) = (None, None);
                Entity::Decision(Decision {
                    id: reading.id(native),
                    authority,
                    entry,
                    proposal,
                    outcome,
                    vote,
                })
            }
            EntryKind::Commitment => {
                let (holder, fulfilled) = (self.holder(), entry.settled.map(|_| YesNo::Yes));
                Entity::Commitment(Commitment { id: reading.id(native), authority, entry, holder, fulfilled })
            }
            EntryKind::WrittenQuestion => Entity::WrittenQuestion(WrittenQuestion {
                id: reading.id(native),
                authority,
                // The document that settles a question is the answer to it.
                answers: self.answers.clone(),
                askers: self.named(reading, field::PROPOSERS),
                parties: self.named(reading, field::PARTIES),
                entry,
            }),
            EntryKind::Other => {
                Entity::RegisterEntry(RegisterEntry { id: reading.id(native), authority, entry })
            }
        }
    }

    /// The holder of a portfolio, an office-holder: the label of the role, for the number is anonymous.
    fn holder(&self) -> Option<Named> {
        let value = self.fields.values(field::HOLDER).into_iter().next()?;
        let label = value.get("meta_data").get("label").text();
        label
            .or_else(|| value.get("content").text().filter(|text| text.parse::<u64>().is_err()))
            .map(Named::words)
    }
}
