//! Any bytes as a file: plain.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raadhuis_tests::readers::reads("plain", bytes));
