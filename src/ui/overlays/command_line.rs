//! The command line: every command by its name, with completion.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget},
};

use super::{Answer, prompt::Line};
use crate::{
    config::Zone,
    ui::{
        command::{Argument, COMMANDS, Spec},
        keys::{Code, Key},
        shared::Shared,
        theme::Meaning,
        widgets::text::{columns, put},
    },
};

/// Rows of the list of completions.
pub(super) const ROWS: usize = 10;

/// The line, and the completion that is chosen.
#[derive(Default)]
pub struct CommandLine {
    line: Line,
    chosen: Option<usize>,
    /// What was typed before the first completion was taken.
    typed: Option<String>,
}

/// A way to complete the line.
struct Completion {
    line: String,
    keys: String,
    help: String,
}

impl CommandLine {
    pub fn key(&mut self, key: Key, shared: &Shared) -> Answer {
        match key.code {
            Code::Esc => return Answer::Close,
            Code::Enter => return Answer::Run(self.line_to_run(shared)),
            Code::Backspace if self.line.text().is_empty() => return Answer::Close,
            Code::Tab | Code::Down => self.complete(shared, 1),
            Code::BackTab | Code::Up => self.complete(shared, -1),
            _ => {
                if self.line.edit(key) {
                    (self.chosen, self.typed) = (None, None);
                }
            }
        }
        Answer::Stay
    }

    /// What is typed, or the only command that it can become.
    fn line_to_run(&self, shared: &Shared) -> String {
        let text = self.line.text().trim();
        match self.completions(shared).as_slice() {
            [only] if !text.is_empty() && only.line.trim_end().starts_with(text) => only.line.clone(),
            _ => text.to_owned(),
        }
    }

    fn complete(&mut self, shared: &Shared, step: isize) {
        // The only way was taken: what may follow it comes next.
        if self.chosen.is_some() && self.completions(shared).len() == 1 {
            (self.chosen, self.typed) = (None, None);
        }
        let typed = self.typed.take().unwrap_or_else(|| self.line.text().to_owned());
        self.line = Line::new(&typed);
        let completions = self.completions(shared);
        if !completions.is_empty() {
            let next = self.chosen.map_or(if step > 0 { 0 } else { -1 }, |chosen| chosen as isize + step);
            let chosen = next.rem_euclid(completions.len() as isize) as usize;
            self.line = Line::new(&completions[chosen].line);
            self.chosen = Some(chosen);
        }
        self.typed = Some(typed);
    }

    /// The ways to complete what was typed, the commands whose names start with it first.
    fn completions(&self, shared: &Shared) -> Vec<Completion> {
        let typed = self.typed.as_deref().unwrap_or(self.line.text()).trim_start();
        if let Some((name, argument)) = typed.split_once(' ') {
            let spec = COMMANDS.iter().find(|spec| spec.name == name);
            return spec.map(|spec| arguments(spec, argument.trim_start(), shared)).unwrap_or_default();
        }
        let mut seen = Vec::new();
        let mut found: Vec<&Spec> = COMMANDS.iter().filter(|spec| spec.name.contains(typed)).collect();
        found.retain(|spec| {
            !seen.contains(&spec.name) && {
                seen.push(spec.name);
                true
            }
        });
        found.sort_by_key(|spec| (!spec.name.starts_with(typed), spec.name));
        let complete = |spec: &Spec| Completion {
            line: format!("{}{}", spec.name, if spec.argument == Argument::None { "" } else { " " }),
            keys: shared.keys.keys_of(spec.context, spec.command).collect::<Vec<_>>().join(", "),
            help: spec.help.to_owned(),
        };
        // Behind a whole name stands at once what may follow it.
        let words = found.first().filter(|spec| spec.name == typed).map(|spec| arguments(spec, "", shared));
        let words = words.unwrap_or_default();
        let others = found.into_iter().skip(usize::from(!words.is_empty())).map(complete).collect::<Vec<_>>();
        words.into_iter().chain(others).collect()
    }

    pub fn draw(&self, body: Rect, footer: Rect, buf: &mut Buffer, shared: &Shared) -> (u16, u16) {
        let theme = &shared.theme;
        let completions = self.completions(shared);
        let rows = completions.len().min(ROWS).min(body.height.into());
        let first = self.chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(rows));
        let area = Rect { y: body.bottom().saturating_sub(rows as u16), height: rows as u16, ..body };
        Clear.render(area, buf);
        let longest = completions.iter().map(|completion| columns(&completion.line)).max().unwrap_or(0);
        let wide = (longest.min(area.width.into()) as u16).max(16);
        for (i, completion) in completions.iter().enumerate().skip(first).take(rows) {
            let (y, selected) = (area.y + (i - first) as u16, self.chosen == Some(i));
            buf.set_style(Rect { y, height: 1, ..area }, theme.cell(Meaning::Text, selected));
            let mut x = area.x + 1;
            for (text, width, meaning) in [
                (&completion.line, wide, Meaning::Title),
                (&completion.keys, 12, Meaning::Key),
                (&completion.help, area.width, Meaning::Muted),
            ] {
                put(buf, (x, y), width.min(area.right().saturating_sub(x)), text, theme.cell(meaning, selected));
                x += width + 1;
            }
        }
        self.line.draw(":", footer, buf, shared)
    }
}

fn arguments(spec: &Spec, typed: &str, shared: &Shared) -> Vec<Completion> {
    let words: Vec<String> = match spec.argument {
        Argument::Theme => shared.themes.names().map(str::to_owned).collect(),
        Argument::Zone => [Zone::Utc, Zone::Local, Zone::Relative].map(|z| format!("{z:?}").to_lowercase()).into(),
        Argument::None | Argument::Filter => Vec::new(),
    };
    let starting = words.into_iter().filter(|word| word.starts_with(typed));
    let complete =
        |word| Completion { line: format!("{} {word}", spec.name), keys: String::new(), help: spec.help.to_owned() };
    starting.map(complete).collect()
}
