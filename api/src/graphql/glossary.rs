//! Abbreviations and their meanings in the context of use.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, Enum, ID, Result, SimpleObject};
use raadhuis_schema::{self as schema, EntityId, PageText, Relation};
use raadhuis_store::{Direction, Related, Term, TermsOf};

use super::{
    connection::row_count,
    loader::{internal_error, load_many, load_one, load_pages, load_related},
    scalar::Moment,
    stored_record::StoredRecord,
};
use crate::Library;

/// The cost of collecting the abbreviations of many documents.
pub const GLOSSARY: usize = 5_000;

/// The maximum number of meetings of a document that are examined.
const MOST_HOLDERS: u32 = 10;

/// The maximum number of abbreviations of one document that are looked up.
const MOST: usize = 200;

/// An abbreviation and its meaning.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct GlossaryTerm {
    /// The short form, such as "BRP".
    short: String,
    /// The long form as written, such as "Basisregistratie Personen".
    long: String,
    /// The number of documents in this context that explain the abbreviation in this way.
    document_count: u64,
    /// The moment at which we first saw this explanation.
    first_seen: Moment,
    /// The moment at which we last saw a new document with this explanation.
    last_seen: Moment,
    /// The page on which the first of these documents explains it.
    page: u32,
    /// The distance of the explanation from the document; null when no document was given.
    scope: Option<GlossaryScope>,
    #[graphql(skip)]
    document: EntityId,
}

#[async_graphql::ComplexObject]
impl GlossaryTerm {
    /// The document in which we first saw this explanation.
    async fn document(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Document>>> {
        load_one(context, &self.document).await
    }

    /// The id of the document in which we first saw this explanation.
    async fn document_id(&self) -> ID {
        ID(self.document.to_string())
    }
}

/// The distance of an explanation from a document. An abbreviation may mean something else elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub enum GlossaryScope {
    /// The document itself explains the abbreviation.
    Document,
    /// Another document of the same meeting explains the abbreviation.
    Meeting,
    /// A document of another meeting of the same committee explains the abbreviation.
    Committee,
    /// A document of another committee of the same public body explains the abbreviation.
    Authority,
}

/// An abbreviation at one place in a document.
#[derive(Clone, Debug, SimpleObject)]
pub struct TermMention {
    /// The short form as it occurs.
    short: String,
    /// The meaning at this place; null when nothing in scope explains it.
    term: Option<GlossaryTerm>,
    /// The number of the page, from 1.
    page: u32,
    /// The first character of the abbreviation on the page, in Unicode code points.
    start: usize,
    /// The character after the last one of the abbreviation.
    end: usize,
}

impl GlossaryTerm {
    fn new(term: Term, scope: Option<GlossaryScope>) -> Self {
        let Term { short, long, documents, document, page, first_seen, last_seen } = term;
        let (first_seen, last_seen) = (Moment(first_seen), Moment(last_seen));
        Self { short, long, document_count: documents, first_seen, last_seen, page, scope, document }
    }
}

/// Lists the abbreviations that the documents in a scope explain.
pub async fn list_terms(
    context: &Context<'_>,
    of: TermsOf,
    short: Option<String>,
    first: Option<i32>,
) -> Result<Vec<GlossaryTerm>> {
    let shorts = short.map(|short| vec![short]);
    let terms = query_terms(context, &of, shorts.as_deref(), row_count(first)?).await?;
    Ok(terms.into_iter().map(|term| GlossaryTerm::new(term, None)).collect())
}

async fn query_terms(
    context: &Context<'_>,
    of: &TermsOf,
    shorts: Option<&[String]>,
    first: u32,
) -> Result<Vec<Term>> {
    let store = &context.data::<Library>()?.store;
    store.list_terms(of, shorts, first).await.map_err(|why| internal_error(&why))
}

/// Finds every abbreviation in a document with its meaning there: as the document itself explains it, else another of its
/// meeting, of its committee, of its authority. In a scope with several explanations, the most frequent one counts.
pub async fn find_mentions(
    context: &Context<'_>,
    document: &StoredRecord<schema::Document>,
    text: &schema::DocumentText,
    scopes: &BTreeSet<GlossaryScope>,
) -> Result<Vec<TermMention>> {
    let pages = load_pages(context, &[Some(text)]).await?.into_iter().flatten().next().unwrap_or_default();
    let places: Vec<_> = pages.iter().flat_map(shorts_on).take(10 * MOST).collect();
    let shorts: BTreeSet<String> = places.iter().map(|it| it.1.clone()).take(MOST).collect();
    let shorts: Vec<String> = shorts.into_iter().collect();
    let mut known: BTreeMap<String, GlossaryTerm> = BTreeMap::new();
    let id = document.entity.id.as_entity();
    let (meetings, committees) = meetings_and_committees(context, id).await?;
    let mut asked = vec![(GlossaryScope::Document, TermsOf::Document(id.clone()))];
    asked.extend(meetings.into_iter().map(|id| (GlossaryScope::Meeting, TermsOf::Meeting(id))));
    asked.extend(committees.into_iter().map(|id| (GlossaryScope::Committee, TermsOf::Committee(id))));
    asked.push((GlossaryScope::Authority, TermsOf::Authority(document.entity.authority.as_entity().clone())));
    for (scope, of) in asked.into_iter().filter(|(scope, _)| scopes.contains(scope)) {
        let missing: Vec<String> =
            shorts.iter().filter(|short| !known.contains_key(*short)).cloned().collect();
        if missing.is_empty() {
            break;
        }
        // The store returns the most frequent explanation of each abbreviation first.
        let most = u32::try_from(MOST * 4).unwrap_or(u32::MAX);
        for term in query_terms(context, &of, Some(&missing), most).await? {
            known.entry(term.short.clone()).or_insert_with(|| GlossaryTerm::new(term, Some(scope)));
        }
    }
    let mut mentions = Vec::with_capacity(places.len());
    for (page, short, start, end) in places {
        let term = known.get(&short).cloned();
        mentions.push(TermMention { short, term, page, start, end });
    }
    Ok(mentions)
}

/// The meetings that treated a document, and their committees.
async fn meetings_and_committees(
    context: &Context<'_>,
    document: &EntityId,
) -> Result<(BTreeSet<EntityId>, BTreeSet<EntityId>)> {
    let asked = Related {
        relation: Relation::Document,
        direction: Direction::Backward,
        kinds: Vec::new(),
        first: MOST_HOLDERS,
        skip: 0,
        from_end: false,
    };
    let mut meetings = BTreeSet::new();
    let mut committees = BTreeSet::new();
    for (_, holder) in load_related(context, document, asked).await?.rows {
        let meeting = match &holder.entity {
            schema::Entity::Meeting(it) => Some(&it.id),
            schema::Entity::AgendaItem(it) => Some(&it.meeting),
            other => other.as_registered().and_then(|entry| entry.meeting.as_ref()),
        };
        meetings.extend(meeting.map(|id| id.as_entity().clone()));
    }
    let ids: Vec<EntityId> = meetings.iter().cloned().collect();
    for stored in load_many(context, &ids).await? {
        if let schema::Entity::Meeting(schema::Meeting { committee: Some(committee), .. }) = stored.entity {
            committees.insert(committee.into());
        }
    }
    Ok((meetings, committees))
}

/// The words on a page that look like abbreviations, with their places.
fn shorts_on(page: &PageText) -> Vec<(u32, String, usize, usize)> {
    let mut found = Vec::new();
    let (mut word, mut start) = (String::new(), 0);
    let ends = page.text.chars().chain([' ']).enumerate();
    for (at, c) in ends {
        if c.is_alphanumeric() || c == '&' {
            if word.is_empty() {
                start = at;
            }
            word.push(c);
        } else if !word.is_empty() {
            if raadhuis_text::abbreviation::is_short(&word) {
                found.push((page.number, word.clone(), start, at));
            }
            word.clear();
        }
    }
    found
}
