//! Fuzzes the check `metric_filter` of the project's tests.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| trailwatch_fuzz::check("metric_filter", input));
