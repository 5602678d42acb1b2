//! Any bytes as an answer to every question of this supplier.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assert!(raadhuis_tests::survive::survives(
    "gemeenteoplossingen",
    bytes
)));
