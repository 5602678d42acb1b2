//! The tests that look at the whole, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::allow_attributes,
    reason = "tests fail by panicking"
)]

mod alerts;
mod apps;
mod architecture;
mod busy;
mod circles;
mod confidential;
mod counted;
mod documents;
mod edges;
mod elsewhere;
mod feeds;
mod followers;
mod found;
mod graphql;
mod handed_down;
mod limits;
mod links;
mod live;
mod manners;
mod missing;
mod mutated;
mod named;
mod news;
mod pages;
mod payloads;
mod portal;
mod probe;
mod reading;
mod recorded;
mod relevance;
mod replay;
mod reread;
mod rest;
mod screens;
mod stored_names;
mod strange;
mod stream;
mod takedown;
mod typed;
mod walk;
mod yields;

/// The child that reads documents.
const WORKER: &str = env!("CARGO_BIN_EXE_extract-worker");
