//! Problem reports from readers. They wait for the operator; a report itself hides nothing.

use async_graphql::{Context, Enum, Error, ID, InputObject, Result, SimpleObject};
use jiff::Timestamp;
use raadhuis_alerts::{self as alerts, Problem};

use super::{
    alert::{alerts_service, visible_error},
    at_most::AtMost,
};
use crate::middleware::visitor::Visitor;

/// The cost of a report, in units of the visitor's rate limit.
const UNITS: u32 = 100;

/// The sort of a reported problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "alerts::Reason")]
pub enum ProblemReason {
    /// Something is missing from the service.
    Missing,
    /// The content differs from the source.
    Wrong,
    /// The content violates somebody's privacy.
    Privacy,
    /// The content is somebody's work, published here against their wish (auteursrecht).
    Copyright,
    /// The content does not answer the question.
    Irrelevant,
    /// Another problem, described in the comment.
    Other,
}

/// A problem that a reader reports.
#[derive(Clone, Debug, InputObject)]
pub struct ReportProblemInput {
    /// The id of the entity with the problem; leave it out when something is missing.
    id: Option<ID>,
    /// The reasons for the report, one or more, at most 6.
    #[graphql(validator(custom = AtMost(6, "reasons")))]
    reasons: Vec<ProblemReason>,
    /// A description in your own words, at most 4096 bytes. Write no more about people than is needed.
    comment: Option<String>,
    /// The words you searched for, when they matter.
    query: Option<String>,
}

/// A report that was received.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct ReportProblemPayload {
    /// The number of the ticket, to mention when you write to the operator.
    ticket: i64,
}

pub async fn receive_report(
    context: &Context<'_>,
    input: ReportProblemInput,
) -> Result<ReportProblemPayload> {
    let alerts = alerts_service(context)?;
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
    let problem =
        Problem { subject, reasons, comment: non_blank(input.comment), query: non_blank(input.query) };
    if let Some(visitor) = context.data_opt::<Visitor>() {
        visitor.charge_units(UNITS)?;
    }
    let ticket = alerts.store.store_report(&problem, Timestamp::now()).await.map_err(visible_error)?;
    Ok(ReportProblemPayload { ticket })
}

fn non_blank(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
