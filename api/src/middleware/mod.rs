//! Middleware for all answers: the visitor ([`visitor`]) by its address ([`client_ip`]), the rate limit ([`rate_limit`],
//! [`bucket`]), the id of a request ([`request_id`]), CORS ([`cors`]), and the errors of layers in a form that the visitor
//! reads ([`layer_errors`]).

pub mod bucket;
pub mod client_ip;
pub mod cors;
pub mod layer_errors;
pub mod rate_limit;
pub mod request_id;
pub mod visitor;
