//! Which things are searched, and in which order they come.

use async_graphql::{Enum, Error, ID, InputObject, Result};
use raadhuis_schema as schema;
use raadhuis_search::{Between, Direction, Facet, Filter, Sort};
use serde::Serialize;

use crate::{
    graphql::{
        at_most::{AtMost, MOST_FILTER_VALUES},
        scalar::{AuthorityKind, Day, Moment, Outcome, SearchKind},
    },
    narrow::authority,
};

/// Which things are searched. What is left out restricts nothing; of a list one value is enough.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SearchFilter {
    /// Only these kinds, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "kinds")))]
    kinds: Option<Vec<SearchKind>>,
    /// Only papers of these types, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "types")))]
    types: Option<Vec<PaperType>>,
    /// Only of these authorities, by id or by code, such as GM0518; at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "authorities")))]
    authorities: Option<Vec<ID>>,
    /// Only of authorities of these kinds, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "authorityKinds")))]
    authority_kinds: Option<Vec<AuthorityKind>>,
    /// Only of authorities in these provinces, by name; at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "provinces")))]
    provinces: Option<Vec<String>>,
    /// Only what these parties put forward, by name; at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "parties")))]
    parties: Option<Vec<String>>,
    /// Only what ended so, at most 500 outcomes.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "outcomes")))]
    outcomes: Option<Vec<Outcome>>,
    /// The day of the meeting; of several the newest.
    meeting_date: Option<DayRange>,
    /// The day of publication, as the source says.
    published_at: Option<DayRange>,
    /// The moment we saw it first.
    first_seen_at: Option<MomentRange>,
}

/// Days, both ends included. What has no such day does not pass.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct DayRange {
    /// Not before.
    from: Option<Day>,
    /// Not after.
    until: Option<Day>,
}

/// Moments, both ends included.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct MomentRange {
    /// Not before.
    from: Option<Moment>,
    /// Not after.
    until: Option<Moment>,
}

/// The sorts of paper that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::DocumentType")]
pub enum PaperType {
    /// Agenda, oproep, uitnodiging.
    Agenda,
    /// Notulen, verslag.
    Minutes,
    /// Besluitenlijst.
    DecisionList,
    /// Raadsvoorstel, statenvoorstel.
    Proposal,
    /// Motie.
    Motion,
    /// Amendement.
    Amendment,
    /// Brief, ingekomen stuk, memo.
    Letter,
    /// Schriftelijke vragen.
    Question,
    /// Beantwoording.
    Answer,
}

/// In which order results come. What has no such day comes last, whichever end is first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum SearchSort {
    /// The best match first, where what is newer weighs somewhat more: half as much for every ten years.
    #[default]
    Relevance,
    /// The best match first, however old.
    Match,
    /// The newest meeting first.
    MeetingDateNewest,
    /// The oldest meeting first.
    MeetingDateOldest,
    /// The newest publication first.
    PublishedAtNewest,
    /// The oldest publication first.
    PublishedAtOldest,
    /// What we saw last first.
    FirstSeenAtNewest,
    /// What we saw first first.
    FirstSeenAtOldest,
}

impl From<SearchSort> for Sort {
    fn from(sort: SearchSort) -> Self {
        match sort {
            SearchSort::Relevance => Self::Relevance,
            SearchSort::Match => Self::Match,
            SearchSort::MeetingDateNewest => Self::MeetingDate(Direction::Newest),
            SearchSort::MeetingDateOldest => Self::MeetingDate(Direction::Oldest),
            SearchSort::PublishedAtNewest => Self::PublishedAt(Direction::Newest),
            SearchSort::PublishedAtOldest => Self::PublishedAt(Direction::Oldest),
            SearchSort::FirstSeenAtNewest => Self::FirstSeenAt(Direction::Newest),
            SearchSort::FirstSeenAtOldest => Self::FirstSeenAt(Direction::Oldest),
        }
    }
}

impl SearchFilter {
    /// As engines take it.
    pub fn for_engine(self) -> Result<Filter> {
        let mut filter = Filter::default();
        let mut restrict = |facet: Facet, values: Vec<String>| {
            filter.values.entry(facet).or_default().extend(values);
        };
        restrict(Facet::Kind, given(self.kinds, |kind| schema::Kind::from(kind).word().to_owned()));
        restrict(Facet::Type, given(self.types, |it| word(schema::DocumentType::from(it))));
        restrict(Facet::Outcome, given(self.outcomes, |it| word(schema::Outcome::from(it))));
        for asked in self.authorities.unwrap_or_default() {
            let id = authority(&asked).map_err(|why| Error::new(format!("filter.authorities: {why}")))?;
            restrict(Facet::Authority, vec![id.to_string()]);
        }
        let kind = |kind| schema::AuthorityKind::from(kind).word().to_owned();
        restrict(Facet::AuthorityKind, given(self.authority_kinds, kind));
        restrict(Facet::Province, self.provinces.unwrap_or_default());
        restrict(Facet::Party, self.parties.unwrap_or_default());
        let days = |range: Option<DayRange>| {
            let DayRange { from, until } = range.unwrap_or_default();
            Between { from: from.map(|day| day.0), until: until.map(|day| day.0) }
        };
        let MomentRange { from, until } = self.first_seen_at.unwrap_or_default();
        filter.values.retain(|_, values| !values.is_empty());
        filter.meeting_date = days(self.meeting_date);
        filter.published_at = days(self.published_at);
        filter.first_seen_at = Between { from: from.map(|at| at.0), until: until.map(|at| at.0) };
        Ok(filter)
    }
}

/// The word under which a value of a closed set is kept.
fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().map(str::to_owned).unwrap_or_default()
}

fn given<T, U>(values: Option<Vec<T>>, word: impl Fn(T) -> U) -> Vec<U> {
    values.unwrap_or_default().into_iter().map(word).collect()
}
