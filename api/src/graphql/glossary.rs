//! Abbreviations and what they stand for, in the context in which they are used.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, Enum, ID, Result, SimpleObject};
use raadhuis_schema::{self as schema, EntityId, PageText, Relation};
use raadhuis_store::{Direction, Related, Term, TermsOf};

use super::{
    connection::rows,
    held::Held,
    loader::{hidden, one, related, several, texts},
    scalar::Moment,
};
use crate::Library;

/// What it costs to gather the abbreviations of many documents.
pub const GLOSSARY: usize = 5_000;

/// Meetings to which a document belongs that are looked at.
const MOST_HOLDERS: u32 = 10;

/// Abbreviations of one document that are looked up.
const MOST: usize = 200;

/// An abbreviation with what it stands for.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct GlossaryTerm {
    /// The short form: "BRP".
    short: String,
    /// What it stands for, as written: "Basisregistratie Personen".
    long: String,
    /// In how many documents of the context it is explained so.
    document_count: u64,
    /// When we first saw it explained.
    first_seen: Moment,
    /// When we last saw a new document explain it.
    last_seen: Moment,
    /// The page on which the first of these documents explains it.
    page: u32,
    /// How near the explanation is; null where no document was asked about.
    scope: Option<GlossaryScope>,
    #[graphql(skip)]
    document: EntityId,
}

#[async_graphql::ComplexObject]
impl GlossaryTerm {
    /// The first document that we saw explain it.
    async fn document(&self, context: &Context<'_>) -> Result<Option<Held<schema::Document>>> {
        one(context, &self.document).await
    }

    /// The id of that document.
    async fn document_id(&self) -> ID {
        ID(self.document.to_string())
    }
}

/// How near to a document an explanation is. An abbreviation may mean something else elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub enum GlossaryScope {
    /// The document explains it itself.
    Document,
    /// Another document of the same meeting does.
    Meeting,
    /// A document of another meeting of the same committee does.
    Committee,
    /// A document of another committee of the same authority does.
    Authority,
}

/// Where an abbreviation stands in a document.
#[derive(Clone, Debug, SimpleObject)]
pub struct TermMention {
    /// The short form.
    short: String,
    /// What it stands for here; null where nobody near explains it.
    term: Option<GlossaryTerm>,
    /// The page.
    page: u32,
    /// Its first character on the page, in Unicode code points.
    start: usize,
    /// The character behind its last.
    end: usize,
}

impl GlossaryTerm {
    fn of(term: Term, scope: Option<GlossaryScope>) -> Self {
        let Term { short, long, documents, document, page, first_seen, last_seen } = term;
        let (first_seen, last_seen) = (Moment(first_seen), Moment(last_seen));
        Self { short, long, document_count: documents, first_seen, last_seen, page, scope, document }
    }
}

/// What the documents of a thing explain.
pub async fn of(
    context: &Context<'_>,
    of: TermsOf,
    short: Option<String>,
    first: Option<i32>,
) -> Result<Vec<GlossaryTerm>> {
    let shorts = short.map(|short| vec![short]);
    let terms = ask(context, &of, shorts.as_deref(), rows(first)?).await?;
    Ok(terms.into_iter().map(|term| GlossaryTerm::of(term, None)).collect())
}

async fn ask(
    context: &Context<'_>,
    of: &TermsOf,
    shorts: Option<&[String]>,
    first: u32,
) -> Result<Vec<Term>> {
    let store = &context.data::<Library>()?.store;
    store.terms(of, shorts, first).await.map_err(|why| hidden(&why))
}

/// Every abbreviation that stands in a document with what it means there: as the document itself explains it, else another of
/// its meeting, of its committee, of its authority. In a scope that explains it in several ways, the way most often explained.
pub async fn mentions(
    context: &Context<'_>,
    document: &Held<schema::Document>,
    text: &schema::DocumentText,
    scopes: &BTreeSet<GlossaryScope>,
) -> Result<Vec<TermMention>> {
    let pages = texts(context, &[Some(text)]).await?.into_iter().flatten().next().unwrap_or_default();
    let places: Vec<_> = pages.iter().flat_map(shorts_on).take(10 * MOST).collect();
    let shorts: BTreeSet<String> = places.iter().map(|it| it.1.clone()).take(MOST).collect();
    let shorts: Vec<String> = shorts.into_iter().collect();
    let mut known: BTreeMap<String, GlossaryTerm> = BTreeMap::new();
    let id = document.it.id.any();
    let (meetings, committees) = context_of(context, id).await?;
    let mut asked = vec![(GlossaryScope::Document, TermsOf::Document(id.clone()))];
    asked.extend(meetings.into_iter().map(|id| (GlossaryScope::Meeting, TermsOf::Meeting(id))));
    asked.extend(committees.into_iter().map(|id| (GlossaryScope::Committee, TermsOf::Committee(id))));
    asked.push((GlossaryScope::Authority, TermsOf::Authority(document.it.authority.any().clone())));
    for (scope, of) in asked.into_iter().filter(|(scope, _)| scopes.contains(scope)) {
        let missing: Vec<String> =
            shorts.iter().filter(|short| !known.contains_key(*short)).cloned().collect();
        if missing.is_empty() {
            break;
        }
        // They come with the way most often explained first.
        let most = u32::try_from(MOST * 4).unwrap_or(u32::MAX);
        for term in ask(context, &of, Some(&missing), most).await? {
            known.entry(term.short.clone()).or_insert_with(|| GlossaryTerm::of(term, Some(scope)));
        }
    }
    let mention = |(page, short, start, end): (u32, String, usize, usize)| {
        let term = known.get(&short).cloned();
        TermMention { short, term, page, start, end }
    };
    Ok(places.into_iter().map(mention).collect())
}

/// The meetings in which a document was on the table, and their committees.
async fn context_of(
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
    for (_, holder) in related(context, document, asked).await?.rows {
        let meeting = match &holder.entity {
            schema::Entity::Meeting(it) => Some(&it.id),
            schema::Entity::AgendaItem(it) => Some(&it.meeting),
            other => other.entry().and_then(|entry| entry.meeting.as_ref()),
        };
        meetings.extend(meeting.map(|id| id.any().clone()));
    }
    let ids: Vec<EntityId> = meetings.iter().cloned().collect();
    for stored in several(context, &ids).await? {
        if let schema::Entity::Meeting(schema::Meeting { committee: Some(committee), .. }) = stored.entity {
            committees.insert(committee.into());
        }
    }
    Ok((meetings, committees))
}

/// The words of a page that look like abbreviations, with where they stand.
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
