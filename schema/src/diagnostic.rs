//! Remarks are data: each names something that could not be read, kept or trusted, with its place. Each code has one
//! constructor here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Kind, Tally, id::EntityId};

/// A fact that a person should know about an answer or a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// The code of the diagnostic.
    pub code: DiagnosticCode,
    /// The task, file or address of which it speaks.
    pub subject: String,
    /// The JSON pointer into the payload; empty for the whole.
    pub path: String,
    /// A sentence that can be read alone. Never a title, a text or a personal detail.
    pub message: String,
}

/// The codes of all diagnostics.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DiagnosticCode {
    /// The supplier marks this as not public; nothing of it is kept.
    Withheld,
    /// The answer is not in the supplier's format.
    Unreadable,
    /// A value has a shape we do not know.
    UnexpectedShape,
    /// An item has no id and cannot be kept.
    MissingId,
    /// Two things of an answer have one id.
    RepeatedId,
    /// A time that cannot exist.
    ImpossibleTime,
    /// A time that the wall clock showed twice or never.
    DoubtfulTime,
    /// A field whose meaning we do not know.
    UnknownField,
    /// The votes and the total that the supplier states differ.
    TallyDiffers,
    /// A secret that only the operator can give is not in the environment.
    SecretMissing,
    /// A listing changed while it was read, so that nothing is withdrawn on its word.
    IncompleteListing,
    /// The supplier refused the request.
    Refused,
    /// The thing is gone at the supplier.
    Gone,
    /// The supplier asked us to slow down, and went on asking.
    Throttled,
    /// The supplier banned our requests.
    Blocked,
    /// The host asks robots to stay away.
    Disallowed,
    /// The answer did not come in time.
    TimedOut,
    /// The supplier could not be reached or broke off.
    Failed,
    /// A request for which the recording holds no answer.
    Unrecorded,
    /// The answer is larger than we accept.
    TooLarge,
    /// An address that we do not visit.
    BadAddress,
    /// A file of a format we cannot read.
    UnsupportedFormat,
    /// A file that cannot be read.
    UnreadableDocument,
    /// A file that opens with a password only.
    Encrypted,
    /// A file whose pages are pictures.
    ScanWithoutText,
    /// A file of which not all pages could be read.
    PartialText,
    /// The reader of documents died or took too long.
    ReaderDied,
    /// Numbers of persons stand where they should not.
    PersonalNumber,
    /// Text stands under an opaque shape, or in the colour of what lies below it: somebody meant to hide it.
    HiddenText,
    /// A source that used to speak said nothing.
    Silent,
    /// A source left out most of what it used to have.
    Implausible,
    /// A run asked as many questions as it may, and left others.
    TooManyQuestions,
    /// A source no longer names anything before a day: it stopped showing its past.
    Horizon,
    /// Listings left out what is not known to be gone.
    Missing,
    /// A document has a file that was taken down under another id, and was taken down too.
    TakenDown,
}

/// A failure: the code is for programs, the message for people. It is stored as a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(from = "(DiagnosticCode, String)", into = "(DiagnosticCode, String)")]
#[error("{message}")]
pub struct CodedError {
    /// The sort of failure.
    pub code: DiagnosticCode,
    /// The failure as a sentence.
    pub message: String,
}

impl CodedError {
    /// Makes a failure.
    pub fn new(code: DiagnosticCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<(DiagnosticCode, String)> for CodedError {
    fn from(pair: (DiagnosticCode, String)) -> Self {
        Self { code: pair.0, message: pair.1 }
    }
}

impl From<CodedError> for (DiagnosticCode, String) {
    fn from(failure: CodedError) -> Self {
        (failure.code, failure.message)
    }
}

impl DiagnosticCode {
    /// The code as it is stored and printed.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Every code whose reason may pass.
    pub const PASSING: [Self; 8] = [
        Self::TimedOut,
        Self::Failed,
        Self::Throttled,
        Self::Blocked,
        Self::Refused,
        Self::Unreadable,
        Self::SecretMissing,
        // One miss is never trusted: what was gone may be back.
        Self::Gone,
    ];

    /// Returns whether the cause of a failure may pass by itself.
    pub fn may_pass(self) -> bool {
        Self::PASSING.contains(&self)
    }

    /// Returns whether the diagnostic reports an error (a run with such a diagnostic ends with exit code 1) and not
    /// merely a fact.
    pub const fn is_trouble(self) -> bool {
        !matches!(
            self,
            Self::Withheld
                | Self::Disallowed
                | Self::UnknownField
                | Self::DoubtfulTime
                | Self::ScanWithoutText
                | Self::PersonalNumber
                | Self::HiddenText
                | Self::Horizon
                | Self::Missing
        )
    }
}

impl Diagnostic {
    fn new(code: DiagnosticCode, subject: &str, path: &str, message: String) -> Self {
        Self { code, subject: subject.to_owned(), path: path.to_owned(), message }
    }

    /// Reports a confidential entity, of which only id, kind and parent remain.
    pub fn withheld(subject: &str, path: &str, id: &EntityId, parent: Option<&EntityId>) -> Self {
        let parent = parent.map_or_else(String::new, |parent| format!(" of {parent}"));
        Self::new(
            DiagnosticCode::Withheld,
            subject,
            path,
            format!("{id}{parent} is not public and was not kept"),
        )
    }

    /// The answer as a whole is not what was asked for.
    pub fn unreadable(subject: &str, why: &str) -> Self {
        Self::new(DiagnosticCode::Unreadable, subject, "", format!("the answer cannot be read: {why}"))
    }

    /// A value stands where another was expected. Names the shapes, never the value.
    pub fn unexpected_shape(subject: &str, path: &str, expected: &str, found: &str) -> Self {
        Self::new(
            DiagnosticCode::UnexpectedShape,
            subject,
            path,
            format!("expected {expected}, found {found}"),
        )
    }

    /// An item has no id.
    pub fn missing_id(subject: &str, path: &str, kind: Kind) -> Self {
        Self::new(DiagnosticCode::MissingId, subject, path, format!("a {kind} without an id cannot be kept"))
    }

    /// Two things that differ have one id.
    pub fn repeated_id(subject: &str, id: &EntityId) -> Self {
        let message = format!("{id} stands in this answer more than once, and not alike; only one was kept");
        Self::new(DiagnosticCode::RepeatedId, subject, "", message)
    }

    /// A time that cannot exist.
    pub fn impossible_time(subject: &str, path: &str, text: &str) -> Self {
        Self::new(DiagnosticCode::ImpossibleTime, subject, path, format!("{text:?} is no date or time"))
    }

    /// A time that the wall clock showed twice or never.
    pub fn doubtful_time(subject: &str, path: &str, text: &str) -> Self {
        Self::new(
            DiagnosticCode::DoubtfulTime,
            subject,
            path,
            format!("the Dutch clock showed {text} twice, or never; the first reading was taken"),
        )
    }

    /// A field of which the reference says nothing.
    pub fn unknown_field(subject: &str, path: &str, field: &str) -> Self {
        Self::new(
            DiagnosticCode::UnknownField,
            subject,
            path,
            format!("field {field} is not known and was not read"),
        )
    }

    /// The counted votes are not what the supplier says they are.
    pub fn tally_differs(subject: &str, path: &str, counted: Tally, stated: Tally) -> Self {
        let message = format!(
            "{} for and {} against were counted, and {} for and {} against are stated",
            counted.favour, counted.against, stated.favour, stated.against
        );
        Self::new(DiagnosticCode::TallyDiffers, subject, path, message)
    }

    /// The total and the contents of a listing differ.
    pub fn incomplete_listing(subject: &str, announced: u64, seen: u64) -> Self {
        let message =
            format!("the listing announced {announced} and gave {seen}; nothing is withdrawn on its word");
        Self::new(DiagnosticCode::IncompleteListing, subject, "", message)
    }

    /// A request did not lead to a usable answer.
    pub fn unanswered(code: DiagnosticCode, subject: &str, why: &str) -> Self {
        Self::new(code, subject, "", why.to_owned())
    }

    /// A document gave no text, or not all of it.
    pub fn no_text(trouble: &CodedError, document: &EntityId) -> Self {
        Self::new(trouble.code, document.as_str(), "", trouble.message.clone())
    }

    /// Numbers of persons were spoken in a recording. The diagnostic tells the count, never the numbers.
    pub fn struck_out(subject: &str, count: usize) -> Self {
        let message = format!("{count} citizen service numbers were struck out of what is kept");
        Self::new(DiagnosticCode::PersonalNumber, subject, "", message)
    }

    /// Text of a document is hidden from readers only. The diagnostic tells the amount, never the text.
    pub fn hidden_text(document: &EntityId, pages: usize, withheld: usize) -> Self {
        let message = format!(
            "text stands under an opaque shape on {pages} pages; {withheld} pages are withheld until reviewed"
        );
        Self::new(DiagnosticCode::HiddenText, document.as_str(), "", message)
    }

    /// Numbers of persons are in a document. The diagnostic tells the count, never the numbers.
    pub fn personal_numbers(document: &EntityId, count: usize, withheld: usize) -> Self {
        let message = format!(
            "{count} citizen service numbers may stand in it; {withheld} pages are withheld until reviewed"
        );
        Self::new(DiagnosticCode::PersonalNumber, document.as_str(), "", message)
    }

    /// A listing left out most of the entities held on its word: an outage is likelier than as many
    /// withdrawals.
    pub fn implausible(origin: &str, unnamed: u64, held: u64) -> Self {
        let message = format!(
            "{origin} left out {unnamed} of the {held} things that are held on its word; nothing is withdrawn"
        );
        Self::new(DiagnosticCode::Implausible, origin, "", message)
    }

    /// A run reached the maximum number of questions: the source keeps naming new ones.
    pub fn too_many_questions(source: &str, most: u64, left: u64) -> Self {
        let message = format!(
            "{source} led to more than {most} questions; {left} were not asked and are owed, and nothing is withdrawn"
        );
        Self::new(DiagnosticCode::TooManyQuestions, source, "", message)
    }

    /// A listing names nothing before a day, where things are held: the supplier stopped showing its past.
    pub fn horizon(origin: &str, day: Date, held: u64) -> Self {
        let message = format!(
            "{origin} no longer names anything before {day}; the {held} things from before that day are kept"
        );
        Self::new(DiagnosticCode::Horizon, origin, "", message)
    }

    /// Meetings that listings left out and that are not known to be gone.
    pub fn missing(origin: &str, answering: u64, unknown: u64) -> Self {
        let message = format!(
            "{origin} left out meetings that are kept: {answering} answer at their own addresses, of {unknown} it is \
             not known yet"
        );
        Self::new(DiagnosticCode::Missing, origin, "", message)
    }

    /// A document has a file that was taken down before.
    pub fn taken_down(document: &EntityId, before: &EntityId) -> Self {
        let message =
            format!("its file was taken down as {before}; it is taken down too, and nothing of it is served");
        Self::new(DiagnosticCode::TakenDown, document.as_str(), "", message)
    }

    /// A source that used to speak said nothing.
    pub fn source_silent(source: &str, before: u64) -> Self {
        let message = format!("{source} gave nothing, while {before} things of it are held");
        Self::new(DiagnosticCode::Silent, source, "", message)
    }
}
