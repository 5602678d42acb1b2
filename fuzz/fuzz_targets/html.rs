//! Any bytes as a file: html.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raadhuis_tests::readers::reads("html", bytes));
