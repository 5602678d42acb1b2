//! What readers asked to be told, and the letters that tell it.
//!
//! An [`Alert`] is a search with somewhere to send what is new in it: an address of mail or a webhook. It says nothing until
//! whoever is there confirms it with a [`Key`], and is erased with everything known of it when they no longer want it.
//! [`Book`] keeps alerts, what is new for each, and which letters left: in a file of its own, so that no copy of what councils
//! published ever holds an address of a reader. [`when`] says what is news and when it is told, [`mail`] and [`hook`] what a
//! letter says (all pure); [`Mailer`] is the one thing here that opens a connection.

use jiff::Timestamp;

mod alert;
mod book;
pub mod hook;
mod key;
pub mod mail;
mod mailer;
pub mod when;

pub use alert::{Alert, Channel, Frequency, Item, Letter, Notice, Problem, Reason, Report, Wanted};
pub use book::Book;
pub use key::{Key, Purpose};
pub use mailer::{Mailer, Unsent};

/// Why the book did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// What is wanted cannot be.
    #[error("{0}")]
    Refused(String),
    /// It is no key, or what it opened is gone.
    #[error("this key opens nothing: the alert was ended, or was not confirmed in time")]
    NoSuchKey,
    /// The file cannot be used.
    #[error("the alerts in {place} cannot be used: {why}")]
    Unusable {
        /// The file.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// The database failed.
    #[error("the database of alerts failed")]
    Database(#[from] sqlx::Error),
    /// What is stored cannot be read back.
    #[error("alert {0} is stored in a form that cannot be read")]
    Corrupt(i64),
}

/// The moment that a number of seconds means.
fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
