//! Alerts: a search that reports new results, by e-mail or to a webhook.

use async_graphql::{Context, Enum, Error, InputObject, Result, SimpleObject};
use jiff::{Timestamp, ToSpan};
use raadhuis_alerts::{self as alerts, AlertError, AlertSettings, Channel, Key, KeyPurpose};
use raadhuis_search::{Between, Query};

use super::{
    loader::internal_error,
    scalar::Moment,
    search::{filter::SearchFilter, parse_words},
};
use crate::{Alerts, Library, Site, middleware::visitor::Visitor, page::form::SearchForm};

/// The cost of creating an alert, in units of the visitor's rate limit: two at once, then one every ten seconds.
const UNITS: u32 = 200;

/// The maximum time back of a preview, in days.
const LONGEST_PREVIEW: i32 = 366;

/// The frequency of messages of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "alerts::Frequency")]
pub enum AlertFrequency {
    /// A message as soon as there is anything new.
    Immediate,
    /// A message at seven in the morning, Dutch time, if there is anything new.
    Daily,
    /// A message on Monday at seven in the morning, Dutch time, if there is anything new.
    Weekly,
}

/// The status of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AlertStatus {
    /// The recipient must confirm the alert first, within 48 hours.
    PendingConfirmation,
    /// The alert reports what is new.
    Active,
    /// The alert reports nothing for now, and never reports what appears while it is paused.
    Paused,
}

/// The channel of the messages of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AlertChannel {
    /// Messages are sent by e-mail.
    Mail,
    /// Messages are sent to a webhook.
    Webhook,
}

/// An alert (melding): a search that reports new results. Only the holder of a key can see it; the recipient's address is never
/// shown.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Alert")]
pub struct AlertObject {
    /// The name of the alert in messages.
    name: String,
    /// The words of the search.
    query: String,
    /// The words as they were understood, in the query language itself.
    understood: String,
    /// The frequency of messages to the recipient.
    frequency: AlertFrequency,
    /// The status of the alert.
    status: AlertStatus,
    /// The channel of the messages.
    channel: AlertChannel,
    /// The moment at which the alert was created.
    created_at: Moment,
}

impl AlertObject {
    fn new(alert: alerts::Alert) -> Self {
        let status = match alert {
            alerts::Alert { is_confirmed: false, .. } => AlertStatus::PendingConfirmation,
            alerts::Alert { is_paused: true, .. } => AlertStatus::Paused,
            _ => AlertStatus::Active,
        };
        let understood = Query::parse(&alert.wanted.query).map(|query| query.understood());
        Self {
            name: alert.wanted.name,
            understood: understood.unwrap_or_default(),
            query: alert.wanted.query,
            frequency: alert.wanted.frequency.into(),
            status,
            channel: match alert.wanted.channel {
                Channel::Mail(_) => AlertChannel::Mail,
                Channel::Webhook(_) => AlertChannel::Webhook,
            },
            created_at: Moment(alert.made),
        }
    }
}

/// A request for an alert: an e-mail address or a webhook, with words or a filter or both.
#[derive(Clone, Debug, InputObject)]
pub struct CreateAlertInput {
    /// The e-mail address that receives messages, and is asked to confirm first. Give either email or webhook.
    email: Option<String>,
    /// The address that receives signed messages (Standard Webhooks), and is asked to confirm first. Give either email or
    /// webhook.
    webhook: Option<String>,
    /// The words of the search, in the query language; at most 4096 bytes.
    query: Option<String>,
    /// The restrictions of the search. Public bodies without any content yet are allowed.
    filter: Option<SearchFilter>,
    /// The frequency of messages; daily when not given.
    frequency: Option<AlertFrequency>,
    /// The name of the alert in messages, at most 200 bytes; made from the words and the public bodies when not given.
    name: Option<String>,
    /// The page of your app to which messages link, with `since=` appended; only of apps that this service knows.
    return_url: Option<String>,
}

/// The answer to a request for an alert.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreateAlertPayload {
    /// The status of the alert. Earlier alerts of the same address are not revealed.
    status: AlertStatus,
    /// The secret that signs messages to the webhook, shown only here; null for e-mail.
    signing_secret: Option<String>,
}

/// An alert that was confirmed or changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct AlertPayload {
    /// The alert after the change.
    alert: AlertObject,
    /// The key that allows changing and ending the alert.
    manage_token: String,
}

/// The new results that an alert would have reported.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchPreview {
    /// The exact number of results first seen in the period; entities whose files are identical to the byte count as one result.
    total_count: u64,
    /// The words as they were understood, in the query language itself.
    understood: String,
    /// The moment at which the period begins.
    since: Moment,
}

/// The addresses of the feeds of a search.
#[derive(Clone, Debug, SimpleObject)]
pub struct FeedAddresses {
    /// The address of the Atom feed (RFC 4287).
    atom: String,
    /// The address of the JSON Feed (version 1.1).
    json: String,
}

pub async fn create_alert(context: &Context<'_>, input: CreateAlertInput) -> Result<CreateAlertPayload> {
    let alerts = alerts_service(context)?;
    let channel = match (&input.email, &input.webhook) {
        (Some(email), None) if alerts.sends_mail => Channel::for_mail(email).map_err(visible_error)?,
        (Some(_), None) => {
            return Err("this service sends no mail; a webhook or a feed tells the same".into());
        }
        (None, Some(webhook)) => Channel::webhook(webhook).map_err(visible_error)?,
        _ => return Err("an alert needs an email or a webhook, and not both".into()),
    };
    let query = input.query.unwrap_or_default().trim().to_owned();
    let filter = input.filter.unwrap_or_default().for_engine()?;
    let form = SearchForm::new(&query, &filter);
    let page = match input.return_url {
        Some(url) => alerts.known_app(&url)?,
        None => form.with_fields(&[("datum", "gezien"), ("volgorde", "FIRST_SEEN_AT_NEWEST")]).address("/"),
    };
    let name = match input.name.filter(|name| !name.trim().is_empty()) {
        Some(name) => name.trim().to_owned(),
        None => form.described(&context.data::<Library>()?.directory),
    };
    let frequency = input.frequency.map(Into::into).unwrap_or_default();
    let wanted = AlertSettings { channel, query, filter, frequency, name, page };
    // Only visitors over the network have a rate limit.
    if let Some(visitor) = context.data_opt::<Visitor>() {
        visitor.charge_units(UNITS)?;
    }
    let alert = alerts.store.create_alert(&wanted, Timestamp::now()).await.map_err(visible_error)?;
    let signs = matches!(alert.wanted.channel, Channel::Webhook(_));
    let signing_secret = signs.then(|| alerts.store.signing_secret(alert.number));
    Ok(CreateAlertPayload { status: AlertStatus::PendingConfirmation, signing_secret })
}

pub async fn confirm_alert(context: &Context<'_>, token: String) -> Result<AlertPayload> {
    let alerts = alerts_service(context)?;
    let end = context.data::<Library>()?.store.last_change().await.map_err(|why| internal_error(&why))?;
    let alert = alerts.store.confirm(&Key(token), end, Timestamp::now()).await.map_err(visible_error)?;
    let manage_token = alerts.store.create_key(KeyPurpose::Manage, alert.number).0;
    Ok(AlertPayload { alert: AlertObject::new(alert), manage_token })
}

pub async fn change_alert(
    context: &Context<'_>,
    token: String,
    frequency: Option<AlertFrequency>,
    paused: Option<bool>,
) -> Result<AlertPayload> {
    let key = Key(token);
    let alert = alerts_service(context)?
        .store
        .change_alert(&key, frequency.map(Into::into), paused)
        .await
        .map_err(visible_error)?;
    Ok(AlertPayload { alert: AlertObject::new(alert), manage_token: key.0 })
}

pub async fn end_alert(context: &Context<'_>, token: String) -> Result<bool> {
    alerts_service(context)?.store.end_alert(&Key(token)).await.map_err(visible_error)?;
    Ok(true)
}

/// Finds the alert of a key for either purpose.
pub async fn find_alert(context: &Context<'_>, token: String) -> Result<Option<AlertObject>> {
    let (alerts, key) = (alerts_service(context)?, Key(token));
    for purpose in [KeyPurpose::Manage, KeyPurpose::Confirm] {
        match alerts.store.read_alert(&key, purpose).await {
            Ok(alert) => return Ok(Some(AlertObject::new(alert))),
            Err(AlertError::NoSuchKey) => {}
            Err(why) => return Err(visible_error(why)),
        }
    }
    Ok(None)
}

/// Counts the results that an alert would have reported in the last days.
pub async fn preview_search(
    context: &Context<'_>,
    query: String,
    filter: Option<SearchFilter>,
    days: Option<i32>,
) -> Result<SearchPreview> {
    let days = days.unwrap_or(30);
    if !(1..=LONGEST_PREVIEW).contains(&days) {
        return Err(format!("days is {days}; it may be 1 to {LONGEST_PREVIEW}").into());
    }
    let since = Timestamp::now().saturating_sub((24 * i64::from(days)).hours()).unwrap_or_default();
    let query = parse_words(&query)?;
    let mut filter = filter.unwrap_or_default().for_engine()?;
    filter.first_seen_at = Between { from: Some(since), until: None };
    let ask =
        raadhuis_search::SearchRequest { filter, ..raadhuis_search::SearchRequest::new(query.clone(), 0) };
    let found =
        context.data::<Library>()?.search.find_entries(&ask).await.map_err(|why| internal_error(&why))?;
    Ok(SearchPreview { total_count: found.total, understood: query.understood(), since: Moment(since) })
}

pub fn feed_addresses(
    context: &Context<'_>,
    query: &str,
    filter: Option<SearchFilter>,
) -> Result<FeedAddresses> {
    parse_words(query)?;
    let form = SearchForm::new(query, &filter.unwrap_or_default().for_engine()?);
    let base = context.data_opt::<Site>().and_then(|site| site.address.clone()).unwrap_or_default();
    Ok(FeedAddresses {
        atom: form.address(&format!("{base}/zoeken.atom")),
        json: form.address(&format!("{base}/zoeken.json")),
    })
}

/// The store of alerts and reports, when this service has one.
pub fn alerts_service<'a>(context: &'a Context<'_>) -> Result<&'a Alerts> {
    let alerts = context.data::<Library>()?.alerts.as_ref();
    alerts.ok_or_else(|| Error::new("this service takes no alerts and no reports"))
}

/// The error as a visitor may see it; internal causes are hidden.
pub fn visible_error(why: AlertError) -> Error {
    match why {
        AlertError::Refused(_) | AlertError::NoSuchKey => Error::new(why.to_string()),
        why => internal_error(&why),
    }
}
