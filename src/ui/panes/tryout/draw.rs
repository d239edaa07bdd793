//! What shows of a try-out: the text, the name, the events or what is wrong, and why one of them matches.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Focus, TryOut, why};
use crate::{
    model::Event,
    rules::{Clause, Fault},
    ui::{
        header,
        highlight::Span,
        pane::Words,
        shared::Shared,
        theme::Meaning,
        widgets::{document::wrapped, text::put},
    },
};

/// Lines of the text that show at least.
const LEAST_TEXT: u16 = 3;
/// In lower panes no event is explained.
const LEAST_WITH_WHY: u16 = 14;

/// Where things were drawn, in lines from the top of the pane.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places {
    /// The lines of the editor.
    text: u16,
    /// The line of the first event.
    events: u16,
    /// The line behind the last one.
    end: u16,
}

/// What stands in a line of the pane.
pub enum Place {
    /// The line of the editor's window.
    Text(usize),
    /// The line of the list's window.
    Event(usize),
    Nothing,
}

impl Places {
    /// The line of the chosen event, so many below the first.
    pub fn event(&self, below: u16) -> u16 {
        self.events.saturating_add(below)
    }

    /// What stands in this line.
    pub fn meant(&self, line: u16) -> Place {
        match line {
            line if line < self.text => Place::Text(line.into()),
            line if (self.events..self.end).contains(&line) => Place::Event((line - self.events).into()),
            _ => Place::Nothing,
        }
    }
}

impl TryOut {
    pub(super) fn draw_in(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let most = (area.height * 2 / 5).max(LEAST_TEXT).min(area.height);
        let text = Rect { height: (self.editor.len() as u16).max(LEAST_TEXT).min(most), ..area };
        let spans = self.spans_with_fault();
        let mut cursor = self.editor.draw(text, buf, (&shared.theme, &spans)).filter(|_| self.focus == Focus::Text);
        let mut rest = below(area, text.height);
        if let Some(naming) = self.naming.as_ref().filter(|_| !rest.is_empty()) {
            let at = naming.draw(Rect { height: 1, ..rest }, buf, (shared, self.focus == Focus::Name));
            (cursor, rest) = (cursor.or(at), below(rest, 1));
        }
        self.cursor = cursor;
        if rest.is_empty() {
            return;
        }
        header::title(Rect { height: 1, ..rest }, buf, shared, &self.count(shared));
        self.places = Places { text: text.height, ..Places::default() };
        self.draw_below(below(rest, 1), buf, (shared, area.y));
    }

    fn draw_below(&mut self, mut rest: Rect, buf: &mut Buffer, (shared, top): (&Shared, u16)) {
        let text = self.editor.text();
        let told: Vec<&Fault> = self.trial.faults().iter().collect();
        if !self.trial.is_understood() {
            let lines: Vec<_> = told.iter().flat_map(|fault| why::fault_lines(fault, &text)).collect();
            draw_lines(rest, buf, (shared, &lines));
            return;
        }
        if let Some(warning) = told.first().filter(|_| rest.height > 4) {
            let (line, column) = warning.place(&text);
            let said = format!("warning: line {line}, column {column}: {}", warning.in_a_line());
            rest = below(rest, draw_lines(Rect { height: 2, ..rest }, buf, (shared, &[(said, Meaning::Warning)])));
        }
        let explained = self.explained(shared).filter(|_| rest.height >= LEAST_WITH_WHY / 2);
        let height = explained
            .as_ref()
            .map_or(0, |(_, _, clauses)| (clauses.len() as u16).saturating_add(1).min((rest.height * 2 / 5).max(3)));
        let list = Rect { height: rest.height - height, ..rest };
        (self.places.events, self.places.end) = ((list.y + 1).saturating_sub(top), list.bottom().saturating_sub(top));
        if let Some(view) = self.trial.view() {
            self.found.draw(list, buf, (shared, view));
            if self.found.view(view).is_empty() && list.height > 1 {
                let said = if self.trial.is_working() { "looking" } else { "no event of the history matches" };
                put(
                    buf,
                    (list.x + 2, list.y + 1),
                    list.width.saturating_sub(2),
                    said,
                    shared.theme.style(Meaning::Muted),
                );
            }
        }
        if let Some((event, matches, clauses)) = explained {
            let panel = below(rest, list.height);
            header::title(Rect { height: 1, ..panel }, buf, shared, &why::verdict(&event, matches, shared));
            draw_lines(below(panel, 1), buf, (shared, &why::clause_lines(&clauses)));
        }
    }

    /// The event that is explained, whether it matches, and its clauses.
    fn explained(&self, shared: &Shared) -> Option<(Event, bool, Vec<Clause>)> {
        let id = self.found.explained(self.trial.view()?, &shared.history)?;
        let event = shared.history.event(id)?;
        let (matches, clauses) = self.trial.explain(&event)?;
        Some((event, matches, clauses))
    }

    /// The parts of the text, and over them the place of what is wrong.
    fn spans_with_fault(&self) -> Vec<Span> {
        let fault = self.trial.faults().first().filter(|fault| !fault.harmless && !fault.range.is_empty());
        let Some(wrong) = fault.map(|fault| fault.range.clone()) else { return self.spans.clone() };
        let cut = |(range, meaning): &Span| {
            let before = range.start..range.end.min(wrong.start).max(range.start);
            let after = range.start.max(wrong.end).min(range.end)..range.end;
            [(before, *meaning), (after, *meaning)]
        };
        let mut spans: Vec<Span> = self.spans.iter().flat_map(cut).filter(|(range, _)| !range.is_empty()).collect();
        let at = spans.partition_point(|(range, _)| range.start < wrong.start);
        spans.insert(at, (wrong, Meaning::JsonBroken));
        spans
    }

    fn count(&self, shared: &Shared) -> Words {
        let all = if self.found.shows_all() { "all events, ✔ matches" } else { "" };
        match self.trial.is_understood() {
            true => vec![(self.trial.count(shared), Meaning::Title), (all.to_owned(), Meaning::Prompt)],
            false => vec![("✖ this is no rule yet".to_owned(), Meaning::Error)],
        }
    }
}

/// What is left of an area under so many lines.
pub fn below(area: Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    Rect { y: area.y + lines, height: area.height - lines, ..area }
}

/// Draws lines, each wrapped; excerpts with a caret below them are cut instead. Gives how many rows they took.
pub fn draw_lines(area: Rect, buf: &mut Buffer, (shared, lines): (&Shared, &[(String, Meaning)])) -> u16 {
    let room = usize::from(area.width.saturating_sub(2)).max(1);
    let mut y = area.y;
    for (text, meaning) in lines {
        let room = if text.starts_with("    ") { usize::MAX } else { room };
        let rows = wrapped(text, room);
        for row in rows {
            if y >= area.bottom() {
                return area.height;
            }
            put(buf, (area.x + 1, y), area.width.saturating_sub(1), &text[row], shared.theme.style(*meaning));
            y += 1;
        }
    }
    y - area.y
}
