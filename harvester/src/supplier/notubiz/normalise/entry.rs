//! Registers ("modules"): motions and amendments, and the other registers of a council.

use raadhuis_schema::{
    AgendaItem, Commitment, Decision, Document, Entity, EntityId, EntryKind, Id, Kind, Motion, MotionKind,
    Named, Origin, Outcome, Proposal, RegisterEntry, Registered, Standing, When, Window, WrittenQuestion,
    YesNo, address::parse_address,
};
use url::Url;

use super::{NotubizTask, Reading, document, must_have, payload};
use crate::supplier::{
    UnreadableError, html,
    json::JsonNode,
    notubiz::{API_HOST, MONTHS_AT_ONCE, payload::NumberedAttributes, payload::find_field},
};

/// The register of motions and amendments; its number is the same at all customers.
const MOTIONS: u64 = 6;

const COMMITMENTS: u64 = 3; // Toezeggingen

const QUESTIONS: u64 = 4; // Schriftelijke vragen

const PROPOSALS: u64 = 19; // Raadsvoorstellen

/// The list of registers. Each is then read over the harvested days.
pub fn read_modules(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    window: Window,
) -> Result<(), UnreadableError> {
    for node in must_have(root, "modules")?.items() {
        let Some(module) = reading.native_number(&node, Kind::RegisterEntry) else { continue };
        let name = node.get("custom_name").text().or_else(|| node.get("name").text());
        let name = name.unwrap_or_else(|| format!("Register {module}"));
        for window in window.split_by_months(MONTHS_AT_ONCE) {
            reading.next(NotubizTask::Register { module, name: name.clone(), window });
        }
    }
    Ok(())
}

/// The entries of one register. The list is complete in one answer.
pub fn read_register(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    module: u64,
    name: &str,
    window: Window,
) -> Result<(), UnreadableError> {
    let origin = reading.listing(&format!("modules/{module}"));
    let items = must_have(root, "items")?;
    for node in items.items() {
        add_entry(reading, &node, Some(&origin), Some(module), Some(name));
    }
    reading.complete(origin, Some(window), root.get("pagination").get("total_results").number());
    Ok(())
}

pub fn read_item(reading: &mut Reading<'_>, root: &JsonNode<'_>, native: u64) -> Result<(), UnreadableError> {
    let node = must_have(root, "item")?;
    if node.get("id").number() != Some(native) {
        return Err(UnreadableError("it is about another entry than was asked for".into()));
    }
    add_entry(reading, &node, None, None, None);
    Ok(())
}

/// The register entries that an agenda names: only their own answer tells their kind.
pub fn add_named_entries(reading: &mut Reading<'_>, node: &JsonNode<'_>, origin: &Origin) -> Vec<EntityId> {
    let mut named = Vec::new();
    for entry in node.get("module_items").items() {
        let Some(native) = reading.native_number(&entry, Kind::RegisterEntry) else { continue };
        for id in payload::entry_ids(reading.source, native) {
            reading.mention(origin, id.clone());
            named.push(id);
        }
        reading.next(NotubizTask::Item { id: native });
    }
    named
}

/// Adds an entry to `listing`, or as its own detail.
fn add_entry(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    listing: Option<&Origin>,
    module: Option<u64>,
    register: Option<&str>,
) {
    let Some(native) = reading.native_number(node, Kind::RegisterEntry) else { return };
    let module = module.or_else(|| node.get("module_id").number());
    let ids = payload::entry_ids(reading.source, native);
    // This answer replaces earlier ones, even those that gave the entry another kind.
    for id in &ids {
        reading.complete(Origin::Detail(id.clone()), None, None);
    }
    if !payload::is_public(node) {
        // The kind of a withheld entry is not read; therefore every kind is withheld. The listing counts it once.
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
    let fields = NumberedAttributes::new(node);
    fields.note_unknown();
    let kind = entry_kind(&fields, module);
    let id = reading.any_id(kind.kind(), native);
    let origin = listing.cloned().unwrap_or_else(|| Origin::Detail(id.clone()));
    // Attachments depend on the entry: one that it no longer names is withdrawn.
    let attached = Origin::Aspect { aspect: "attachments".into(), of: id.clone() };
    reading.complete(attached.clone(), None, None);
    let documents = attachments(reading, node, &fields, &attached, &id);
    let page = parse_address(&format!("https://{API_HOST}/modules/{}/items/{native}", module.unwrap_or(0)));
    let answers = answers(reading, &fields, &documents);
    let facts = EntryFields {
        fields: &fields,
        documents,
        answers,
        modified: node.get("last_modified").date_time(),
        page,
    };
    let entity = facts.to_entity(reading, native, kind, register);
    reading.describe(&origin, Standing::Detail, entity);
}

/// The kind of an entry by the words of field 45. Without them the register decides and, in the register of motions,
/// the title: that register also holds commitments and letters.
fn entry_kind(fields: &NumberedAttributes<'_>, module: Option<u64>) -> EntryKind {
    match fields.content(find_field::TYPE).and_then(|content| content.text()) {
        Some(words) => EntryKind::of_phrase(&words),
        None if module == Some(MOTIONS) => {
            let title = fields.content(find_field::TITLE).and_then(|content| content.text());
            match EntryKind::of_phrase(&title.unwrap_or_default()) {
                EntryKind::Motion(kind) => EntryKind::Motion(kind),
                _ => EntryKind::Motion(MotionKind::Motion),
            }
        }
        // The numbers of registers are the same at all customers; their names are not, and an agenda does not give
        // them.
        None => match module {
            Some(COMMITMENTS) => EntryKind::Commitment,
            Some(QUESTIONS) => EntryKind::WrittenQuestion,
            Some(PROPOSALS) => EntryKind::Proposal,
            _ => EntryKind::Other,
        },
    }
}

/// The main document, the final one, and other attachments.
fn attachments(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    fields: &NumberedAttributes<'_>,
    origin: &Origin,
    parent: &EntityId,
) -> Vec<Id<Document>> {
    let mut ids = Vec::new();
    for number in [find_field::MAIN_DOCUMENT, find_field::SETTLING_DOCUMENT] {
        for value in fields.values(number) {
            let node = value.get("document");
            if node.is_some() {
                ids.extend(document::add_document(reading, &node, origin, parent));
            }
        }
    }
    ids.extend(document::add_documents(reading, &node.get("attachments").get("document"), origin, parent));
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

fn answers(
    reading: &Reading<'_>,
    fields: &NumberedAttributes<'_>,
    documents: &[Id<Document>],
) -> Vec<Id<Document>> {
    let values = fields.values(find_field::SETTLING_DOCUMENT);
    let ids = values.iter().filter_map(|value| value.get("document").get("id").number());
    ids.map(|native| reading.id(native)).filter(|id| documents.contains(id)).collect()
}

struct EntryFields<'a> {
    fields: &'a NumberedAttributes<'a>,
    documents: Vec<Id<Document>>,
    answers: Vec<Id<Document>>,
    modified: Option<When>,
    page: Option<Url>,
}

impl EntryFields<'_> {
    fn text(&self, number: u64) -> Option<String> {
        self.fields.content(number).and_then(|content| content.text())
    }

    fn plain(&self, number: u64) -> Option<String> {
        self.text(number).map(|text| html::to_text(&text)).filter(|text| !text.is_empty())
    }

    fn when(&self, number: u64) -> Option<When> {
        self.fields.content(number).and_then(|content| content.date_time())
    }

    fn number(&self) -> Option<String> {
        [find_field::NUMBER, find_field::NUMBER_FRYSLAN, find_field::CASE]
            .into_iter()
            .find_map(|number| self.text(number))
    }

    fn date(&self) -> Option<When> {
        self.when(find_field::DATE).or_else(|| self.when(find_field::DATE_OF_REGISTER_8))
    }

    fn agenda_items(&self, reading: &Reading<'_>) -> Vec<Id<AgendaItem>> {
        let mut ids = Vec::new();
        for number in [find_field::AGENDA_ITEM, find_field::AGENDA_ITEM_OLD] {
            for value in self.fields.values(number) {
                let model = value.get("meta_data").get("reference_model").text();
                if model.as_deref() == Some("agenda_item") {
                    ids.extend(value.get("content").number().map(|id| reading.id(id)));
                }
            }
        }
        ids
    }

    /// The customer's label of the field of remarks, which determines its content.
    fn label_of_remarks(&self) -> String {
        self.fields.label(find_field::REMARKS).unwrap_or_default().to_lowercase()
    }

    /// Persons or parties: always the words, and the id where the reference gives its type.
    fn persons_or_parties(&self, reading: &Reading<'_>, number: u64) -> Vec<Named> {
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

    fn registered(&self, reading: &Reading<'_>, kind: EntryKind, register: Option<&str>) -> Registered {
        let is_motion = matches!(kind, EntryKind::Motion(_));
        let description = if is_motion {
            let is_vote = self.label_of_remarks().contains("stem");
            let diagnostics = [find_field::REMARKS].into_iter().filter(|_| !is_vote);
            [find_field::EXPLANATION, find_field::DESCRIPTION]
                .into_iter()
                .chain(diagnostics)
                .chain([find_field::PROGRESS])
                .collect()
        } else {
            vec![find_field::EXPLANATION, find_field::DESCRIPTION, find_field::REMARKS, find_field::PROGRESS]
        };
        let words = [find_field::OUTCOME, find_field::STATUS].map(|number| self.text(number));
        let known = words
            .iter()
            .flatten()
            .find(|words| Outcome::of_words(words).is_some_and(|outcome| outcome != Outcome::Other));
        Registered {
            register: register.map(str::to_owned),
            type_words: self.text(find_field::TYPE),
            title: self.text(find_field::TITLE),
            number: self.number(),
            date: self.date(),
            due: self.when(find_field::DUE),
            settled: self.when(find_field::SETTLED),
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

    fn to_entity(
        &self,
        reading: &Reading<'_>,
        native: u64,
        kind: EntryKind,
        register: Option<&str>,
    ) -> Entity {
        let entry = self.registered(reading, kind, register);
        let outcome = entry.status_words.as_deref().and_then(Outcome::of_words);
        let authority = reading.authority();
        let vote_summary =
            self.plain(find_field::REMARKS).filter(|_| self.label_of_remarks().contains("stem"));
        match kind {
            EntryKind::Motion(kind) => Entity::Motion(Motion {
                id: reading.id(native),
                authority,
                kind: Some(kind),
                entry,
                outcome,
                vote_summary,
                proposers: self.persons_or_parties(reading, find_field::PROPOSERS),
                co_proposers: self.persons_or_parties(reading, find_field::CO_PROPOSERS),
                parties: self.persons_or_parties(reading, find_field::PARTIES),
            }),
            EntryKind::Proposal => {
                let holder = self.portfolio_holder();
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
                let (holder, fulfilled) = (self.portfolio_holder(), entry.settled.map(|_| YesNo::Yes));
                Entity::Commitment(Commitment { id: reading.id(native), authority, entry, holder, fulfilled })
            }
            EntryKind::WrittenQuestion => Entity::WrittenQuestion(WrittenQuestion {
                id: reading.id(native),
                authority,
                // The document that settles a question is the answer to it.
                answers: self.answers.clone(),
                askers: self.persons_or_parties(reading, find_field::PROPOSERS),
                parties: self.persons_or_parties(reading, find_field::PARTIES),
                entry,
            }),
            EntryKind::Other => {
                Entity::RegisterEntry(RegisterEntry { id: reading.id(native), authority, entry })
            }
        }
    }

    /// The holder of a portfolio, an office-holder. The label of the role is the name: the number is anonymous.
    fn portfolio_holder(&self) -> Option<Named> {
        let value = self.fields.values(find_field::HOLDER).into_iter().next()?;
        let label = value.get("meta_data").get("label").text();
        label
            .or_else(|| value.get("content").text().filter(|text| text.parse::<u64>().is_err()))
            .map(Named::from_text)
    }
}
