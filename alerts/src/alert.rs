//! Alerts, notifications and reports of readers.

use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{EntityId, Kind};
use raadhuis_search::EntryFilter;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::AlertError;

/// Maximum lengths in bytes: of a mail address (RFC 5321), and of a webhook or return page.
const LONGEST_MAIL: usize = 254;
const LONGEST_WEBHOOK: usize = 2048;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    Mail(String),
    Webhook(Url),
}

impl Channel {
    /// A mail address in canonical form: lower case, no quoting, an ASCII host name. Each mailbox has one spelling, so that limits
    /// apply to it.
    ///
    /// # Errors
    /// The text is no mail address.
    pub fn for_mail(address: &str) -> Result<Self, AlertError> {
        let address = address.trim();
        let (local, host) = address.rsplit_once('@').ok_or_else(|| no_mail_address(address))?;
        let Ok(url::Host::Domain(host)) = url::Host::parse(host) else {
            return Err(no_mail_address(address));
        };
        let canonical = format!("{local}@{host}").to_lowercase();
        let is_one = canonical.len() <= LONGEST_MAIL && canonical.parse::<lettre::Address>().is_ok();
        if local.is_empty() || !local.chars().all(is_plain) || !is_one {
            return Err(no_mail_address(address));
        }
        Ok(Self::Mail(canonical))
    }

    /// A webhook. Its host is checked against the guard only when a message is sent.
    ///
    /// # Errors
    /// The text is no URL, or an unsafe one.
    pub fn webhook(address: &str) -> Result<Self, AlertError> {
        if address.len() > LONGEST_WEBHOOK {
            return Err(refuse_webhook(address, "is too long"));
        }
        let url: Url = address.trim().parse().map_err(|_| refuse_webhook(address, "is no address"))?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err(refuse_webhook(address, "must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse_webhook(
                address,
                "holds a name or a password: what it gets is signed instead",
            ));
        }
        Ok(Self::Webhook(url))
    }

    pub fn as_text(&self) -> &str {
        match self {
            Self::Mail(address) => address,
            Self::Webhook(url) => url.as_str(),
        }
    }
}

/// Returns whether a mailbox may hold the character without quoting.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

fn no_mail_address(address: &str) -> AlertError {
    AlertError::Refused(format!("{:?} is no address of mail", shorten_text(address)))
}

fn refuse_webhook(address: &str, why: &str) -> AlertError {
    AlertError::Refused(format!("the webhook {:?} {why}", shorten_text(address)))
}

fn shorten_text(text: &str) -> String {
    text.chars().take(60).collect()
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frequency {
    Immediate,
    /// At 7:00 Dutch time, if there is news.
    #[default]
    Daily,
    /// On Monday at 7:00 Dutch time, if there is news.
    Weekly,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSettings {
    pub channel: Channel,
    pub query: String,
    pub filter: EntryFilter,
    pub frequency: Frequency,
    pub name: String,
    /// The page that notifications link to: a URL of an app, or a path of this service that begins with a slash.
    pub page: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// A number is never reused.
    pub number: i64,
    pub wanted: AlertSettings,
    pub is_confirmed: bool,
    pub is_paused: bool,
    pub made: Timestamp,
    /// Only changes after this position in the change log are news for the alert.
    pub after: i64,
}

/// An entity that is news for an alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub alert: i64,
    pub entity: EntityId,
    pub at: Timestamp,
    pub due: Timestamp,
}

/// A message to send by mail or webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Never reused. The number stays the same when the notification is sent again.
    pub number: i64,
    /// The alerts concerned: exactly one, except in a request for confirmation.
    pub alerts: Vec<Alert>,
    pub asks: bool,
    /// New entities, each with the time of its commit.
    pub news: Vec<(EntityId, Timestamp)>,
    /// The number of attempts, this one included.
    pub tries: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationItem {
    pub id: EntityId,
    pub kind: Kind,
    pub title: Option<String>,
    pub authority: String,
    pub day: Option<Date>,
    /// The first page with a match, from 1.
    pub page: Option<u32>,
    pub text: Option<String>,
    /// URL of the entity's page at this service.
    pub address: String,
    /// The URL at the supplier.
    pub source: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    Missing,
    Wrong,
    /// It contains someone's personal data.
    Privacy,
    Copyright,
    Irrelevant,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `None` if something is missing altogether.
    pub subject: Option<EntityId>,
    pub reasons: Vec<Reason>,
    pub comment: Option<String>,
    /// The search that led the reader there.
    pub query: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub number: i64,
    pub problem: Problem,
    pub at: Timestamp,
    pub closed: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_refused_and_named() {
        for spelled in [" a.b@c.example ", "A.B@C.EXAMPLE", "a.b@ｃ.example"] {
            assert_eq!(
                Channel::for_mail(spelled).unwrap(),
                Channel::Mail("a.b@c.example".into()),
                "{spelled}"
            );
        }
        for wrong in [
            "",
            "a",
            "a@",
            "\"a\"@b.example",
            "\"\\a\"@b.example",
            "a(x)@b.example",
            "é@b.example",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@b c",
            "a@b\r\nBcc: d@e",
            &format!("{}@b", "a".repeat(300)),
        ] {
            assert!(
                Channel::for_mail(wrong).unwrap_err().to_string().contains("is no address of mail"),
                "{wrong}"
            );
        }
        assert!(Channel::webhook("https://a.example/b?c").is_ok());
        for wrong in ["a", "ftp://a", "https://u:p@a", "https:", "javascript:alert(1)"] {
            assert!(Channel::webhook(wrong).is_err(), "{wrong}");
        }
    }
}
