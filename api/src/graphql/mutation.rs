//! The root of what can be wanted: alerts and reports. Nothing here changes what councils published.

use async_graphql::{Context, Object, Result};

use super::{
    alert::{self, AlertFrequency, AlertPayload, CreateAlertInput, CreateAlertPayload},
    report::{self, ReportProblemInput, ReportProblemPayload},
};

/// What one wish costs: a query may hold a few.
const WISH: usize = 60_000;

/// Where every wish begins.
pub struct Mutation;

/// What can be wanted. Only by POST.
#[Object]
impl Mutation {
    /// Asks for an alert. Nothing is told before whoever it would tell confirms it; an address is asked at most once an hour.
    #[graphql(complexity = "WISH")]
    async fn create_alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateAlertInput,
    ) -> Result<CreateAlertPayload> {
        alert::create(context, input).await
    }

    /// Confirms an alert: from now on it tells what is new.
    #[graphql(complexity = "WISH")]
    async fn confirm_alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The key in the letter that asked.")] token: String,
    ) -> Result<AlertPayload> {
        alert::confirm(context, token).await
    }

    /// Changes how often an alert speaks, or whether it is paused.
    #[graphql(complexity = "WISH")]
    async fn update_alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its key, from a letter that told something.")] token: String,
        #[graphql(desc = "How often; as it was when not given.")] frequency: Option<AlertFrequency>,
        #[graphql(desc = "Whether it tells nothing for now; as it was when not given.")] paused: Option<bool>,
    ) -> Result<AlertPayload> {
        alert::change(context, token, frequency, paused).await
    }

    /// Ends an alert, and erases its address and all that is known of it. True also where it was ended before.
    #[graphql(complexity = "WISH")]
    async fn delete_alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Either of its keys.")] token: String,
    ) -> Result<bool> {
        alert::end(context, token).await
    }

    /// Reports that something is missing, wrong, private or somebody's own. The operator looks at it; nothing is hidden by it.
    #[graphql(complexity = "WISH")]
    async fn report_problem(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is wrong.")] input: ReportProblemInput,
    ) -> Result<ReportProblemPayload> {
        report::report(context, input).await
    }
}
