//! The operator's own rules: folders of TOML files, and of Sigma files beside them.
//!
//! A broken file or rule costs only itself, and each fault has its place. The same folder always gives the same book.

mod book;
mod files;
pub mod kept;
mod save;
mod sigma;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use book::{Book, File};
pub use files::{Look, look};
pub use save::save;

/// Reads a folder of rules, with all folders in it, or one file; of what is not there, an empty book.
pub fn read(path: &Path) -> Book {
    match path.exists() {
        true => read_all(&[path.to_owned()]),
        false => Book::default(),
    }
}

/// Reads files and folders that the operator named: what cannot be read is a fault. A correlation may count detections of
/// any of them, and no two rules have the same name.
pub fn read_all(paths: &[PathBuf]) -> Book {
    let mut reader = book::Reader::default();
    for found in files::files(paths) {
        reader.take(found);
    }
    reader.finish()
}
