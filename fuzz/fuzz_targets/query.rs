//! Any text as a query.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| raadhuis_tests::typed::understood(text));
