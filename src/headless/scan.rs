//! `scan`: every rule over trail files, as a table of what was found or as lines of JSON.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{
    line, put,
    rules::{Verdict, say},
    table,
};
use crate::{
    model::{
        Time,
        text::{short_arns, visible, visible_json},
    },
    rulebook::{self, Book, File},
    rules::{LANGUAGES, builtin},
    scan::{self, Finding, Listener, Plan, Progress, Report, Row},
    trail::Walk,
};

/// Cells that the name of whoever did it takes in the table.
const MOST_OF_A_NAME: usize = 24;
/// Lines about what cannot be read; the rest is counted.
const MOST_WRONG: u64 = 20;
/// How often the progress is drawn.
const PAUSE: Duration = Duration::from_millis(100);

/// What is scanned, and for what.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Files and folders of rules, beside the built-in ones.
    pub rules: Vec<PathBuf>,
    pub built_in: bool,
    pub since: Option<Time>,
    /// Print each finding as a line of JSON.
    pub json: bool,
    /// Trail files, and folders of them.
    pub paths: Vec<PathBuf>,
    pub now: Time,
}

/// Scans, and prints what was found; what is wrong and how far it is goes to standard error.
///
/// # Errors
/// `out` cannot be written to, other than that its reader has gone, or standard error is gone.
pub fn print_findings(asked: &Scan, out: &mut impl Write) -> io::Result<Verdict> {
    let started = Instant::now();
    let book = rulebook::read_all(&asked.rules);
    let sound = book.is_sound();
    say_mistakes(&book)?;
    let built_in = if asked.built_in { builtin::read(LANGUAGES).0 } else { Vec::new() };
    let plan = Plan::new(built_in, book).since(asked.since).telling_all(asked.json);
    if plan.is_empty() {
        say("there is no rule to ask; name rules with --rules, or leave out --no-builtin")?;
        return Ok(Verdict::Wrong);
    }
    let progress = Progress::default();
    let mut printer = Printer { out, wrong: 0, bar: Bar::new(&asked.paths, &progress), gone: false };
    let report = match scan::scan(&plan, &asked.paths, asked.now, &progress, &mut printer) {
        Err(_) if printer.gone => return Ok(Verdict::Some),
        report => report?,
    };
    printer.bar.clear();
    if printer.wrong > MOST_WRONG {
        say(&format!("{} more places are left out", printer.wrong - MOST_WRONG))?;
    }
    if !asked.json {
        print_table(&report, out)?;
    }
    say(&summary(&report, plan.len(), started.elapsed()))?;
    if plan.left_out() > 0 {
        say(&format!(
            "  rules about first times, which learn from the live feed and are not asked: {}",
            plan.left_out()
        ))?;
    }
    Ok(match (sound && report.wrong == 0, report.rows.is_empty()) {
        (false, _) => Verdict::Wrong,
        (true, false) => Verdict::Some,
        (true, true) => Verdict::None,
    })
}

/// Says which rules cannot be asked; what is only to be known is for `rules check`.
fn say_mistakes(book: &Book) -> io::Result<()> {
    let broken = book.files.iter().filter(|file| file.faults.iter().any(|fault| !fault.harmless));
    broken.flat_map(File::complaints).try_for_each(|complaint| say(&complaint))
}

/// Prints findings as they come, and how far the scan is.
struct Printer<'a, W> {
    out: &'a mut W,
    wrong: u64,
    bar: Bar<'a>,
    /// Whoever read the output has seen enough.
    gone: bool,
}

impl<W: Write> Listener for Printer<'_, W> {
    fn found(&mut self, finding: &Finding<'_>) -> io::Result<()> {
        self.bar.clear();
        match put(self.out, &json(finding))? {
            true => Ok(()),
            false => {
                self.gone = true;
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
    }

    fn wrong(&mut self, what: &str) -> io::Result<()> {
        self.wrong += 1;
        self.bar.clear();
        if self.wrong <= MOST_WRONG { say(what) } else { Ok(()) }
    }

    fn goes_on(&mut self, records: u64) {
        self.bar.draw(records);
    }
}

/// `rule`, `severity`, `id`, `time`, `message`, `who` and `file`; what is not known is `null`.
fn json(finding: &Finding<'_>) -> String {
    let or_null = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let line = serde_json::json!({
        "rule": finding.rule,
        "severity": finding.severity.as_str(),
        "id": or_null(finding.id),
        "time": finding.time.map(line::time),
        "message": finding.message,
        "who": or_null(finding.who),
        "file": finding.file.map(|file| file.display().to_string()),
    });
    visible_json(&line.to_string()).into_owned()
}

fn print_table(report: &Report, out: &mut impl Write) -> io::Result<()> {
    if report.rows.is_empty() {
        return Ok(());
    }
    // There is room for what a rule said, or for seconds and long names: JSON has these.
    let time =
        |time: Option<Time>| time.map_or_else(|| "-".to_owned(), |time| time.format("%Y-%m-%d %H:%M").to_string());
    let row = |row: &Row| {
        [
            row.severity.to_string(),
            row.rule.clone(),
            row.hits.to_string(),
            time(row.first),
            time(row.last),
            table::cut(&visible(&row.who), MOST_OF_A_NAME).into_owned(),
            short_arns(&row.message).into_owned(),
        ]
    };
    let rows: Vec<_> = report.rows.iter().map(row).collect();
    let heads = ["SEVERITY", "RULE", "HITS", "FIRST UTC", "LAST UTC", "WHO", "MESSAGE"];
    for line in table::table(heads, &rows, table::width()) {
        if !put(out, &line)? {
            break;
        }
    }
    Ok(())
}

fn summary(report: &Report, rules: usize, took: Duration) -> String {
    let many = |number: u64, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let hits = report.rows.iter().map(|row| row.hits).sum();
    let mut said = format!(
        "{} in {}, {} asked: {} of {} in {:.1} s",
        many(report.records, "record"),
        many(report.files, "file"),
        many(rules as u64, "rule"),
        many(hits, "match").replace("matchs", "matches"),
        many(report.rows.len() as u64, "rule"),
        took.as_secs_f64(),
    );
    let rest = [
        (report.copies, "copies of records, each counted once"),
        (report.shared_ids, "ids that came with other content as well, each of which was looked at"),
        (report.early, "records from before --since"),
        (report.wrong, "places that could not be read"),
        (report.uncounted, "matches too many for correlations to count"),
        (report.others as u64, "files that hold no calls, or do not look like records"),
    ];
    rest.iter().filter(|(number, _)| *number > 0).for_each(|(number, what)| said += &format!("\n  {what}: {number}"));
    said
}

/// One line on standard error that says how far the scan is; nothing where that is no terminal.
struct Bar<'a> {
    progress: &'a Progress,
    /// Bytes of all files; 0 when nobody looks.
    total: u64,
    drawn: Option<Instant>,
    /// Something stands on the line.
    shows: bool,
}

impl<'a> Bar<'a> {
    fn new(paths: &[PathBuf], progress: &'a Progress) -> Self {
        let size = |path: PathBuf| fs::metadata(path).map_or(0, |data| data.len());
        let is_seen = io::stderr().is_terminal();
        let total = if is_seen { Walk::new(paths).filter_map(Result::ok).map(size).sum() } else { 0 };
        Self { progress, total, drawn: None, shows: false }
    }

    fn draw(&mut self, records: u64) {
        if self.total == 0 || self.drawn.is_some_and(|drawn| drawn.elapsed() < PAUSE) {
            return;
        }
        let share = self.progress.read().min(self.total) as f64 / self.total as f64;
        let filled = (share * 30.0) as usize;
        let bar = format!("{}{}", "█".repeat(filled), "░".repeat(30 - filled));
        let said =
            table::cut(&format!("{bar} {:3.0} %  {records} records", share * 100.0), table::width()).into_owned();
        // Standard error that is gone is found out by whoever says something that matters.
        let _ = write!(io::stderr(), "\r{said}");
        self.drawn = Some(Instant::now());
        self.shows = true;
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shows) {
            let _ = write!(io::stderr(), "\r{}\r", " ".repeat(table::width().min(80)));
        }
    }
}
