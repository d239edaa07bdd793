//! What a folder of rules holds, put together file by file.

use std::{
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
};

use super::{files::Found, sigma as documents};
use crate::{
    model::text::visible,
    rules::{
        Fault, LANGUAGES, Lines, builtin, file,
        lang::sigma::{self, Correlation, Correlations, Meta},
        rule::{Counted, Origin, Rule},
    },
};

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Book {
    /// The rules that can be used, whether they are on or off, in the order of files and lines.
    pub rules: Vec<Rule>,
    /// The correlations that can be counted; their numbers are those of [`Book::correlations`].
    pub counted: Vec<Counted>,
    /// Every file that was looked at, in the order in which they were read.
    pub files: Vec<File>,
}

/// A file of rules, with what is wrong in it.
#[derive(Clone, Debug)]
pub struct File {
    pub path: PathBuf,
    /// Empty when it could not be read.
    pub text: String,
    /// By their places. One that is not [harmless](Fault::harmless) cost the rule that it stands in, or the file.
    pub faults: Vec<Fault>,
}

impl Book {
    /// What the rules in Sigma say about themselves.
    pub fn metas(&self) -> impl Iterator<Item = &Meta> {
        self.rules.iter().filter_map(|rule| rule.meta.as_ref())
    }

    /// Counters of their own over the detections of the book, in the state before any event.
    pub fn correlations(&self) -> Correlations {
        let documents = self.counted.iter().map(|counted| counted.correlation.clone()).collect();
        Correlations::new(documents, self.metas()).0
    }

    /// Whether a rule, by its number, is only there to be counted by correlations, and says nothing itself.
    pub fn is_quiet(&self, rule: usize, correlations: &Correlations) -> bool {
        self.rules.get(rule).and_then(|rule| rule.meta.as_ref()).is_some_and(|meta| correlations.is_quiet(meta))
    }

    /// Whether nothing is wrong but what is only to be known.
    pub fn is_sound(&self) -> bool {
        self.files.iter().all(File::is_sound)
    }
}

impl File {
    /// Whether nothing is wrong with it but what is only to be known.
    pub fn is_sound(&self) -> bool {
        self.faults.iter().all(|fault| fault.harmless)
    }

    /// What is wrong in it, each as a person reads it, over several lines; safe to print.
    pub fn complaints(&self) -> impl Iterator<Item = String> {
        let name = visible(&self.path.display().to_string()).into_owned();
        self.faults.iter().map(move |fault| match self.text.is_empty() {
            true => bare(&name, fault),
            false => safe(&fault.render(&name, &self.text)),
        })
    }
}

/// A fault of a file that there is no text of.
fn bare(name: &str, fault: &Fault) -> String {
    let help = fault.help.as_ref().map(|help| format!("  help: {help}\n")).unwrap_or_default();
    safe(&format!("{name}: {}\n{help}", fault.message))
}

/// Lines with what somebody else may have written into messages made safe.
fn safe(text: &str) -> String {
    text.lines().map(|line| visible(line).into_owned() + "\n").collect()
}

/// A book that is being read.
pub(super) struct Reader {
    book: Book,
    /// By the name of each rule, where it stands.
    names: HashMap<String, String>,
    /// Correlations with the number of the file that each stands in.
    waiting: Vec<(usize, Counted)>,
}

impl Default for Reader {
    fn default() -> Self {
        let built_in = builtin::read(LANGUAGES).0.into_iter();
        let names = built_in.map(|rule| (rule.name, "part of trailwatch".to_owned())).collect();
        Self { book: Book::default(), names, waiting: Vec::new() }
    }
}

impl Reader {
    /// Reads one file.
    pub(super) fn take(&mut self, Found { path, text }: Found) {
        let mut file = File { path, text: String::new(), faults: Vec::new() };
        match text {
            Err((wrong, help)) => file.faults.push(Fault::new(0..0, wrong).help(help)),
            Ok(text) => {
                file.text = text;
                match ending(&file.path).as_str() {
                    "toml" => self.toml(&mut file),
                    "yml" | "yaml" => self.sigma(&mut file),
                    _ => file.faults.push(
                        Fault::new(0..0, "the name does not say what kind of rules these are")
                            .help("name it NAME.toml, or NAME.yml for Sigma"),
                    ),
                }
            }
        }
        self.book.files.push(file);
    }

    fn toml(&mut self, file: &mut File) {
        let (rules, faults) = file::read(&file.path.display().to_string(), &file.text, LANGUAGES);
        file.faults.extend(faults);
        let lines = Lines::of(&file.text);
        for mut rule in rules {
            let Origin::File { line, .. } = rule.origin else { continue };
            if self.name(file, &rule.name, &rule.origin, lines.start(line)) {
                rule.meta = documents::meta(&rule);
                self.book.rules.push(rule);
            }
        }
    }

    fn sigma(&mut self, file: &mut File) {
        let found = sigma::documents(&file.text);
        file.faults.extend(found.faults);
        let lines = Lines::of(&file.text);
        for detection in found.detections {
            let start = detection.range.start;
            let rule = documents::rule(&file.path, &file.text, &lines, detection);
            if self.name(file, &rule.name, &rule.origin, start) {
                self.book.rules.push(rule);
            }
        }
        for correlation in found.correlations {
            let counted = Counted {
                name: documents::name(&file.path, &correlation.meta),
                origin: documents::origin(&file.path, &file.text, &lines, correlation.range.start),
                text: documents::text_of(&file.text, &correlation),
                correlation,
            };
            if self.name(file, &counted.name, &counted.origin, counted.correlation.range.start) {
                self.waiting.push((self.book.files.len(), counted));
            }
        }
    }

    /// Whether the name of a rule, which starts at this byte of its file, is not taken.
    fn name(&mut self, file: &mut File, name: &str, origin: &Origin, start: usize) -> bool {
        let here = match origin {
            Origin::BuiltIn => "part of trailwatch".to_owned(),
            Origin::File { path, line } => format!("at {path}:{line}"),
        };
        let Some(other) = self.names.get(name) else {
            self.names.insert(name.to_owned(), here);
            return true;
        };
        let wrong = format!("there is another rule named {name:?}, {other}");
        let help = match ending(&file.path).as_str() {
            "toml" => "give it a name of its own",
            _ => "give it a `name` of its own, or a title",
        };
        file.faults.push(Fault::new(place(&file.text, start, name), wrong).help(help));
        false
    }

    /// The whole book.
    pub(super) fn finish(mut self) -> Book {
        self.count();
        self.book.files.iter_mut().for_each(|file| file.faults.sort_by_key(|fault| fault.range.start));
        self.book
    }

    /// Keeps the correlations that can be counted, in the order in which they are.
    fn count(&mut self) {
        // A fault says where in a file it stands, but not in which: the places of each are moved behind the last.
        let mut ends = Vec::new();
        for (file, counted) in &mut self.waiting {
            let offset = ends.last().copied().unwrap_or(0);
            counted.correlation.range = moved(&counted.correlation.range, offset);
            ends.push(counted.correlation.range.end.max(offset) + self.book.files[*file].text.len());
        }
        let mut left: Vec<Correlation> = self.waiting.iter().map(|(_, counted)| counted.correlation.clone()).collect();
        // One that cannot be counted takes those with it that count it: until nothing is wrong.
        let starts = loop {
            let (kept, faults) = Correlations::new(left, self.book.metas());
            left = kept.list().to_vec();
            if faults.is_empty() {
                break left.iter().map(|kept| kept.range.start).collect::<Vec<_>>();
            }
            faults.into_iter().for_each(|fault| self.blame(fault, &ends));
        };
        let mut waiting: HashMap<usize, Counted> = HashMap::new();
        for (at, (_, mut counted)) in std::mem::take(&mut self.waiting).into_iter().enumerate() {
            let start = counted.correlation.range.start;
            counted.correlation.range = back(&counted.correlation.range, offset(&ends, at));
            waiting.insert(start, counted);
        }
        self.book.counted = starts.into_iter().filter_map(|start| waiting.remove(&start)).collect();
    }

    /// Puts a fault of a correlation where it belongs.
    fn blame(&mut self, fault: Fault, ends: &[usize]) {
        let at = ends.partition_point(|end| *end <= fault.range.start);
        if let Some((file, _)) = self.waiting.get(at) {
            let range = back(&fault.range, offset(ends, at));
            self.book.files[*file].faults.push(Fault { range, ..fault });
        }
    }
}

fn offset(ends: &[usize], at: usize) -> usize {
    at.checked_sub(1).map_or(0, |before| ends[before])
}

fn moved(range: &Range<usize>, offset: usize) -> Range<usize> {
    range.start + offset..range.end + offset
}

fn back(range: &Range<usize>, offset: usize) -> Range<usize> {
    range.start.saturating_sub(offset)..range.end.saturating_sub(offset)
}

fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// Where a name is written in the rule that starts at this byte; the start when it is written otherwise.
fn place(text: &str, start: usize, name: &str) -> Range<usize> {
    let at = text.get(start..).and_then(|rest| rest.find(name)).map(|at| start + at);
    at.map_or(start..start, |at| at..at + name.len())
}
