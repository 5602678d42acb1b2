//! The only part of Raadhuis that opens a connection to a supplier.

use std::{error::Error as _, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use jiff::Timestamp;
use reqwest::{Client, Response, header, redirect};

use super::{
    Guard, Pace, Robots, Transport, TransportError,
    robots::{Asked, LARGEST, Rules},
};
use crate::supplier::{Answer, Request, Wants};

/// Every attempt ends before this.
const DEADLINE: Duration = Duration::from_secs(90);

/// How often a request is made before it counts as failed.
const ATTEMPTS: u32 = 4;

/// The longest pause that a supplier's Retry-After is obeyed within a run; more counts as throttled.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);

/// Who we are, and where to complain. An empty name is refused by suppliers, and rightly so.
const USER_AGENT: &str =
    concat!("Raadhuis/", env!("CARGO_PKG_VERSION"), " (open raadsinformatie; see publiccode.yml)");

/// Speaks HTTP.
#[derive(Debug)]
pub struct Live {
    client: Client,
    guard: Guard,
    pace: Pace,
    robots: Robots,
}

/// Why there is no live transport.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made: {0}")]
pub struct LiveError(String);

impl Live {
    /// A transport that keeps to `pace`, visits only what `guard` lets through, and reads pages only where
    /// `robots` allows it.
    ///
    /// # Errors
    /// The TLS library finds no certificates to trust.
    pub fn new(guard: Guard, pace: Pace, robots: Robots) -> Result<Self, LiveError> {
        // A second call finds the provider in place; that is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let redirects = guard.clone();
        let policy = redirect::Policy::custom(move |attempt| match redirects.check(attempt.url()) {
            _ if attempt.previous().len() > 5 => attempt.error("more than five redirects"),
            Ok(()) => attempt.follow(),
            Err(why) => attempt.error(why),
        });
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(Duration::from_secs(10))
            .timeout(DEADLINE)
            .pool_idle_timeout(Duration::from_secs(30))
            .dns_resolver(guard.clone())
            .redirect(policy)
            // A proxy would resolve names behind the guard's back.
            .no_proxy()
            // An address may hold a secret, which is nobody else's business.
            .referer(false)
            .build()
            .map_err(|why| LiveError(in_full(&why)))?;
        Ok(Self { client, guard, pace, robots })
    }

    async fn attempt(&self, request: &Request) -> Result<(Answer, Option<Duration>), TransportError> {
        let url = with_secret(request)?;
        let sent = match &request.soap {
            None => self.client.get(url).header(header::ACCEPT, "application/json, */*;q=0.5"),
            Some(soap) => self
                .client
                .post(url)
                .header(header::CONTENT_TYPE, "text/xml; charset=utf-8")
                .header("SOAPAction", &soap.action)
                .body(soap.envelope.clone()),
        };
        let sent = match &request.header {
            Some((name, value)) => sent.header(*name, value),
            None => sent,
        };
        let response = sent.send().await.map_err(of_reqwest)?;
        let status = response.status().as_u16();
        let pause = header_text(&response, &header::RETRY_AFTER)
            .and_then(|text| retry_after(&text, Timestamp::now()));
        let bytes = body(response, request.wants.limit()).await?;
        Ok((Answer { status, bytes, fetched: Timestamp::now() }, pause))
    }
}

impl Live {
    /// A page of a portal: asked once, slowly, and only where we are welcome.
    async fn page(&self, request: &Request, host: &str) -> Result<Answer, TransportError> {
        let rules = async |address: url::Url| {
            let wanted = Request::get(address, Wants::Page);
            self.pace.wait_for_page(host).await;
            match self.attempt(&wanted).await {
                Ok((answer, _)) if answer.status == 200 => {
                    Rules::Text(answer.bytes.get(..LARGEST).unwrap_or(&answer.bytes).to_vec())
                }
                Ok((answer, _)) if answer.status < 500 && answer.status != 429 => Rules::None,
                _ => Rules::Unreachable,
            }
        };
        match self.robots.ask(&request.url, rules).await {
            Asked::Nothing => {}
            Asked::Pause(pause) => self.pace.slow_down(host, pause),
            Asked::Leave { whole } => {
                return Err(TransportError::Disallowed { host: host.to_owned(), whole });
            }
        }
        self.pace.wait_for_page(host).await;
        let (answer, pause) = self.attempt(request).await?;
        if let Some(pause) = pause {
            self.pace.hold_pages(host, pause);
        }
        Ok(answer)
    }
}

#[async_trait]
impl Transport for Live {
    async fn pause(&self, request: &Request, times: u32) {
        self.pace.rest(request.url.host_str().unwrap_or_default(), times);
    }

    async fn send(&self, request: &Request) -> Result<Answer, TransportError> {
        self.guard.check(&request.url).map_err(TransportError::BadAddress)?;
        let host = request.url.host_str().unwrap_or_default();
        if request.wants == Wants::Page {
            return self.page(request, host).await;
        }
        let mut attempt = 1;
        loop {
            self.pace.wait(host).await;
            let outcome = self.attempt(request).await;
            let pause = match &outcome {
                Ok((answer, asked)) if matches!(answer.status, 429 | 500 | 502 | 503) => Some(*asked),
                Err(TransportError::TimedOut | TransportError::Failed(_)) => Some(None),
                _ => None,
            };
            let Some(asked) = pause else { return outcome.map(|(answer, _)| answer) };
            let wait = asked.unwrap_or_else(|| backoff(attempt, fastrand::f64()));
            if attempt >= ATTEMPTS || wait > LONGEST_PAUSE {
                // Whoever asks next waits too.
                self.pace.hold(host, wait);
                return outcome.map(|(answer, _)| answer);
            }
            tracing::info!(
                url.host = host,
                attempt,
                wait_s = wait.as_secs_f64(),
                "asking again after a pause"
            );
            self.pace.hold(host, wait);
            attempt += 1;
        }
    }
}

/// The address as it leaves, with the operator's secret where one is asked for.
fn with_secret(request: &Request) -> Result<url::Url, TransportError> {
    let mut url = request.url.clone();
    if let Some(secret) = &request.secret {
        let value = std::env::var(&secret.variable).ok().filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| TransportError::SecretMissing(secret.variable.clone()))?;
        url.query_pairs_mut().append_pair(secret.parameter, &value);
    }
    Ok(url)
}

/// Reads a body, and stops as soon as it is too large.
async fn body(response: Response, limit: usize) -> Result<Bytes, TransportError> {
    let mut bytes = BytesMut::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(of_reqwest)?;
        if bytes.len() + chunk.len() > limit {
            return Err(TransportError::TooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn header_text(response: &Response, name: &header::HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// An error without the address: that stands in what is asked, and may hold words that turn confidential.
fn of_reqwest(why: reqwest::Error) -> TransportError {
    let why = &why.without_url();
    if why.is_timeout() {
        TransportError::TimedOut
    } else if why.is_redirect() {
        TransportError::BadAddress(in_full(why))
    } else {
        TransportError::Failed(in_full(why))
    }
}

/// An error with its causes: the outer message alone says only that sending failed.
fn in_full(why: &reqwest::Error) -> String {
    let mut text = why.to_string();
    let mut cause = why.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// The pause before another attempt: doubling from half a second, and shifted so that many do not return at once.
fn backoff(attempt: u32, chance: f64) -> Duration {
    Duration::from_secs_f64(0.5 * f64::from(1_u32 << attempt.min(6)) * (0.5 + chance))
}

/// What Retry-After asks: seconds, or a date.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    Some(Duration::from_secs(u64::try_from(date.as_second() - now.as_second()).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now: Timestamp = "2026-11-02T12:00:00Z".parse().unwrap();
        assert_eq!(retry_after("30", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Mon, 02 Nov 2026 12:01:00 GMT", now), Some(Duration::from_mins(1)));
        assert_eq!(retry_after("Mon, 02 Nov 2026 11:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("straks", now), None);
    }

    #[test]
    fn pauses_grow_and_are_spread() {
        assert_eq!(backoff(1, 0.0), Duration::from_millis(500));
        assert_eq!(backoff(1, 1.0), Duration::from_millis(1500));
        assert!(backoff(3, 0.0) > backoff(1, 1.0));
        assert!(backoff(40, 1.0) < Duration::from_mins(1));
    }
}
