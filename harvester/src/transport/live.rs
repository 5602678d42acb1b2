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
    PaceFeedback, RateLimiter, Robots, Transport, TransportError,
    rate_limiter::TurnError,
    robots::{LARGEST, RobotsTxt, RobotsVerdict},
};
use crate::transport::{Answer, ParsedBody, Request, Wants, is_ipv4_only};

const DEADLINE: Duration = Duration::from_secs(90);

/// The least time limit, however much a simulator is accelerated.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(3);

const MOST_REDIRECTS: usize = 5;

/// Some suppliers refuse requests with an empty user agent.
const USER_AGENT: &str = concat!("Raadhuis/", env!("CARGO_PKG_VERSION"), " (open raadsinformatie; contact: ");

#[derive(Debug)]
pub struct HttpTransport {
    client: Client,
    guard: Guard,
    limiter: RateLimiter,
    robots: Robots,
}

impl HttpTransport {
    /// Creates a transport that obeys `limiter` and `guard`, and reads pages only where `robots` allows them. `contact` is
    /// the address for complaints of suppliers.
    ///
    /// # Errors
    /// The TLS library finds no certificates to trust.
    pub fn new(
        guard: Guard,
        limiter: RateLimiter,
        robots: Robots,
        contact: &str,
    ) -> Result<Self, ClientError> {
        let guard = guard.with_ipv4_only(is_ipv4_only);
        let client = build_client(&guard, &format!("{USER_AGENT}{contact})"))?;
        Ok(Self { client, guard, limiter, robots })
    }

    /// Sends a request and follows redirects. Each redirect waits for a turn of its own.
    async fn attempt(&self, request: &Request, host: &str) -> Result<Answer, TransportError> {
        let is_page = request.wants == Wants::Page;
        let mut url = with_secret(request)?;
        self.wait_for_turn(host, is_page).await?;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send_once(request, url.clone()).await;
            self.count_request(&url, &response);
            let response = response?;
            if let Some(next) = redirect_target(&response, &url) {
                url = next?;
                self.guard.check_address(&url).map_err(TransportError::BadAddress)?;
                self.wait_for_turn(url.host_str().unwrap_or_default(), is_page).await?;
                continue;
            }
            let status = response.status().as_u16();
            if let Some(pause) = header_text(&response, &header::RETRY_AFTER)
                .filter(|_| matches!(status, 403 | 429 | 503))
                .and_then(|text| retry_after(&text, Timestamp::now()))
            {
                self.limiter.rest_host(host, is_page, pause).await;
            }
            let validator = Validator {
                etag: header_text(&response, &header::ETAG),
                modified: header_text(&response, &header::LAST_MODIFIED),
            };
            let validator = (validator != Validator::default()).then_some(validator);
            let bytes = read_body(response, request.wants.size_limit()).await?;
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

    fn count_request(&self, url: &url::Url, response: &Result<Response, TransportError>) {
        let outcome = match response {
            Ok(response) => response.status().as_u16().to_string(),
            Err(TransportError::TimedOut) => "timed out".to_owned(),
            Err(_) => "no answer".to_owned(),
        };
        let lane = self.limiter.lane_of(url.host_str().unwrap_or_default());
        metrics::counter!("raadhuis_requests_total", "lane" => lane, "outcome" => outcome).increment(1);
    }

    async fn send_once(&self, request: &Request, url: url::Url) -> Result<Response, TransportError> {
        let deadline = DEADLINE.div_f64(self.limiter.time_scale_of(url.host_str().unwrap_or_default()));
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
        sent.timeout(deadline.max(SHORTEST_DEADLINE)).send().await.map_err(transport_error)
    }

    async fn wait_for_turn(&self, host: &str, is_page: bool) -> Result<(), TransportError> {
        let turn = if is_page {
            self.limiter.wait_for_page(host).await
        } else {
            self.limiter.wait_for_turn(host).await
        };
        turn.map_err(|error| match error {
            TurnError::Resting(pause) => TransportError::Resting(pause),
            TurnError::Banned(why) => TransportError::Banned(why),
        })
    }

    async fn check_robots(&self, request: &Request, host: &str) -> Result<(), TransportError> {
        match self.robots.verdict_on(&request.url, |address| self.fetch_robots_txt(address, host)).await {
            RobotsVerdict::Nothing => {}
            RobotsVerdict::Pause(pause) => self.limiter.slow_down(host, pause),
            RobotsVerdict::Leave { whole } => {
                return Err(TransportError::Disallowed { host: host.to_owned(), whole });
            }
        }
        Ok(())
    }

    async fn fetch_robots_txt(&self, address: url::Url, host: &str) -> RobotsTxt {
        match self.attempt(&Request::get(address, Wants::Page), host).await {
            Ok(answer) if answer.status == 200 => {
                RobotsTxt::Text(answer.bytes.get(..LARGEST).unwrap_or(&answer.bytes).to_vec())
            }
            Ok(answer) if answer.status < 500 && answer.status != 429 => RobotsTxt::None,
            _ => RobotsTxt::Unreachable,
        }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: &Request) -> Result<Answer, TransportError> {
        self.guard.check_address(&request.url).map_err(TransportError::BadAddress)?;
        let host = request.url.host_str().unwrap_or_default();
        if request.wants == Wants::Page {
            self.check_robots(request, host).await?;
        }
        self.attempt(request, host).await
    }

    async fn report_feedback(&self, request: &Request, feedback: &PaceFeedback) {
        let host = request.url.host_str().unwrap_or_default();
        self.limiter.apply_feedback(host, request.wants == Wants::Page, feedback).await;
    }

    async fn pause_before_retry(&self, request: &Request, pause: Duration) {
        let time_scale = self.limiter.time_scale_of(request.url.host_str().unwrap_or_default());
        tokio::time::sleep(pause.div_f64(time_scale)).await;
    }
}

fn redirect_target(response: &Response, url: &url::Url) -> Option<Result<url::Url, TransportError>> {
    let to = response.status().is_redirection().then(|| header_text(response, &header::LOCATION))??;
    let next = url.join(&to);
    Some(next.map_err(|_| TransportError::BadAddress("it sends us to what is no address".to_owned())))
}

/// The address with the operator's secret, if the supplier needs one.
fn with_secret(request: &Request) -> Result<url::Url, TransportError> {
    let mut url = request.url.clone();
    if let Some(secret) = &request.secret {
        let value = std::env::var(&secret.variable).ok().filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| TransportError::SecretMissing(secret.variable.clone()))?;
        url.query_pairs_mut().append_pair(secret.parameter, &value);
    }
    Ok(url)
}

async fn read_body(response: Response, limit: usize) -> Result<Bytes, TransportError> {
    let mut bytes = BytesMut::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|why| match transport_error(why) {
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

/// Converts an error without its address, which may contain words that become confidential later.
fn transport_error(why: reqwest::Error) -> TransportError {
    let why = &why.without_url();
    if why.is_timeout() { TransportError::TimedOut } else { TransportError::Failed(describe_error(why)) }
}

fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = Timestamp::try_from(httpdate::parse_http_date(text.trim()).ok()?).ok()?;
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
