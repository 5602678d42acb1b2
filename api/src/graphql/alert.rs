//! Alerts: a search that tells what is new in it, by mail or to a webhook.

use async_graphql::{Context, Enum, Error, InputObject, Result, SimpleObject};
use jiff::{Timestamp, ToSpan};
use raadhuis_alerts::{self as alerts, AlertError, Channel, Key, Purpose, Wanted};
use raadhuis_search::{Between, Query};

use super::{
    loader::hidden,
    scalar::Moment,
    search::{filter::SearchFilter, parse_words},
};
use crate::{Alerts, Library, Site, manners::Visitor, page::form::Form};

/// What asking for an alert takes from a visitor's bucket: two at once, then one in ten seconds.
const UNITS: u32 = 200;

/// The longest time back of a preview, in days.
const LONGEST_PREVIEW: i32 = 366;

/// How often an alert may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "alerts::Frequency")]
pub enum AlertFrequency {
    /// As soon as there is anything.
    Immediate,
    /// At seven in the morning, Dutch time, if there is anything.
    Daily,
    /// On Monday at seven, if there is anything.
    Weekly,
}

/// How an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AlertStatus {
    /// Whoever it would tell must confirm it first, within 48 hours.
    PendingConfirmation,
    /// It tells what is new.
    Active,
    /// It tells nothing for now; what is new meanwhile is not told later.
    Paused,
}

/// Where an alert speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AlertChannel {
    /// By mail.
    Mail,
    /// To a webhook.
    Webhook,
}

/// An alert (melding): a search that tells what is new in it. Only who has its key sees it; where it speaks is not told.
#[derive(Clone, Debug, SimpleObject)]
pub struct Alert {
    /// What it is called in letters.
    name: String,
    /// The words it looks for.
    query: String,
    /// How those were understood, in the query language itself.
    understood: String,
    /// How often it speaks.
    frequency: AlertFrequency,
    /// How it stands.
    status: AlertStatus,
    /// By which way it speaks.
    channel: AlertChannel,
    /// Since when it is there.
    created_at: Moment,
}

impl Alert {
    fn of(alert: alerts::Alert) -> Self {
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

/// An alert that somebody wants: an address of mail or a webhook, and words or a filter or both.
#[derive(Clone, Debug, InputObject)]
pub struct CreateAlertInput {
    /// The address that is told, and asked to confirm first. One of email and webhook.
    email: Option<String>,
    /// The address that gets signed messages (Standard Webhooks), and is asked to confirm first. One of email and webhook.
    webhook: Option<String>,
    /// The words, as in search; at most 4096 bytes.
    query: Option<String>,
    /// Among which things, as in search. Authorities of which nothing is held yet are welcome.
    filter: Option<SearchFilter>,
    /// How often; daily when not given.
    frequency: Option<AlertFrequency>,
    /// What it is called in letters, at most 200 bytes; made of the words and the authorities when not given.
    name: Option<String>,
    /// The page of your app to which letters lead, with `since=` behind it: only of apps that this service knows.
    return_url: Option<String>,
}

/// An alert that was asked for.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreateAlertPayload {
    /// How it stands. Whether the address had alerts before is not told.
    status: AlertStatus,
    /// The secret with which messages to the webhook are signed; told only here. Absent for mail.
    signing_secret: Option<String>,
}

/// An alert that was confirmed or changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct AlertPayload {
    /// The alert.
    alert: Alert,
    /// The key by which it is changed and ended.
    manage_token: String,
}

/// What an alert would have told.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchPreview {
    /// How many results were first seen in that time, exactly; things whose files are the same to the byte are one result.
    total_count: u64,
    /// How the words were understood, in the query language itself.
    understood: String,
    /// Since when was looked.
    since: Moment,
}

/// Where a search is followed.
#[derive(Clone, Debug, SimpleObject)]
pub struct FeedAddresses {
    /// As Atom (RFC 4287).
    atom: String,
    /// As JSON Feed 1.1.
    json: String,
}

/// Asks for an alert.
pub async fn create(context: &Context<'_>, input: CreateAlertInput) -> Result<CreateAlertPayload> {
    let desk = desk(context)?;
    let channel = match (&input.email, &input.webhook) {
        (Some(email), None) if desk.sends_mail => Channel::mail(email).map_err(told)?,
        (Some(_), None) => {
            return Err("this service sends no mail; a webhook or a feed tells the same".into());
        }
        (None, Some(webhook)) => Channel::webhook(webhook).map_err(told)?,
        _ => return Err("an alert needs an email or a webhook, and not both".into()),
    };
    let query = input.query.unwrap_or_default().trim().to_owned();
    let filter = input.filter.unwrap_or_default().for_engine()?;
    let form = Form::of(&query, &filter);
    let page = match input.return_url {
        Some(url) => desk.known_app(&url)?,
        None => form.with(&[("datum", "gezien"), ("volgorde", "FIRST_SEEN_AT_NEWEST")]).address("/"),
    };
    let name = match input.name.filter(|name| !name.trim().is_empty()) {
        Some(name) => name.trim().to_owned(),
        None => form.described(&context.data::<Library>()?.directory),
    };
    let frequency = input.frequency.map(Into::into).unwrap_or_default();
    let wanted = Wanted { channel, query, filter, frequency, name, page };
    // Only who comes over the network is counted.
    if let Some(visitor) = context.data_opt::<Visitor>() {
        visitor.charge(UNITS)?;
    }
    let alert = desk.book.create(&wanted, Timestamp::now()).await.map_err(told)?;
    let signs = matches!(alert.wanted.channel, Channel::Webhook(_));
    let signing_secret = signs.then(|| desk.book.signing_secret(alert.number));
    Ok(CreateAlertPayload { status: AlertStatus::PendingConfirmation, signing_secret })
}

/// Confirms an alert.
pub async fn confirm(context: &Context<'_>, token: String) -> Result<AlertPayload> {
    let desk = desk(context)?;
    let end = context.data::<Library>()?.store.end().await.map_err(|why| hidden(&why))?;
    let alert = desk.book.confirm(&Key(token), end, Timestamp::now()).await.map_err(told)?;
    let manage_token = desk.book.key(Purpose::Manage, alert.number).0;
    Ok(AlertPayload { alert: Alert::of(alert), manage_token })
}

/// Changes an alert.
pub async fn change(
    context: &Context<'_>,
    token: String,
    frequency: Option<AlertFrequency>,
    paused: Option<bool>,
) -> Result<AlertPayload> {
    let key = Key(token);
    let alert = desk(context)?.book.change(&key, frequency.map(Into::into), paused).await.map_err(told)?;
    Ok(AlertPayload { alert: Alert::of(alert), manage_token: key.0 })
}

/// Ends an alert.
pub async fn end(context: &Context<'_>, token: String) -> Result<bool> {
    desk(context)?.book.end(&Key(token)).await.map_err(told)?;
    Ok(true)
}

/// The alert that a key opens, whichever of its keys.
pub async fn opened(context: &Context<'_>, token: String) -> Result<Option<Alert>> {
    let (desk, key) = (desk(context)?, Key(token));
    for purpose in [Purpose::Manage, Purpose::Confirm] {
        match desk.book.opened(&key, purpose).await {
            Ok(alert) => return Ok(Some(Alert::of(alert))),
            Err(AlertError::NoSuchKey) => {}
            Err(why) => return Err(told(why)),
        }
    }
    Ok(None)
}

/// What an alert would have told in the last days.
pub async fn preview(
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
    let ask = raadhuis_search::Ask { filter, ..raadhuis_search::Ask::of(query.clone(), 0) };
    let found = context.data::<Library>()?.search.find(&ask).await.map_err(|why| hidden(&why))?;
    Ok(SearchPreview { total_count: found.total, understood: query.understood(), since: Moment(since) })
}

/// Where a search is followed.
pub fn feed(context: &Context<'_>, query: &str, filter: Option<SearchFilter>) -> Result<FeedAddresses> {
    parse_words(query)?;
    let form = Form::of(query, &filter.unwrap_or_default().for_engine()?);
    let base = context.data_opt::<Site>().and_then(|site| site.address.clone()).unwrap_or_default();
    let address = |path: &str| form.address(&format!("{base}{path}"));
    Ok(FeedAddresses { atom: address("/zoeken.atom"), json: address("/zoeken.json") })
}

/// Where alerts and reports are taken in.
pub fn desk<'a>(context: &'a Context<'_>) -> Result<&'a Alerts> {
    let desk = context.data::<Library>()?.alerts.as_ref();
    desk.ok_or_else(|| Error::new("this service takes no alerts and no reports"))
}

/// What a visitor is told of an error.
pub fn told(why: AlertError) -> Error {
    match why {
        AlertError::Refused(_) | AlertError::NoSuchKey => Error::new(why.to_string()),
        why => hidden(&why),
    }
}
