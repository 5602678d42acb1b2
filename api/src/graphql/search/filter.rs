//! The restrictions and the order of a search.

use async_graphql::{Enum, Error, ID, InputObject, Result};
use jiff::civil::Date;
use raadhuis_schema as schema;
use raadhuis_schema::json::to_word;
use raadhuis_search::{Between, EntryFilter, Facet, Sort, SortDirection};

use crate::{
    graphql::{
        at_most::{AtMost, MOST_FILTER_VALUES},
        scalar::{AuthorityKindEnum, Day, Moment, OutcomeEnum, SearchKind},
    },
    narrow::authority,
};

/// The restrictions of a search. An absent field restricts nothing; a result needs only one value of each list.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SearchFilter {
    /// Restricts to these kinds of entities, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "kinds")))]
    kinds: Option<Vec<SearchKind>>,
    /// Restricts to documents of these types (documentsoort), at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "types")))]
    types: Option<Vec<PaperType>>,
    /// Restricts to these public bodies (overheden), by id or by code, such as GM0518; at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "authorities")))]
    authorities: Option<Vec<ID>>,
    /// Restricts to public bodies of these sorts, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "authorityKinds")))]
    authority_kinds: Option<Vec<AuthorityKindEnum>>,
    /// Restricts to public bodies in these provinces, by name; at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "provinces")))]
    provinces: Option<Vec<String>>,
    /// Restricts to entities that these parties (fracties) put forward, by name; at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "parties")))]
    parties: Option<Vec<String>>,
    /// Restricts to entities with one of these results (uitslag), at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "outcomes")))]
    outcomes: Option<Vec<OutcomeEnum>>,
    /// Restricts by the day of the meeting; an entity treated in several meetings has the newest day.
    meeting_date: Option<DayRange>,
    /// Restricts by the day of publication, according to the source.
    published_at: Option<DayRange>,
    /// Restricts by the moment at which we first saw the entity.
    first_seen_at: Option<MomentRange>,
}

/// A range of days, both ends included. An entity without such a day is excluded.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct DayRange {
    /// The first day that passes; no limit when null.
    from: Option<Day>,
    /// The last day that passes; no limit when null.
    until: Option<Day>,
}

/// A range of moments, both ends included.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct MomentRange {
    /// The first moment that passes; no limit when null.
    from: Option<Moment>,
    /// The last moment that passes; no limit when null.
    until: Option<Moment>,
}

/// The sort of document (documentsoort), without a value for unknown sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::DocumentType")]
pub enum PaperType {
    /// An agenda, call or invitation (agenda, oproep, uitnodiging).
    Agenda,
    /// Minutes of a meeting (notulen, verslag).
    Minutes,
    /// A list of decisions (besluitenlijst).
    DecisionList,
    /// A proposal to a council (raadsvoorstel, statenvoorstel).
    Proposal,
    /// The text of a motion (motie).
    Motion,
    /// The text of an amendment (amendement).
    Amendment,
    /// A letter or memo (brief, ingekomen stuk, memo).
    Letter,
    /// Questions asked in writing (schriftelijke vragen).
    Question,
    /// The answer to written questions (beantwoording).
    Answer,
}

/// The order of results. In either direction, results without the day by which they are sorted come last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum SearchSort {
    /// The best match first, with a preference for newer results: the weight halves for every ten years of age.
    #[default]
    Relevance,
    /// The best match first, regardless of age.
    Match,
    /// The result with the newest meeting comes first.
    MeetingDateNewest,
    /// The result with the oldest meeting comes first.
    MeetingDateOldest,
    /// The result published most recently comes first.
    PublishedAtNewest,
    /// The result published longest ago comes first.
    PublishedAtOldest,
    /// The result that we first saw most recently comes first.
    FirstSeenAtNewest,
    /// The result that we first saw longest ago comes first.
    FirstSeenAtOldest,
}

impl From<SearchSort> for Sort {
    fn from(sort: SearchSort) -> Self {
        match sort {
            SearchSort::Relevance => Self::Relevance,
            SearchSort::Match => Self::Match,
            SearchSort::MeetingDateNewest => Self::MeetingDate(SortDirection::Newest),
            SearchSort::MeetingDateOldest => Self::MeetingDate(SortDirection::Oldest),
            SearchSort::PublishedAtNewest => Self::PublishedAt(SortDirection::Newest),
            SearchSort::PublishedAtOldest => Self::PublishedAt(SortDirection::Oldest),
            SearchSort::FirstSeenAtNewest => Self::FirstSeenAt(SortDirection::Newest),
            SearchSort::FirstSeenAtOldest => Self::FirstSeenAt(SortDirection::Oldest),
        }
    }
}

impl SearchFilter {
    /// Converts the filter to the form that search engines take.
    pub fn for_engine(self) -> Result<EntryFilter> {
        let mut filter = EntryFilter::default();
        let mut restrict = |facet: Facet, values: Vec<String>| {
            filter.values.entry(facet).or_default().extend(values);
        };
        restrict(Facet::Kind, map_values(self.kinds, |kind| schema::Kind::from(kind).as_str().to_owned()));
        restrict(Facet::Type, map_values(self.types, |it| to_word(&schema::DocumentType::from(it))));
        restrict(Facet::Outcome, map_values(self.outcomes, |it| to_word(&schema::Outcome::from(it))));
        for asked in self.authorities.unwrap_or_default() {
            let id = authority(&asked).map_err(|why| Error::new(format!("filter.authorities: {why}")))?;
            restrict(Facet::Authority, vec![id.to_string()]);
        }
        restrict(
            Facet::AuthorityKind,
            map_values(self.authority_kinds, |kind| schema::AuthorityKind::from(kind).as_str().to_owned()),
        );
        restrict(Facet::Province, self.provinces.unwrap_or_default());
        restrict(Facet::Party, self.parties.unwrap_or_default());
        let MomentRange { from, until } = self.first_seen_at.unwrap_or_default();
        filter.values.retain(|_, values| !values.is_empty());
        filter.meeting_date = between_days(self.meeting_date);
        filter.published_at = between_days(self.published_at);
        filter.first_seen_at = Between { from: from.map(|at| at.0), until: until.map(|at| at.0) };
        Ok(filter)
    }
}

fn between_days(range: Option<DayRange>) -> Between<Date> {
    let DayRange { from, until } = range.unwrap_or_default();
    Between { from: from.map(|day| day.0), until: until.map(|day| day.0) }
}

fn map_values<T, U>(values: Option<Vec<T>>, word: impl Fn(T) -> U) -> Vec<U> {
    values.unwrap_or_default().into_iter().map(word).collect()
}
