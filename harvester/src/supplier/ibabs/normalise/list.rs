//! Lists, which are registers: motions, amendments, commitments, questions, letters, and whatever a site keeps.

use std::sync::Arc;

use raadhuis_schema::{
    Commitment, Decision, Document, DocumentType, Entity, EntryKind, Id, Kind, Motion, Named, Origin,
    Outcome, Proposal, RegisterEntry, Registered, Standing, When, Window, WrittenQuestion,
};

use super::{
    Reading, Task, meeting,
    payload::{self, Template},
};
use crate::supplier::{
    hint::Hint,
    html,
    ibabs::{Types, within},
    json::Node,
};

/// The labels under which sites keep the same thing, the usual first.
mod label {
    pub const TITLE: [&str; 4] = ["onderwerp", "titel", "toezegging", "vraag"];
    pub const STATUS: [&str; 3] = ["status", "uitslag", "stand van zaken"];
    pub const DATE: [&str; 7] = [
        "datum",
        "datum motie",
        "datum indiening",
        "datum ontvangst",
        "datum toezegging",
        "datum vergadering",
        "datum besluit",
    ];
    pub const DUE: [&str; 4] = ["deadline", "termijn", "einddatum", "verwachte datum"];
    pub const SETTLED: [&str; 4] = ["datum afdoening", "datum afgedaan", "datum antwoord", "afdoeningsdatum"];
    pub const PROPOSERS: [&str; 6] =
        ["indiener(s)", "indieners", "indiener", "vraagsteller(s)", "vragensteller(s)", "vraagsteller"];
    pub const CO_PROPOSERS: [&str; 4] =
        ["mede-indieners", "mede-indiener(s)", "medeondertekenaars", "mede indieners"];
    pub const PARTIES: [&str; 4] = ["fractie(s)", "fracties", "fractie", "partij"];
    pub const DESCRIPTION: [&str; 5] =
        ["toelichting", "omschrijving", "tekst", "stand van zaken openbaar", "beleidsveld"];
    pub const NUMBER: [&str; 4] = ["kenmerk", "nummer", "zaaknummer", "id"];
    pub const AGENDA: [&str; 3] = ["agendapunt", "vergadering", "behandeld in"];
    pub const HOLDER: [&str; 2] = ["portefeuillehouder", "portefeuillehouder(s)"];
    pub const FULFILLED: [&str; 1] = ["afgedaan"];
    pub const TYPE: [&str; 3] = ["type", "soort", "type document"];
}

/// Labels that are known and left unread on purpose: who wrote a letter is nobody's business here.
const LEFT: [&str; 4] = ["afzender", "relatie met", "behandelaar", "behandelend ambtenaar"];

/// Whether a label is one of those that are read.
fn is_known(label: &str) -> bool {
    let read: [&[&str]; 14] = [
        &label::TITLE,
        &label::STATUS,
        &label::DATE,
        &label::DUE,
        &label::SETTLED,
        &label::PROPOSERS,
        &label::CO_PROPOSERS,
        &label::PARTIES,
        &label::DESCRIPTION,
        &label::NUMBER,
        &label::AGENDA,
        &label::HOLDER,
        &label::FULFILLED,
        &label::TYPE,
    ];
    LEFT.contains(&label) || read.iter().any(|labels| labels.contains(&label))
}

/// The lists there are.
pub fn lists(reading: &mut Reading<'_>, result: &Node<'_>, window: Window, types: &Types) {
    for node in result.get("iBabsKeyValue").items_of_anything() {
        let Some(list) = reading.key(&node, "Key", Kind::RegisterEntry) else { continue };
        let name = node.get("Value").text().unwrap_or_else(|| format!("Register {list}"));
        if reading.source.owns(&name) {
            reading.next(Task::Entries { list, name, window, types: Arc::clone(types) });
        }
    }
}

/// All entries of a list: by title only. Those that changed within the harvested days are asked about.
pub fn entries(
    reading: &mut Reading<'_>,
    result: &Node<'_>,
    list: &str,
    register: &str,
    window: Window,
    types: &Types,
) {
    let origin = reading.listing(&format!("lists/{}", list.to_lowercase()));
    for node in result.get("Entries").get("iBabsListEntryBase").items_of_anything() {
        let Some(native) = reading.key(&node, "EntryId", Kind::RegisterEntry) else { continue };
        let native = native.to_lowercase();
        let modified = node.get("MutationDate").when();
        let entry = Registered {
            register: Some(register.trim().to_owned()),
            title: node.get("EntryTitle").text(),
            modified,
            ..Registered::default()
        };
        let entity = entity(reading, &native, register, entry, None);
        reading.says(&origin, Standing::Listing, entity);
        if within(window, modified.map(When::day)) {
            reading.next(Task::Entry {
                list: list.to_owned(),
                name: register.to_owned(),
                entry: native,
                window,
                types: Arc::clone(types),
            });
        }
    }
    reading.complete(origin, None, None);
}

/// One entry with its documents.
pub fn entry(
    reading: &mut Reading<'_>,
    result: &Node<'_>,
    native: &str,
    register: &str,
    window: Window,
    types: &Types,
) {
    let kind = EntryKind::of_words(None, Some(register));
    let id = reading.any_id(kind.kind(), native);
    let origin = Origin::Detail(id.clone());
    reading.complete(origin.clone(), None, None);
    let values = Template::of(&result.get("Values"));
    values.note_unknown(is_known);
    let date = |labels: &[&str]| {
        let node = values.field(labels)?;
        let text = node.text()?;
        match payload::day(&text) {
            Some(day) => node.when_written(&day),
            None => node.unexpected("a day"),
        }
    };
    let documents = meeting::documents(reading, &result.get("Documents"), &origin, &id, Some(register));
    let agenda_words = values.text(&label::AGENDA);
    let entry = Registered {
        register: Some(register.trim().to_owned()),
        type_words: values.text(&label::TYPE),
        title: values.text(&label::TITLE),
        number: values.text(&label::NUMBER),
        date: date(&label::DATE),
        due: date(&label::DUE),
        settled: date(&label::SETTLED),
        description: values.text(&label::DESCRIPTION).map(|text| html::to_text(&text)),
        status_words: values.text(&label::STATUS),
        agenda_words: agenda_words.clone(),
        documents,
        ..Registered::default()
    };
    let entity = entity(reading, native, register, entry, Some(&values));
    reading.says(&origin, Standing::Detail, entity);
    // Where it was treated may lie outside the harvested days; that day is then asked for, once.
    let day = agenda_words.as_deref().and_then(Hint::read).map(|hint| hint.day);
    if let Some(window) = day.filter(|day| !window.contains(*day)).and_then(|day| Window::new(day, day).ok())
    {
        reading.next(Task::Meetings { window, types: Arc::clone(types) });
    }
    if matches!(kind, EntryKind::Motion(_) | EntryKind::Proposal | EntryKind::Decision)
        || register.to_lowercase().contains("stemming")
    {
        reading.next(Task::Votes { entry: native.to_owned(), name: register.to_owned() });
    }
}

/// The entry as what it is.
fn entity(
    reading: &Reading<'_>,
    native: &str,
    register: &str,
    entry: Registered,
    values: Option<&Template<'_>>,
) -> Entity {
    let authority = reading.authority();
    let named = |labels: &[&str]| values.and_then(|values| values.text(labels)).map(|text| names(&text));
    let outcome = entry.status_words.as_deref().and_then(Outcome::of_words);
    let holder = named(&label::HOLDER).and_then(|names| names.into_iter().next());
    match EntryKind::of_words(None, Some(register)) {
        EntryKind::Motion(kind) => Entity::Motion(Motion {
            id: reading.id(native),
            authority,
            kind: Some(kind),
            outcome,
            vote_summary: None,
            proposers: named(&label::PROPOSERS).unwrap_or_default(),
            co_proposers: named(&label::CO_PROPOSERS).unwrap_or_default(),
            parties: named(&label::PARTIES).unwrap_or_default(),
            entry,
        }),
        EntryKind::Proposal => {
            Entity::Proposal(Proposal { id: reading.id(native), authority, outcome, holder, entry })
        }
        EntryKind::Decision => Entity::Decision(Decision {
            id: reading.id(native),
            authority,
            proposal: None,
            outcome,
            vote: None,
            entry,
        }),
        EntryKind::Commitment => Entity::Commitment(Commitment {
            id: reading.id(native),
            authority,
            holder,
            fulfilled: values.and_then(|values| values.field(&label::FULFILLED)?.flag()),
            entry,
        }),
        EntryKind::WrittenQuestion => Entity::WrittenQuestion(WrittenQuestion {
            id: reading.id(native),
            authority,
            askers: named(&label::PROPOSERS).unwrap_or_default(),
            parties: named(&label::PARTIES).unwrap_or_default(),
            answers: answers(reading, &entry.documents),
            entry,
        }),
        EntryKind::Other => Entity::RegisterEntry(RegisterEntry { id: reading.id(native), authority, entry }),
    }
}

/// Those of an entry's documents that are answers by their own names.
fn answers(reading: &Reading<'_>, documents: &[Id<Document>]) -> Vec<Id<Document>> {
    let is_answer = |id: &&Id<Document>| {
        reading.harvested.parts.iter().any(|part| match &part.content {
            raadhuis_schema::Content::Says(entity) => match &**entity {
                Entity::Document(document) => {
                    document.id == **id && document.kind == Some(DocumentType::Answer)
                }
                _ => false,
            },
            _ => false,
        })
    };
    documents.iter().filter(is_answer).cloned().collect()
}

/// The people a field names: parted by semicolons, else by line breaks.
fn names(text: &str) -> Vec<Named> {
    let parts = text.split([';', '\n']).map(str::trim).filter(|name| !name.is_empty());
    parts.map(Named::words).collect()
}
