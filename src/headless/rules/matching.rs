//! `rules match`: prints the events that a pattern matches.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::{
    Verdict,
    events::{self, Taken},
    say, say_faults,
};
use crate::{headless::put, rules::Language};

/// A pattern, and what it is put to.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub language: &'static Language,
    /// What the pattern is called where something in it is wrong.
    pub name: &'a str,
    pub pattern: &'a str,
    pub taken: Taken,
    /// Files of events; standard input when there are none.
    pub events: &'a [PathBuf],
}

/// Bytes in the file of a pattern; AWS takes 4 KiB, and a Sigma rule has hardly more.
const MOST: u64 = 1 << 20;

/// A pattern in a file, without the line break at its end.
///
/// # Errors
/// Why it cannot be read.
pub fn pattern(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(file)?.take(MOST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST {
        return Err(io::Error::other("it has more than 1 MiB; a pattern is shorter"));
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Prints each event that matches, as it was read, on a line of its own.
///
/// # Errors
/// `out` cannot be written to, other than that its reader has gone, or standard error is gone.
pub fn print_matches(asked: &Asked<'_>, out: &mut impl Write) -> io::Result<Verdict> {
    let compiled = match (asked.language.compile)(asked.pattern) {
        Ok(compiled) => compiled,
        Err(faults) => return say_faults(asked.name, asked.pattern, &faults).map(|_| Verdict::Wrong),
    };
    say_faults(asked.name, asked.pattern, &compiled.warnings)?;
    let (mut matched, mut sound) = (false, true);
    let whole = events::each(asked.events, |source, number, object| {
        match events::subject(object, asked.taken) {
            Ok(subject) if compiled.predicate.matches(&subject) => {
                matched = true;
                return put(out, &events::line(object));
            }
            Ok(_) => {}
            Err(problem) => {
                sound = false;
                say(&format!("{source}: event {number}: {problem}; it is left out"))?;
            }
        }
        Ok(true)
    })?;
    Ok(match (whole && sound, matched) {
        (false, _) => Verdict::Wrong,
        (true, true) => Verdict::Some,
        (true, false) => Verdict::None,
    })
}
