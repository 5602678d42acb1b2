//! The visitor of a request and its bucket of units.

use std::{sync::Arc, time::Instant};

use async_graphql::ErrorExtensions;
use axum::Extension;

use super::{bucket::Buckets, client_ip::Client};

/// The code of the GraphQL error for a request over the rate limit.
pub const RATE_LIMITED: &str = "RATE_LIMITED";

/// The visitor of a request and its bucket: some mutations cost more than the request itself.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub who: Client,
    pub(super) buckets: Arc<Buckets>,
}

impl Visitor {
    /// Attaches the visitor, if known, to a GraphQL request.
    pub fn attach_to(
        visitor: Option<Extension<Self>>,
        request: async_graphql::Request,
    ) -> async_graphql::Request {
        match visitor {
            Some(Extension(visitor)) => request.data(visitor),
            None => request,
        }
    }

    /// Takes further units from the visitor's bucket.
    ///
    /// # Errors
    /// The bucket holds fewer units.
    pub fn charge_units(&self, units: u32) -> async_graphql::Result<()> {
        let taken = self.buckets.take_units(&self.who, units, Instant::now());
        if taken.is_granted {
            return Ok(());
        }
        let why = format!("this was asked too often; in {} seconds there is room again", taken.reset.max(1));
        Err(async_graphql::Error::new(why).extend_with(|_, it| it.set("code", RATE_LIMITED)))
    }
}
