//! The harness of the tests that look at the whole.
