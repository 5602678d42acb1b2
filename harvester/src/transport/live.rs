//! The only part of Raadhuis that opens a connection to a supplier.

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use jiff::Timestamp;
use raadhuis_outbound::{ClientError, Guard, build_client, describe_error};
use raadhuis_schema::Validator;
use reqwest::{Client, Response, header};

use super::{
    Heard, Pace, Robots, Transport, TransportError,
    pace::Stay,
    robots::{Asked, LARGEST, Rules},
};
use crate::supplier::{Answer, ParsedBody, Request, Wants, is_ipv4_only};

/// Every request ends before this.
const DEADLINE: Duration = Duration::from_secs(90);

/// However much a simulator is hurried, it gets so much time.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(3);

/// How often an answer may send us on.
const MOST_REDIRECTS: usize = 5;

/// Who we are. An empty name is refused by suppliers, and rightly so.
const USER_AGENT: &str = concat!("Raadhuis/", env!("CARGO_PKG_VERSION"), " (open raadsinformatie; contact: ");

/// Speaks HTTP.
#[derive(Debug)]
pub struct Live {
    client: Client,
    guard: Guard,
    pace: Pace,
    robots: Robots,
}

impl Live {
    /// A transport that keeps to `pace`, visits only what `guard` lets through, and reads pages only where
    /// `robots` allows it. `contact` is where a supplier can complain.
    ///
    /// # Errors
    /// The TLS library finds no certificates to trust.
    pub fn new(guard: Guard, pace: Pace, robots: Robots, contact: &str) -> Result<Self, ClientError> {
        let guard = guard.with_ipv4_only(is_ipv4_only);
        let client = build_client(&guard, &format!("{USER_AGENT}{contact})"))?;
        Ok(Self { client, guard, pace, robots })
    }

    /// Asks, and follows where the answer sends us, each time as a turn of its own.
    async fn attempt(&self, request: &Request, host: &str) -> Result<Answer, TransportError> {
        let is_page = request.wants == Wants::Page;
        let mut url = with_secret(request)?;
        self.turn(host, is_page).await?;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.once(request, url.clone()).await;
            self.count(&url, &response);
            let response = response?;
            if let Some(next) = onward(&response, &url) {
                url = next?;
                self.guard.check(&url).map_err(TransportError::BadAddress)?;
                self.turn(url.host_str().unwrap_or_default(), is_page).await?;
                continue;
            }
            let status = response.status().as_u16();
            if let Some(pause) = header_text(&response, &header::RETRY_AFTER)
                .filter(|_| matches!(status, 403 | 429 | 503))
                .and_then(|text| retry_after(&text, Timestamp::now()))
            {
                self.pace.hold(host, is_page, pause).await;
            }
            let validator = Validator {
                etag: header_text(&response, &header::ETAG),
                modified: header_text(&response, &header::LAST_MODIFIED),
            };
            let validator = (validator != Validator::default()).then_some(validator);
            let bytes = body(response, request.wants.limit()).await?;
            return Ok(Answer {
                status,
                bytes,
                fetched: Timestamp::now(),
                validator,
                parsed: ParsedBody::default(),
            });
        }
        Err(TransportError::BadAddress(format!("{host} sends us on more than {MOST_REDIRECTS} times")))
    }

    /// Counts a request that left, by lane and by what came of it.
    fn count(&self, url: &url::Url, response: &Result<Response, TransportError>) {
        let outcome = match response {
            Ok(response) => response.status().as_u16().to_string(),
            Err(TransportError::TimedOut) => "timed out".to_owned(),
            Err(_) => "no answer".to_owned(),
        };
        let lane = self.pace.lane_of(url.host_str().unwrap_or_default());
        metrics::counter!("raadhuis_requests_total", "lane" => lane, "outcome" => outcome).increment(1);
    }

    async fn once(&self, request: &Request, url: url::Url) -> Result<Response, TransportError> {
        let deadline = DEADLINE.div_f64(self.pace.hurry_of(url.host_str().unwrap_or_default()));
        let sent = match &request.soap {
            None => self.client.get(url).header(header::ACCEPT, "application/json, */*;q=0.5"),
            Some(soap) => self
                .client
                .post(url)
                .header(header::CONTENT_TYPE, "text/xml; charset=utf-8")
                .header("SOAPAction", &soap.action)
                .body(soap.envelope.clone()),
        };
        let sent = match &request.known {
            Some(Validator { etag: Some(etag), .. }) => sent.header(header::IF_NONE_MATCH, etag),
            Some(Validator { modified: Some(modified), .. }) => {
                sent.header(header::IF_MODIFIED_SINCE, modified)
            }
            _ => sent,
        };
        let sent = match &request.header {
            Some((name, value)) => sent.header(*name, value),
            None => sent,
        };
        sent.timeout(deadline.max(SHORTEST_DEADLINE)).send().await.map_err(of_reqwest)
    }

    async fn turn(&self, host: &str, is_page: bool) -> Result<(), TransportError> {
        let turn = if is_page { self.pace.wait_for_page(host).await } else { self.pace.wait(host).await };
        turn.map_err(|stay| match stay {
            Stay::Resting(pause) => TransportError::Resting(pause),
            Stay::Banned(why) => TransportError::Banned(why),
        })
    }

    /// Whether the host of a page lets robots in.
    async fn is_welcome(&self, request: &Request, host: &str) -> Result<(), TransportError> {
        let rules = async |address: url::Url| {
            let wanted = Request::get(address, Wants::Page);
            match self.attempt(&wanted, host).await {
                Ok(answer) if answer.status == 200 => {
                    Rules::Text(answer.bytes.get(..LARGEST).unwrap_or(&answer.bytes).to_vec())
                }
                Ok(answer) if answer.status < 500 && answer.status != 429 => Rules::None,
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
        Ok(())
    }
}

#[async_trait]
impl Transport for Live {
    async fn send(&self, request: &Request) -> Result<Answer, TransportError> {
        self.guard.check(&request.url).map_err(TransportError::BadAddress)?;
        let host = request.url.host_str().unwrap_or_default();
        if request.wants == Wants::Page {
            self.is_welcome(request, host).await?;
        }
        self.attempt(request, host).await
    }

    async fn heard(&self, request: &Request, heard: &Heard) {
        let host = request.url.host_str().unwrap_or_default();
        self.pace.learn(host, request.wants == Wants::Page, heard).await;
    }

    async fn rest(&self, request: &Request, pause: Duration) {
        let hurry = self.pace.hurry_of(request.url.host_str().unwrap_or_default());
        tokio::time::sleep(pause.div_f64(hurry)).await;
    }
}

/// Where an answer sends us, if it does. A question that was posted is not put elsewhere.
fn onward(response: &Response, url: &url::Url) -> Option<Result<url::Url, TransportError>> {
    let to = response.status().is_redirection().then(|| header_text(response, &header::LOCATION))??;
    let next = url.join(&to);
    Some(next.map_err(|_| TransportError::BadAddress("it sends us to what is no address".to_owned())))
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
        let chunk = chunk.map_err(|why| match of_reqwest(why) {
            TransportError::Failed(why) => TransportError::CutShort(why),
            other => other,
        })?;
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
    if why.is_timeout() { TransportError::TimedOut } else { TransportError::Failed(describe_error(why)) }
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
}
