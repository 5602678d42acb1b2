//! What speaks to webhooks. Their addresses come from anybody, so only public hosts are visited, and nowhere else whatever they
//! answer.

use std::time::Duration;

use raadhuis_alerts::{Unsent, hook::Message};
use reqwest::{Client, header};
use url::Url;

use super::{Guard, LiveError, live::client};

/// A receiver that takes longer has to be quicker.
const DEADLINE: Duration = Duration::from_secs(20);

/// Speaks to webhooks.
#[derive(Clone, Debug)]
pub struct Hooks {
    client: Client,
    guard: Guard,
}

impl Hooks {
    /// Speaks to what `guard` lets through.
    ///
    /// # Errors
    /// The TLS library finds no certificates to trust.
    pub fn new(guard: Guard) -> Result<Self, LiveError> {
        let agent = concat!("Raadhuis/", env!("CARGO_PKG_VERSION"), " (webhooks)");
        Ok(Self { client: client(&guard, agent)?, guard })
    }

    /// Puts a message before a webhook.
    ///
    /// # Errors
    /// It was not accepted.
    pub async fn post(&self, url: &Url, message: &Message) -> Result<(), Unsent> {
        // Whose it is, is nobody's business but theirs: the log has no address.
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
