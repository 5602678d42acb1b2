//! Any text as a GraphQL query.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| raadhuis_tests::typed::parsed_as_graphql(text));
