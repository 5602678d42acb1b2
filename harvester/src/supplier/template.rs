//! Register entries whose fields have labels of the customer's own choice. Different labels of one meaning become the
//! same field.

use raadhuis_schema::{
    Commitment, Content, Decision, Diagnostic, Document, DocumentType, Entity, EntryKind, Id, Motion,
    MotionKind, Named, Outcome, Proposal, RegisterEntry, Registered, When, WrittenQuestion,
    time::parse_written_day,
};

use super::{html, json::JsonNode, reading::Reading};

/// The labels that sites use for one meaning, the usual first.
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

/// Known labels that are deliberately not read: authors of letters and officials are not published here.
const LEFT: [&str; 4] = ["afzender", "relatie met", "behandelaar", "behandelend ambtenaar"];

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

/// Returns whether the value of a label may be archived: values that are not read are not archived either.
pub fn may_be_kept(label: &str) -> bool {
    let label = plain_label(label);
    is_known(&label) && !LEFT.contains(&label.as_str())
}

/// A label without decoration that customers add.
fn plain_label(label: &str) -> String {
    label.trim().trim_end_matches(':').to_lowercase()
}

/// The values of an entry by the labels of its template, which differ for every site and list.
#[derive(Debug)]
pub struct Template<'a> {
    fields: Vec<(String, JsonNode<'a>)>,
}

impl<'a> Template<'a> {
    pub fn new(pairs: impl IntoIterator<Item = (String, JsonNode<'a>)>) -> Self {
        Self { fields: pairs.into_iter().map(|(label, node)| (plain_label(&label), node)).collect() }
    }

    /// The first of these labels that has a value.
    pub fn find_field(&self, labels: &[&str]) -> Option<&JsonNode<'a>> {
        labels.iter().find_map(|label| {
            self.fields.iter().find(|(key, node)| key == label && node.is_some()).map(|(_, node)| node)
        })
    }

    pub fn find_text(&self, labels: &[&str]) -> Option<String> {
        self.find_field(labels).and_then(JsonNode::text)
    }

    fn find_day(&self, labels: &[&str]) -> Option<When> {
        let node = self.find_field(labels)?;
        match parse_written_day(&node.text()?) {
            Some(day) => node.when_written(&day),
            None => node.unexpected("a day"),
        }
    }

    /// The people in the first of these labels that has a value. Semicolons, line breaks, or commas after a bracket
    /// separate them.
    fn find_people(&self, labels: &[&str]) -> Vec<Named> {
        let text = self.find_text(labels).unwrap_or_default().replace("),", ");");
        let parts = text.split([';', '\n']).map(str::trim).filter(|name| !name.is_empty());
        parts.map(Named::from_text).collect()
    }

    /// The parties: named in a field of their own, else in the last brackets after the proposers.
    fn parties(&self) -> Vec<Named> {
        let named = self.find_people(&label::PARTIES);
        if !named.is_empty() {
            return named;
        }
        let mut parties = Vec::new();
        for name in self.find_people(&label::PROPOSERS).into_iter().filter_map(|named| named.name) {
            let inside = name
                .strip_suffix(')')
                .and_then(|name| name.rsplit_once('('))
                .map(|(_, inside)| inside.trim());
            let party = inside.filter(|_| name.matches('(').count() > 1).map(Named::from_text);
            parties.extend(party.filter(|party| !parties.contains(party)));
        }
        parties
    }

    pub fn registered(&self, register: &str, documents: Vec<Id<Document>>) -> Registered {
        Registered {
            register: Some(register.trim().to_owned()),
            type_words: self.find_text(&label::TYPE),
            title: self.find_text(&label::TITLE),
            number: self.find_text(&label::NUMBER),
            date: self.find_day(&label::DATE),
            due: self.find_day(&label::DUE),
            settled: self.find_day(&label::SETTLED),
            description: self.find_text(&label::DESCRIPTION).map(|text| html::to_text(&text)),
            status_words: self.find_text(&label::STATUS),
            agenda_words: self.find_text(&label::AGENDA),
            documents,
            ..Registered::default()
        }
    }

    pub fn note_unknown(&self) {
        for (label, node) in self.fields.iter().filter(|(label, node)| node.is_some() && !is_known(label)) {
            let notes = node.notes();
            notes.add_diagnostic(Diagnostic::unknown_field(notes.subject(), node.path(), label));
        }
    }
}

/// The entity of the register's kind. Entries in listings come without a template.
pub fn build_entity<T>(
    reading: &Reading<'_, T>,
    native: &str,
    register: &str,
    entry: Registered,
    values: Option<&Template<'_>>,
) -> Entity {
    let authority = reading.authority();
    let named = |labels: &[&str]| values.map(|values| values.find_people(labels)).unwrap_or_default();
    let outcome = entry.status_words.as_deref().and_then(Outcome::of_words);
    let holder = named(&label::HOLDER).into_iter().next();
    match EntryKind::of_words(None, Some(register)) {
        EntryKind::Motion(kind) => Entity::Motion(Motion {
            id: reading.id(native),
            authority,
            kind: motion_kind(&entry, register, kind),
            outcome,
            vote_summary: None,
            proposers: named(&label::PROPOSERS),
            co_proposers: named(&label::CO_PROPOSERS),
            parties: values.map(Template::parties).unwrap_or_default(),
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
            fulfilled: values.and_then(|values| values.find_field(&label::FULFILLED)?.flag()).map(Into::into),
            entry,
        }),
        EntryKind::WrittenQuestion => Entity::WrittenQuestion(WrittenQuestion {
            id: reading.id(native),
            authority,
            askers: named(&label::PROPOSERS),
            parties: values.map(Template::parties).unwrap_or_default(),
            answers: answers(reading, &entry.documents),
            entry,
        }),
        EntryKind::Other => Entity::RegisterEntry(RegisterEntry { id: reading.id(native), authority, entry }),
    }
}

/// Motion or amendment, by the entry's own words. A register named after both decides nothing.
fn motion_kind(entry: &Registered, register: &str, of_register: MotionKind) -> Option<MotionKind> {
    let register = register.to_lowercase();
    let is_both = register.contains("moti") && register.contains("amend");
    motion_kind_of_words(entry.type_words.as_deref())
        .or_else(|| if is_both { motion_kind_of_words(entry.title.as_deref()) } else { Some(of_register) })
}

fn motion_kind_of_words(words: Option<&str>) -> Option<MotionKind> {
    match EntryKind::of_phrase(words?) {
        EntryKind::Motion(kind) => Some(kind),
        _ => None,
    }
}

/// The documents of an entry whose names mark them as answers.
fn answers<T>(reading: &Reading<'_, T>, documents: &[Id<Document>]) -> Vec<Id<Document>> {
    let mut answers = Vec::new();
    for id in documents {
        let is_answer = reading.harvested.parts.iter().any(|part| match &part.content {
            Content::Says(entity) => match &**entity {
                Entity::Document(document) => {
                    document.id == *id && document.kind == Some(DocumentType::Answer)
                }
                _ => false,
            },
            _ => false,
        });
        if is_answer {
            answers.push(id.clone());
        }
    }
    answers
}
