//! Days and moments as GraphQL sees them, and the closed sets.

use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::{Timestamp, civil::Date};
use raadhuis_schema as schema;

/// A calendar day: `2026-03-24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub Date);

/// A calendar day in ISO 8601: `2026-03-24`.
#[Scalar(name = "Date")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => {
                let day = text
                    .parse()
                    .map_err(|_| InputValueError::custom(format!("{text:?} is no day like 2026-03-24")))?;
                Ok(Self(day))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A day or a moment, as published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When(pub schema::When);

/// A day (`2026-03-24`) or, where a time was published, a moment with the Dutch offset (`2026-03-24T19:30:00+01:00`).
#[Scalar(name = "DateOrDateTime")]
impl ScalarType for When {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.parse().map_err(InputValueError::custom)?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment at which we did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

/// A moment in ISO 8601 with the Dutch offset: `2026-03-24T19:30:00+01:00`.
#[Scalar(name = "DateTime")]
impl ScalarType for Moment {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.parse().map_err(InputValueError::custom)?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        let whole_second = Timestamp::from_second(self.0.as_second()).unwrap_or(self.0);
        Value::String(schema::When::At(whole_second).to_string())
    }
}

/// The sorts of authority (soort overheid).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::AuthorityKind")]
pub enum AuthorityKind {
    /// Gemeente.
    Municipality,
    /// Provincie.
    Province,
    /// Waterschap.
    WaterAuthority,
    /// Stadsdeel: a part of a municipality with a council of its own.
    Submunicipal,
    /// Het Rijk, whose registers name the others.
    State,
}

/// The sorts of committee (soort gremium).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::CommitteeKind")]
pub enum CommitteeKind {
    /// Gemeenteraad.
    Council,
    /// Provinciale Staten.
    States,
    /// Algemeen bestuur of a water authority.
    GeneralBoard,
    /// Commissie: prepares decisions.
    Committee,
    /// Presidium: sets the agenda.
    Presidium,
    /// College, Gedeputeerde Staten or dagelijks bestuur.
    Executive,
}

/// Whether a meeting goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::MeetingStatus")]
pub enum MeetingStatus {
    /// Announced as going on.
    Confirmed,
    /// Entered, but not announced.
    Unconfirmed,
    /// Called off.
    Cancelled,
}

/// Motion or amendment (motie, amendement).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::MotionKind")]
pub enum MotionKind {
    /// Motie: asks something of the executive.
    Motion,
    /// Amendement: changes a proposal.
    Amendment,
}

/// Sound or picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Media")]
pub enum Media {
    /// Beeld en geluid.
    Video,
    /// Geluid.
    Audio,
}

/// How a transcript was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::TranscriptKind")]
pub enum TranscriptKind {
    /// By a machine.
    Machine,
    /// By a machine, and corrected by people.
    Corrected,
}

/// The sorts of document (documentsoort).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DocumentType {
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
    /// Whatever its words do not tell; see the supplier's own.
    Other,
}

impl From<Option<schema::DocumentType>> for DocumentType {
    fn from(kind: Option<schema::DocumentType>) -> Self {
        match kind {
            Some(schema::DocumentType::Agenda) => Self::Agenda,
            Some(schema::DocumentType::Minutes) => Self::Minutes,
            Some(schema::DocumentType::DecisionList) => Self::DecisionList,
            Some(schema::DocumentType::Proposal) => Self::Proposal,
            Some(schema::DocumentType::Motion) => Self::Motion,
            Some(schema::DocumentType::Amendment) => Self::Amendment,
            Some(schema::DocumentType::Letter) => Self::Letter,
            Some(schema::DocumentType::Question) => Self::Question,
            Some(schema::DocumentType::Answer) => Self::Answer,
            None => Self::Other,
        }
    }
}

/// What became of what was put forward (uitslag).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Outcome")]
pub enum Outcome {
    /// Aangenomen.
    Adopted,
    /// Verworpen.
    Rejected,
    /// Ingetrokken.
    Withdrawn,
    /// Aangehouden.
    HeldOver,
    /// Anything else; see the supplier's words.
    Other,
}

/// What a member chose (stemkeuze).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Choice")]
pub enum Choice {
    /// Voor.
    Favour,
    /// Tegen.
    Against,
    /// Onthouden or blanco.
    Abstain,
    /// Afwezig.
    Absent,
    /// Published in words we do not know; never a guess.
    Unknown,
}

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Verdict")]
pub enum Verdict {
    /// The source answered, and what it said was read.
    Healthy,
    /// It said nothing while it used to speak, or much of it could not be read.
    Suspicious,
    /// It could not be read at all.
    Broken,
}

/// How a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::ledger::State")]
pub enum CoverageState {
    /// Nothing is owed, and the last success is not older than 48 hours.
    Healthy,
    /// As healthy, but none of its listings announces how much it has: nobody can tell whether that is all.
    Unverifiable,
    /// It answered, and something is owed or looks wrong.
    Suspicious,
    /// It does not answer, or has not succeeded for 48 hours.
    Failing,
    /// The supplier keeps us out.
    Blocked,
    /// It was never harvested to the end.
    NeverHarvested,
    /// The authority left this supplier, or is no more.
    Discontinued,
    /// Nobody publishes this authority.
    NoSource,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Purpose")]
pub enum Purpose {
    /// An operator asked for it.
    Asked,
    /// The recent days, and those to come.
    Recent,
    /// What failed before.
    Owed,
    /// A year of the past.
    History,
    /// What lies in the archive, read again. Nobody was asked anything.
    Reread,
}

/// How something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Gone")]
pub enum GoneCause {
    /// Its source no longer publishes it.
    Withdrawn,
    /// Its source marks it as not public.
    Withheld,
    /// We took it down, or what it hangs from.
    Blocked,
}

/// Why we took something down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::TakedownReason")]
pub enum TakedownReason {
    /// It told of somebody what need not be public.
    Privacy,
    /// Its maker does not allow it to be spread.
    Copyright,
    /// A court ordered it.
    Court,
}

/// The kinds of things that can be found by words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchKind {
    /// Vergaderingen.
    Meeting,
    /// Agendapunten.
    AgendaItem,
    /// Documenten, with the text of all their pages.
    Document,
    /// Moties and amendementen.
    Motion,
    /// Raadsvoorstellen.
    Proposal,
    /// Besluiten.
    Decision,
    /// Toezeggingen.
    Commitment,
    /// Schriftelijke vragen.
    WrittenQuestion,
    /// Other register entries.
    RegisterEntry,
    /// Stemmingen.
    VoteEvent,
    /// Opnamen, with what was said in them.
    Recording,
}

impl From<SearchKind> for schema::Kind {
    fn from(kind: SearchKind) -> Self {
        match kind {
            SearchKind::Meeting => Self::Meeting,
            SearchKind::AgendaItem => Self::AgendaItem,
            SearchKind::Document => Self::Document,
            SearchKind::Motion => Self::Motion,
            SearchKind::Proposal => Self::Proposal,
            SearchKind::Decision => Self::Decision,
            SearchKind::Commitment => Self::Commitment,
            SearchKind::WrittenQuestion => Self::WrittenQuestion,
            SearchKind::RegisterEntry => Self::RegisterEntry,
            SearchKind::VoteEvent => Self::VoteEvent,
            SearchKind::Recording => Self::Recording,
        }
    }
}
