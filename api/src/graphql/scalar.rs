//! The GraphQL scalars for days and moments, and the enums.

use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::{Timestamp, civil::Date};
use raadhuis_schema as schema;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhenScalar(pub schema::When);

/// A day (`2026-03-24`) or, when a time was published, a moment with the Dutch offset (`2026-03-24T19:30:00+01:00`).
#[Scalar(name = "DateOrDateTime")]
impl ScalarType for WhenScalar {
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

/// The sort of public body (soort overheid).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "AuthorityKind", remote = "schema::AuthorityKind")]
pub enum AuthorityKindEnum {
    /// A municipality with its council (gemeente, gemeenteraad).
    Municipality,
    /// A province with its States (provincie, Provinciale Staten).
    Province,
    /// A regional water authority (waterschap).
    WaterAuthority,
    /// A part of a municipality that has a council of its own (stadsdeel).
    Submunicipal,
    /// The State (het Rijk), which keeps the registers of all other bodies.
    State,
}

/// The sort of committee (soort gremium).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "CommitteeKind", remote = "schema::CommitteeKind")]
pub enum CommitteeKindEnum {
    /// The council of a municipality (gemeenteraad).
    Council,
    /// The council of a province (Provinciale Staten).
    States,
    /// The general board of a water authority (algemeen bestuur).
    GeneralBoard,
    /// A committee that prepares decisions (commissie).
    Committee,
    /// The presidium, which sets the agenda.
    Presidium,
    /// The executive (college, Gedeputeerde Staten or dagelijks bestuur).
    Executive,
}

/// The status of a meeting (vergadering).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "MeetingStatus", remote = "schema::MeetingStatus")]
pub enum MeetingStatusEnum {
    /// The meeting is announced to take place.
    Confirmed,
    /// The meeting is entered in the calendar, but not announced.
    Unconfirmed,
    /// The meeting is called off (geannuleerd).
    Cancelled,
}

/// The kind of a motion: motion or amendment (motie, amendement).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "MotionKind", remote = "schema::MotionKind")]
pub enum MotionKindEnum {
    /// A motion asks something of the executive (motie).
    Motion,
    /// An amendment changes a proposal (amendement).
    Amendment,
}

/// The kind of a recording: picture with sound, or sound only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Media", remote = "schema::Media")]
pub enum MediaEnum {
    /// Picture and sound (beeld en geluid).
    Video,
    /// Sound only, without picture (geluid).
    Audio,
}

/// The way in which a transcript was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "TranscriptKind", remote = "schema::TranscriptKind")]
pub enum TranscriptKindEnum {
    /// Speech recognition by a machine, uncorrected.
    Machine,
    /// Speech recognition by a machine, corrected by people.
    Corrected,
}

/// The sort of document (documentsoort).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "DocumentType")]
pub enum DocumentTypeEnum {
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
    /// Any other sort, or unknown; `types` has the supplier's own words.
    Other,
}

impl From<Option<schema::DocumentType>> for DocumentTypeEnum {
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

/// The result for a motion, proposal or other subject (uitslag).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Outcome", remote = "schema::Outcome")]
pub enum OutcomeEnum {
    /// The subject was adopted (aangenomen).
    Adopted,
    /// The subject was rejected (verworpen).
    Rejected,
    /// The subject was withdrawn by its proposers (ingetrokken).
    Withdrawn,
    /// The subject was held over to a later meeting (aangehouden).
    HeldOver,
    /// Any other result; see the supplier's own words.
    Other,
}

/// The choice of a member in a vote (stemkeuze).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Choice", remote = "schema::Choice")]
pub enum ChoiceEnum {
    /// A vote in favour (voor).
    Favour,
    /// A vote against the subject (tegen).
    Against,
    /// An abstention or a blank vote (onthouden, blanco).
    Abstain,
    /// The member was absent (afwezig).
    Absent,
    /// The choice was published in words we do not know; it is never guessed.
    Unknown,
}

/// The verdict on one run, that is one harvest of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Verdict", remote = "schema::Verdict")]
pub enum VerdictEnum {
    /// The source answered, and its answers could be read.
    Healthy,
    /// A source that used to have content gave none, or much of its content could not be read.
    Suspicious,
    /// The source could not be read at all.
    Broken,
}

/// The state of a source, judged by all that is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::coverage::State")]
pub enum CoverageState {
    /// Nothing owed is missing, and the last success is at most 48 hours old.
    Healthy,
    /// Like HEALTHY, but the source never announces how much it has, so nobody can verify that everything is held.
    Unverifiable,
    /// The source answered, but something owed is missing or looks wrong.
    Suspicious,
    /// The source does not answer, or its last success is more than 48 hours old.
    Failing,
    /// The supplier refuses our requests.
    Blocked,
    /// The source was never harvested completely.
    NeverHarvested,
    /// The public body left this supplier, or no longer exists.
    Discontinued,
    /// No source publishes the papers of this public body.
    NoSource,
}

/// The purpose of a run, that is one harvest of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Purpose", remote = "schema::RunPurpose")]
pub enum PurposeEnum {
    /// An operator started the run.
    Asked,
    /// The run harvests the recent days and the days to come.
    Recent,
    /// The run repeats what failed before.
    Owed,
    /// The run harvests one year of the past.
    History,
    /// The run reads archived answers again and asks the supplier nothing.
    Reread,
}

/// The cause for which an entity is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Gone")]
pub enum GoneCause {
    /// The source no longer publishes the entity.
    Withdrawn,
    /// The source marks the entity as not public.
    Withheld,
    /// We took down the entity itself, or an entity to which it belonged.
    Blocked,
}

/// The reason for which we took something down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "TakedownReason", remote = "schema::TakedownReason")]
pub enum TakedownReasonEnum {
    /// The content violated somebody's privacy.
    Privacy,
    /// The maker does not allow publication here (auteursrecht).
    Copyright,
    /// A court ordered us to take it down.
    Court,
}

/// The kinds of entities that can be searched by words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchKind {
    /// Meetings of a council or committee (vergaderingen).
    Meeting,
    /// Agenda items of meetings (agendapunten).
    AgendaItem,
    /// Documents, with the text of all their pages (documenten).
    Document,
    /// Motions and amendments (moties, amendementen).
    Motion,
    /// Proposals to a council (raadsvoorstellen).
    Proposal,
    /// Decisions of a council (besluiten).
    Decision,
    /// Commitments to a council (toezeggingen).
    Commitment,
    /// Questions asked in writing (schriftelijke vragen).
    WrittenQuestion,
    /// Other entries of registers (registerstukken).
    RegisterEntry,
    /// Votes of a council (stemmingen).
    VoteEvent,
    /// Recordings, with their transcripts (opnamen).
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
