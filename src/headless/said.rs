//! What a printing command says on standard error while it waits, and at its end.

use std::{
    io::{self, IsTerminal, Stderr, Write},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    table,
    waiting::{News, Waiting},
};
use crate::model::text::visible;

/// Lines come at least this far apart, so that a log stays short.
const APART: Duration = Duration::from_secs(5);
/// While nothing changes, a line this often says that the command is alive.
const STILL: Duration = Duration::from_secs(15);
/// The columns of the line of progress: any terminal has them.
const COLUMNS: usize = 79;

/// A terminal shows in one line, written over and over, how far it is; what AWS says of a source that it slows down
/// stays above. A file gets a line when something changed, and else now and then.
pub struct Said<W> {
    out: W,
    is_terminal: bool,
    started: Instant,
    /// What the last line told, and when.
    last: Option<(String, Instant)>,
}

impl Said<Stderr> {
    /// Says it on standard error.
    pub fn on_stderr(now: Instant) -> Self {
        Self::new(io::stderr(), io::stderr().is_terminal(), now)
    }
}

impl<W: Write> Said<W> {
    fn new(out: W, is_terminal: bool, started: Instant) -> Self {
        Self { out, is_terminal, started, last: None }
    }

    /// Says how far it is, when it is time to; what is waited for is given up in `left`.
    pub fn look(&mut self, waiting: &Waiting<'_>, now: Instant, left: Duration) {
        let news = waiting.news();
        if self.is_due(&news, now) {
            let waited = (now - self.started).as_secs();
            let left = if news.slowed { format!(", given up in {} s", left.as_secs()) } else { String::new() };
            self.line(&format!("after {waited} s{left}: {}", news.full));
            self.last = Some((news.what, now));
        }
        if self.is_terminal {
            let shown = table::cut(&visible(&news.short), COLUMNS).into_owned();
            self.put(&format!("\r{shown}\x1b[K"));
        }
    }

    /// Throttling is said at once; all else once it takes longer than anybody expects.
    fn is_due(&self, news: &News, now: Instant) -> bool {
        if self.is_terminal && !news.slowed {
            return false;
        }
        match &self.last {
            None => news.slowed || now - self.started >= APART,
            Some((what, at)) if *what == news.what => !self.is_terminal && now - *at >= STILL,
            Some((_, at)) => now - *at >= APART,
        }
    }

    /// Takes the progress away and says what failed.
    pub fn end(&mut self, waiting: &Waiting<'_>) {
        for (label, words) in waiting.failures() {
            self.line(&format!("{label}: {words}"));
        }
        self.clear();
    }

    fn line(&mut self, text: &str) {
        self.clear();
        self.put(&format!("{}\n", visible(text)));
    }

    fn clear(&mut self) {
        if self.is_terminal {
            self.put("\r\x1b[K");
        }
    }

    /// Where standard error is gone, there is nobody to tell.
    fn put(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Region, SourceError, SourceHealth, SourceId, SourceKind, SourceState, Time};

    const PATIENCE: Duration = Duration::from_secs(120);

    fn slowed(waiting: &mut Waiting<'_>, region: &str, until: i64) {
        let (code, message) = ("ThrottlingException".to_owned(), "Rate exceeded".to_owned());
        let error = SourceError { code, message, missing_action: None, advice: None, since: Time::default() };
        let until = Time::from_timestamp(until, 0).unwrap();
        let id = SourceId::new(SourceKind::Events, Region::new(region));
        waiting
            .heard(&SourceHealth { state: SourceState::Throttled { until, error }, ..SourceHealth::starting(id, 60) });
    }

    /// What is said in two minutes without an answer, when AWS says no every ten seconds for the first of them.
    fn said(is_terminal: bool) -> Vec<String> {
        let start = Instant::now();
        let mut waiting = Waiting::new(&[SourceKind::Events]);
        let mut said = Said::new(Vec::new(), is_terminal, start);
        for second in 0..120 {
            if second < 60 && second % 10 == 2 {
                slowed(&mut waiting, "eu-west-1", second + 10);
                slowed(&mut waiting, "us-east-1", second + 10);
            }
            let passed = Duration::from_secs(second as u64);
            said.look(&waiting, start + passed, PATIENCE - passed);
        }
        waiting.give_up();
        said.end(&waiting);
        String::from_utf8(said.out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn endless_throttling_is_told_again_and_again_in_the_words_of_the_api() {
        let lines = said(false);
        assert_eq!(
            lines[0],
            "after 2 s, given up in 118 s: 0 of 2 sources are done; events eu-west-1: slowed down by AWS until \
             1970-01-01T00:00:12Z: ThrottlingException: Rate exceeded; 1 more likewise"
        );
        let seconds: Vec<&str> =
            lines.iter().filter_map(|line| line.strip_prefix("after ")?.split([' ', ',']).next()).collect();
        assert_eq!(seconds, ["2", "12", "22", "32", "42", "52", "67", "82", "97", "112"]);
        assert!(lines.last().unwrap().contains("given up after 2 minutes"), "{lines:?}");
    }

    #[test]
    fn a_terminal_keeps_only_the_words_of_the_api_above_its_line() {
        let lines = said(true);
        let kept: Vec<_> = lines.iter().filter(|line| line.contains("slowed down by AWS")).collect();
        assert_eq!(kept.len(), 6, "{lines:?}");
        assert!(lines.last().unwrap().ends_with("\r\x1b[K"));
    }

    #[test]
    fn a_command_that_ends_soon_says_nothing() {
        let start = Instant::now();
        let waiting = Waiting::new(&[SourceKind::Events]);
        let mut said = Said::new(Vec::new(), false, start);
        said.look(&waiting, start + Duration::from_secs(4), PATIENCE);
        assert!(said.out.is_empty());
        said.look(&waiting, start + Duration::from_secs(5), PATIENCE);
        assert_eq!(
            String::from_utf8(said.out).unwrap(),
            "after 5 s: looking for the profile, the Region and the credentials\n"
        );
    }
}
