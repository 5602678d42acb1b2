//! The client for webhooks. Anybody can register an address, so only public hosts are visited and no redirect is
//! followed.

use std::time::Duration;

use raadhuis_alerts::{SendError, webhook::Message};
use raadhuis_outbound::{ClientError, Guard, build_client};
use reqwest::{Client, header};
use url::Url;

/// The longest wait for the receiver's answer.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
pub struct WebhookClient {
    client: Client,
    guard: Guard,
}

impl WebhookClient {
    /// A client that visits only addresses that `guard` permits.
    ///
    /// # Errors
    /// The TLS library finds no certificates to trust.
    pub fn new(guard: Guard) -> Result<Self, ClientError> {
        let agent = concat!("Raadhuis/", env!("CARGO_PKG_VERSION"), " (webhooks)");
        Ok(Self { client: build_client(&guard, agent)?, guard })
    }

    /// # Errors
    /// The receiver did not accept the message.
    pub async fn post_message(&self, url: &Url, message: &Message) -> Result<(), SendError> {
        // The address is personal: do not log it.
        self.guard.check_address(url).map_err(|_| SendError {
            why: "its address is not visited: it is private, or none; --allow-webhook HOST:PORT permits one"
                .into(),
            for_good: true,
        })?;
        let mut request = self.client.post(url.clone()).timeout(DEADLINE);
        for (name, value) in &message.headers {
            request = request.header(*name, value);
        }
        let sent =
            request.header(header::CONTENT_TYPE, "application/json").body(message.body.clone()).send().await;
        // The body of the answer is not read.
        let status = sent
            .map_err(|error| SendError { why: describe_failure(&error), for_good: false })?
            .status()
            .as_u16();
        match status {
            200..300 => Ok(()),
            300..400 => Err(SendError {
                why: format!("it answered {status}, and nobody is sent on"),
                for_good: false,
            }),
            410 => {
                Err(SendError { why: "it answered 410: it wants nothing any more".into(), for_good: true })
            }
            other => Err(SendError { why: format!("it answered {other}"), for_good: false }),
        }
    }
}

/// A description of the failure without the address.
fn describe_failure(error: &reqwest::Error) -> String {
    if error.is_timeout() { "no answer before the deadline".into() } else { "it cannot be had".into() }
}
