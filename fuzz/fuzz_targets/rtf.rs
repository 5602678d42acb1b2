//! Any bytes as a file: rtf.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raadhuis_tests::readers::reads("rtf", bytes));
