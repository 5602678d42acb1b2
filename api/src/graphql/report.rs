//! Reports: what readers say is wrong. They wait for the operator; nothing is hidden by them.

use async_graphql::{Context, Enum, Error, ID, InputObject, Result, SimpleObject};
use jiff::Timestamp;
use raadhuis_alerts::{self as alerts, Problem};

use super::{
    alert::{desk, told},
    at_most::AtMost,
};
use crate::manners::Visitor;

/// What a report takes from a visitor's bucket.
const UNITS: u32 = 100;

/// What may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "alerts::Reason")]
pub enum ProblemReason {
    /// Something is not there.
    Missing,
    /// It is not as the source has it.
    Wrong,
    /// It holds what is nobody's business.
    Privacy,
    /// It is somebody's work, who does not want it here.
    Copyright,
    /// It does not answer what was asked.
    Irrelevant,
    /// Something else.
    Other,
}

/// A problem that somebody reports.
#[derive(Clone, Debug, InputObject)]
pub struct ReportProblemInput {
    /// With what; left out where something is missing.
    id: Option<ID>,
    /// What is wrong, one reason or more, at most 6.
    #[graphql(validator(custom = AtMost(6, "reasons")))]
    reasons: Vec<ProblemReason>,
    /// In your own words, at most 4096 bytes. Write no more of people than is needed.
    comment: Option<String>,
    /// The words you searched for, where that matters.
    query: Option<String>,
}

/// A report that was taken in.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct ReportProblemPayload {
    /// The number of the ticket, for when you write to the operator about it.
    ticket: i64,
}

/// Takes a report in.
pub async fn report(context: &Context<'_>, input: ReportProblemInput) -> Result<ReportProblemPayload> {
    let desk = desk(context)?;
    let subject = match input.id {
        Some(id) => Some(id.parse().map_err(|_| Error::new(format!("{:?} is no id", id.as_str())))?),
        None => None,
    };
    let mut reasons: Vec<alerts::Reason> = Vec::new();
    for reason in input.reasons {
        let reason = reason.into();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let problem = Problem { subject, reasons, comment: some(input.comment), query: some(input.query) };
    if let Some(visitor) = context.data_opt::<Visitor>() {
        visitor.charge(UNITS)?;
    }
    let ticket = desk.book.report(&problem, Timestamp::now()).await.map_err(told)?;
    Ok(ReportProblemPayload { ticket })
}
