//! Registers ("modules"): motions and amendments, and everything else a council keeps lists of.

use raadhuis_schema::{
    AgendaItem, Document, Entity, EntityId, Id, Kind, Motion, MotionKind, Named, Origin, Outcome,
    RegisterEntry, Standing, When, Window,
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
    let [as_motion, as_entry] = payload::entry_ids(reading.source, native);
    // What an earlier answer said of it, of whichever kind it was then, is overtaken by this one.
    for id in [&as_motion, &as_entry] {
        reading.complete(Origin::Detail(id.clone()), None, None);
    }
    if !payload::is_public(node) {
        // Of which kind it is must not be asked of something that is not public, so both are withheld; the listing
        // counts it once.
        let origin = listing.cloned().unwrap_or_else(|| Origin::Detail(as_entry.clone()));
        reading.withhold(&origin, as_entry, node, None);
        reading.conceal(&Origin::Detail(as_motion.clone()), as_motion);
        return;
    }
    let fields = Attributes::of(node);
    fields.note_unknown();
    let kind = kind(&fields, module);
    let id = if kind.is_some() { as_motion } else { as_entry };
    let origin = listing.cloned().unwrap_or_else(|| Origin::Detail(id.clone()));
    // What is attached hangs from the entry, and goes when the entry no longer names it.
    let attached = Origin::Aspect { aspect: "attachments".into(), of: id.clone() };
    reading.complete(attached.clone(), None, None);
    let documents = attachments(reading, node, &fields, &attached, &id);
    let page = format!("https://{API_HOST}/modules/{}/items/{native}", module.unwrap_or(0)).parse().ok();
    let facts = Facts { fields: &fields, documents, modified: node.get("last_modified").when(), page };
    let entity = match kind {
        Some(kind) => Entity::Motion(facts.motion(reading, native, kind, register)),
        None => Entity::RegisterEntry(facts.register_entry(reading, native, register)),
    };
    reading.says(&origin, Standing::Detail, entity);
}

/// Motion or amendment, by the words of field 45; an entry of the motions register without such words is told by its
/// title. Anything else is a register entry, also in the motions register (commitments stand there too).
fn kind(fields: &Attributes<'_>, module: Option<u64>) -> Option<MotionKind> {
    let of = |words: &str| {
        let words = words.to_lowercase();
        if words.contains("amendement") {
            Some(MotionKind::Amendment)
        } else if words.contains("motie") || words.contains("moasje") {
            Some(MotionKind::Motion)
        } else {
            None
        }
    };
    match fields.content(field::TYPE).and_then(|content| content.text()) {
        Some(words) => of(&words),
        None if module == Some(MOTIONS) => {
            let title = fields.content(field::TITLE).and_then(|content| content.text()).unwrap_or_default();
            Some(of(&title).unwrap_or(MotionKind::Motion))
        }
        None => None,
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

/// What motions and other entries have in common.
struct Facts<'a> {
    fields: &'a Attributes<'a>,
    documents: Vec<Id<Document>>,
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

    fn motion(self, reading: &Reading<'_>, native: u64, kind: MotionKind, register: Option<&str>) -> Motion {
        let words = [field::OUTCOME, field::STATUS].map(|number| self.text(number));
        let known = words
            .iter()
            .flatten()
            .find(|words| Outcome::of_words(words).is_some_and(|outcome| outcome != Outcome::Other));
        let outcome_words = known.cloned().or_else(|| words.into_iter().flatten().next());
        let votes =
            |number| self.fields.label(number).is_some_and(|label| label.to_lowercase().contains("stem"));
        Motion {
            id: reading.id(native),
            authority: reading.authority(),
            kind: Some(kind),
            type_words: self.text(field::TYPE),
            name: self.text(field::TITLE),
            number: self.number(),
            date: self.date(),
            outcome: outcome_words.as_deref().and_then(Outcome::of_words),
            outcome_words,
            explanation: self.plain(field::EXPLANATION).or_else(|| self.plain(field::DESCRIPTION)),
            vote_summary: self.plain(field::REMARKS).filter(|_| votes(field::REMARKS)),
            proposers: self.named(reading, field::PROPOSERS),
            co_proposers: self.named(reading, field::CO_PROPOSERS),
            parties: self.named(reading, field::PARTIES),
            agenda_items: self.agenda_items(reading),
            documents: self.documents,
            register: register.map(str::to_owned),
            modified: self.modified,
            page: self.page,
        }
    }

    fn register_entry(self, reading: &Reading<'_>, native: u64, register: Option<&str>) -> RegisterEntry {
        let description = [field::EXPLANATION, field::DESCRIPTION, field::REMARKS, field::PROGRESS];
        RegisterEntry {
            id: reading.id(native),
            authority: reading.authority(),
            register: register.map(str::to_owned),
            type_words: self.text(field::TYPE),
            title: self.text(field::TITLE),
            number: self.number(),
            date: self.date(),
            settled: self.when(field::SETTLED).or_else(|| self.when(field::DUE)),
            description: description.into_iter().find_map(|number| self.plain(number)),
            status_words: self.text(field::OUTCOME).or_else(|| self.text(field::STATUS)),
            agenda_items: self.agenda_items(reading),
            documents: self.documents,
            modified: self.modified,
            page: self.page,
        }
    }
}
