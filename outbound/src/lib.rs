//! The HTTP client for addresses from outside: suppliers' payloads and readers' webhooks.
//!
//! [`Guard`] decides which addresses may be visited; [`build_client`] makes a client that asks the guard for every name
//! it resolves.

use std::{error::Error as _, time::Duration};

use reqwest::{Client, redirect};

mod guard;

pub use guard::Guard;

/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The time after which an idle connection is closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Failure to make an HTTP client: the TLS library finds no certificates to trust.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made: {0}")]
pub struct ClientError(String);

/// Makes a client that visits only addresses that `guard` permits, and sends `user_agent`.
///
/// # Errors
/// The TLS library finds no certificates to trust.
pub fn build_client(guard: &Guard, user_agent: &str) -> Result<Client, ClientError> {
    // A second call finds the provider installed; that is no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(user_agent)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .dns_resolver(guard.clone())
        // The caller follows redirects and retries itself, so that each counts against the rate limit.
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        // A proxy would resolve names without asking the guard.
        .no_proxy()
        // An address may hold a secret.
        .referer(false)
        .build()
        .map_err(|error| ClientError(describe_error(&error)))
}

/// The message of an error with those of its causes; the outer message alone says only that sending failed.
pub fn describe_error(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
