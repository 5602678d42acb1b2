//! Alerts that readers subscribe to, and the notifications that deliver them.
//!
//! An [`Alert`] is a search with a destination for new results: a mail address or a webhook. It stays silent until the
//! recipient confirms it with a [`Key`], and is erased with all data about it when it is ended. [`AlertStore`] stores
//! alerts, notices and notifications. It is a separate file, so that no copy of the published data holds a reader's
//! address. [`when`] decides what is news and when it is sent; [`mail`] and [`webhook`] write the messages (all pure).
//! [`Mailer`] is the only part that opens a connection.

use jiff::Timestamp;

mod alert;
mod alert_store;
mod key;
pub mod mail;
mod mailer;
pub mod webhook;
pub mod when;

pub use alert::{
    Alert, AlertSettings, Channel, Frequency, Notice, Notification, NotificationItem, Problem, Reason, Report,
};
pub use alert_store::AlertStore;
pub use key::{Key, KeyPurpose};
pub use mailer::{Mailer, SendError};

/// A failure of the alert store, or a request that it refuses.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The request is not allowed; holds the reason for the reader.
    #[error("{0}")]
    Refused(String),
    #[error("this key opens nothing: the alert was ended, or was not confirmed in time")]
    NoSuchKey,
    #[error("the alerts in {place} cannot be used: {why}")]
    Unusable { place: String, why: String },
    #[error("the database of alerts failed")]
    Database(#[from] sqlx::Error),
    /// A stored row cannot be read; holds its number.
    #[error("alert {0} is stored in a form that cannot be read")]
    Corrupt(i64),
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
