//! Fuzzes the check `filter` of the project's tests.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| trailwatch_fuzz::check("filter", input));
