//! The mutations: alerts and reports. Nothing here changes the publications of councils.

use async_graphql::{Context, Object, Result};

use super::{
    alert::{self, AlertFrequency, AlertPayload, CreateAlertInput, CreateAlertPayload},
    report::{self, ReportProblemInput, ReportProblemPayload},
};

/// The cost of one mutation; a query may hold a few.
const WISH: usize = 60_000;

pub struct MutationRoot;

/// All changes that a reader can make, only by POST.
#[Object(name = "Mutation")]
impl MutationRoot {
    /// Asks for an alert (melding). No message is sent before the recipient confirms; an address is asked to confirm at most once
    /// an hour.
    #[graphql(complexity = "WISH")]
    async fn create_alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The search to follow and the recipient.")] input: CreateAlertInput,
    ) -> Result<CreateAlertPayload> {
        alert::create_alert(context, input).await
    }

    /// Confirms an alert: from now on it reports what is new.
    #[graphql(complexity = "WISH")]
    async fn confirm_alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The key from the message that asked for confirmation.")] token: String,
    ) -> Result<AlertPayload> {
        alert::confirm_alert(context, token).await
    }

    /// Changes the frequency of an alert, pauses it or resumes it.
    #[graphql(complexity = "WISH")]
    async fn update_alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The managing key, from any message that reported results.")] token: String,
        #[graphql(desc = "The frequency of messages; unchanged when not given.")] frequency: Option<
            AlertFrequency,
        >,
        #[graphql(desc = "True to pause, false to resume; unchanged when not given.")] paused: Option<bool>,
    ) -> Result<AlertPayload> {
        alert::change_alert(context, token, frequency, paused).await
    }

    /// Ends an alert, and erases its address and everything known of it. Returns true, also when it had ended before.
    #[graphql(complexity = "WISH")]
    async fn delete_alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The key for confirming or for managing the alert.")] token: String,
    ) -> Result<bool> {
        alert::end_alert(context, token).await
    }

    /// Reports that something is missing, wrong, private or protected by copyright. The operator looks at it; nothing is hidden
    /// by the report itself.
    #[graphql(complexity = "WISH")]
    async fn report_problem(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The description of the problem.")] input: ReportProblemInput,
    ) -> Result<ReportProblemPayload> {
        report::receive_report(context, input).await
    }
}
