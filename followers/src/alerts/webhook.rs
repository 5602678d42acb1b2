//! The client for webhooks. Their addresses come from anybody, so only public hosts are visited, and no redirect is followed.

use std::time::Duration;

use raadhuis_alerts::{Unsent, hook::Message};
use raadhuis_outbound::{ClientError, Guard, build_client};
use reqwest::{Client, header};
use url::Url;

/// The longest time in which a receiver must answer.
const DEADLINE: Duration = Duration::from_secs(20);

/// Sends messages to webhooks.
#[derive(Clone, Debug)]
pub struct WebhookClient {
    client: Client,
    guard: Guard,
}

impl WebhookClient {
    /// A client that visits what `guard` lets through.
    ///
    /// # Errors
    /// The TLS library finds no certificates to trust.
    pub fn new(guard: Guard) -> Result<Self, ClientError> {
        let agent = concat!("Raadhuis/", env!("CARGO_PKG_VERSION"), " (webhooks)");
        Ok(Self { client: build_client(&guard, agent)?, guard })
    }

    /// Posts a message to a webhook.
    ///
    /// # Errors
    /// It was not accepted.
    pub async fn post(&self, url: &Url, message: &Message) -> Result<(), Unsent> {
        // The address is personal: it is not logged.
        self.guard.check(url).map_err(|_| Unsent {
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
        // What it says is not read.
        let status = sent.map_err(|error| Unsent { why: reason(&error), for_good: false })?.status().as_u16();
        match status {
            200..300 => Ok(()),
            300..400 => {
                Err(Unsent { why: format!("it answered {status}, and nobody is sent on"), for_good: false })
            }
            410 => Err(Unsent { why: "it answered 410: it wants nothing any more".into(), for_good: true }),
            other => Err(Unsent { why: format!("it answered {other}"), for_good: false }),
        }
    }
}

/// Why there is no answer, without the address.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() { "no answer before the deadline".into() } else { "it cannot be had".into() }
}
