//! Any bytes as a file: doc.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raadhuis_tests::readers::reads("doc", bytes));
