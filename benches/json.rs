//! How fast a record becomes a tree, and how fast it is searched.
//!
//! `cargo bench --bench json`

mod sample;

use divan::{Bencher, counter::BytesCount};
use trailwatch::json::{Pattern, Search, Tree};

fn main() {
    divan::main();
}

#[divan::bench(args = [1 << 10, 256 << 10])]
fn parse(bencher: Bencher, bytes: usize) {
    let record = sample::long_record(bytes);
    bencher.counter(BytesCount::of_str(&record)).with_inputs(|| record.clone()).bench_local_values(Tree::parse);
}

#[divan::bench]
fn parse_deep_nesting(bencher: Bencher) {
    bencher.with_inputs(|| "[".repeat(100_000)).bench_local_values(Tree::parse);
}

#[divan::bench]
fn search(bencher: Bencher) {
    let tree = Tree::parse(sample::long_record(256 << 10));
    let pattern = Pattern::new("mfa").expect("a pattern");
    bencher.bench_local(|| Search::new(&tree, pattern.clone()));
}

#[divan::bench]
fn walk_over_what_shows(bencher: Bencher) {
    let mut tree = Tree::parse(sample::long_record(256 << 10));
    tree.fold_to(3);
    bencher.bench_local(|| std::iter::successors(Some(0), |&at| tree.next_visible(at)).count());
}
