//! The rate limit of each visitor.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use serde_json::json;

use super::{bucket, client_ip, visitor::Visitor};
use crate::{App, accept::accepts, page, problem::problem};

/// Limits the rate of each visitor and adds the `RateLimit` headers.
pub async fn limit_rate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // Only requests over the network have an address; queries of pages inside the process do not count twice.
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return next.run(request).await;
    };
    let who = client_ip::identify(peer.ip(), request.headers(), &app.site);
    let units = bucket::request_cost(request.uri().path());
    let taken = app.buckets.take_units(&who, units, Instant::now());
    request.extensions_mut().insert(Visitor { who, buckets: Arc::clone(&app.buckets) });
    let mut answer = if taken.is_granted {
        next.run(request).await
    } else {
        refuse_request(&app, &request, taken.reset.max(1))
    };
    add_rate_headers(answer.headers_mut(), &taken);
    answer
}

/// The answer over the rate limit: a page for people, a problem for programs.
fn refuse_request(app: &App, request: &Request, seconds: u64) -> Response {
    if accepts(request.headers(), "text/html") {
        let text = format!("U vroeg in korte tijd veel. Probeer het over {seconds} s opnieuw.");
        return page::message(&app.site, StatusCode::TOO_MANY_REQUESTS, "Even wachten", &text);
    }
    let why = json!({"detail": format!("ask again in {seconds} s")});
    problem(StatusCode::TOO_MANY_REQUESTS, "too many questions", why)
}

fn add_rate_headers(headers: &mut HeaderMap, taken: &bucket::RateDecision) {
    for (name, number) in [
        ("ratelimit-limit", taken.limit),
        ("ratelimit-remaining", taken.remaining),
        ("ratelimit-reset", taken.reset),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
    if !taken.is_granted {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(taken.reset.max(1)));
    }
}
