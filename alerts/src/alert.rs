//! What an alert is, and what becomes of it.

use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{EntityId, Kind};
use raadhuis_search::Filter;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::AlertError;

/// The longest address of mail (RFC 5321), of a webhook and of a page to return to, in bytes.
const LONGEST: [usize; 2] = [254, 2048];

/// Where letters of an alert go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// An address of mail.
    Mail(String),
    /// An address that takes signed messages.
    Webhook(Url),
}

impl Channel {
    /// An address of mail, in the one spelling in which it is kept: small letters, nothing quoted, the name of the host as the
    /// network has it. So nobody is written to as if they were several.
    ///
    /// # Errors
    /// It is none.
    pub fn mail(address: &str) -> Result<Self, AlertError> {
        let address = address.trim();
        let refuse = || AlertError::Refused(format!("{:?} is no address of mail", cut(address)));
        let (local, host) = address.rsplit_once('@').ok_or_else(refuse)?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let Ok(url::Host::Domain(host)) = url::Host::parse(host) else { return Err(refuse()) };
        let canonical = format!("{local}@{host}").to_lowercase();
        let is_one = canonical.len() <= LONGEST[0] && canonical.parse::<lettre::Address>().is_ok();
        if local.is_empty() || !local.chars().all(is_plain) || !is_one {
            return Err(refuse());
        }
        Ok(Self::Mail(canonical))
    }

    /// A webhook. Whether its host may be visited is looked at when it is.
    ///
    /// # Errors
    /// It is no address, or no safe one.
    pub fn webhook(address: &str) -> Result<Self, AlertError> {
        let refuse = |why: &str| AlertError::Refused(format!("the webhook {:?} {why}", cut(address)));
        if address.len() > LONGEST[1] {
            return Err(refuse("is too long"));
        }
        let url: Url = address.trim().parse().map_err(|_| refuse("is no address"))?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err(refuse("must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("holds a name or a password: what it gets is signed instead"));
        }
        Ok(Self::Webhook(url))
    }

    /// As it is kept.
    pub fn text(&self) -> &str {
        match self {
            Self::Mail(address) => address,
            Self::Webhook(url) => url.as_str(),
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

/// How often an alert may speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frequency {
    /// As soon as there is anything.
    Immediate,
    /// At seven in the morning, Dutch time, if there is anything.
    #[default]
    Daily,
    /// On Monday at seven, if there is anything.
    Weekly,
}

/// An alert that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Where to.
    pub channel: Channel,
    /// The words, in the query language.
    pub query: String,
    /// Among which things.
    pub filter: Filter,
    /// How often.
    pub frequency: Frequency,
    /// What it is called in letters.
    pub name: String,
    /// The page to which letters lead: of an app, or of this service where it begins with a slash.
    pub page: String,
}

/// An alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Its number. No other ever has it.
    pub number: i64,
    /// What is wanted.
    pub wanted: Wanted,
    /// Whether it was confirmed.
    pub is_confirmed: bool,
    /// Whether it says nothing for now.
    pub is_paused: bool,
    /// Since when it is there.
    pub made: Timestamp,
    /// What comes behind this place in the change log is new to it.
    pub after: i64,
}

/// Something new for an alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// For which.
    pub alert: i64,
    /// What.
    pub entity: EntityId,
    /// When it was committed.
    pub at: Timestamp,
    /// When it is told.
    pub due: Timestamp,
}

/// A letter that is to leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// Its number: no other ever has it, and it keeps it however often it is sent.
    pub number: i64,
    /// The alerts it is about: of a letter that asks for confirmation one or more, else one.
    pub alerts: Vec<Alert>,
    /// Whether it asks to be confirmed.
    pub asks: bool,
    /// What is new, and when each was committed.
    pub news: Vec<(EntityId, Timestamp)>,
    /// How often it was tried before.
    pub tries: u32,
}

/// Something new as a letter names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: EntityId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// What it is called.
    pub title: Option<String>,
    /// Whose it is, by name.
    pub authority: String,
    /// Its day.
    pub day: Option<Date>,
    /// The first page on which something of the search stands, from 1.
    pub page: Option<u32>,
    /// What stands there.
    pub text: Option<String>,
    /// Its page here.
    pub address: String,
    /// The supplier's own address of it.
    pub source: Option<String>,
}

/// What may be wrong with a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// With what; nothing where something is missing.
    pub subject: Option<EntityId>,
    /// What is wrong.
    pub reasons: Vec<Reason>,
    /// In their own words.
    pub comment: Option<String>,
    /// How they came to it: the words they searched for.
    pub query: Option<String>,
}

/// A problem in the operator's queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its number.
    pub number: i64,
    /// What was reported.
    pub problem: Problem,
    /// When.
    pub at: Timestamp,
    /// When it was closed.
    pub closed: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_refused_and_named() {
        for spelled in [" a.b@c.example ", "A.B@C.EXAMPLE", "a.b@ｃ.example"] {
            assert_eq!(Channel::mail(spelled).unwrap(), Channel::Mail("a.b@c.example".into()), "{spelled}");
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
                Channel::mail(wrong).unwrap_err().to_string().contains("is no address of mail"),
                "{wrong}"
            );
        }
        assert!(Channel::webhook("https://a.example/b?c").is_ok());
        for wrong in ["a", "ftp://a", "https://u:p@a", "https:", "javascript:alert(1)"] {
            assert!(Channel::webhook(wrong).is_err(), "{wrong}");
        }
    }
}
