//! The last line: the keys of what shows, the rest of a sequence, or a word to the operator.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    command::{COMMANDS, Context},
    keys::Key,
    shared::Shared,
    theme::Meaning,
    widgets::text::{columns, put},
};

/// The keys of these contexts that are worth a hint: on the right those that hold everywhere, on the left as many of
/// the others as there is room for.
pub fn hints(area: Rect, buf: &mut Buffer, shared: &Shared, contexts: &[Context]) {
    let (mut here, mut everywhere) = (Vec::new(), Vec::new());
    for spec in COMMANDS.iter().filter(|spec| contexts.contains(&spec.context) && !spec.hint.is_empty()) {
        if let Some(key) = shared.keys.keys_of(spec.context, spec.command).next() {
            let hints = if spec.context == Context::Global { &mut everywhere } else { &mut here };
            hints.push((key, spec.hint));
        }
    }
    let wide = everywhere.iter().map(|(key, hint)| (columns(key) + columns(hint) + 3) as u16).sum::<u16>();
    let left = area.width.saturating_sub(wide);
    pairs(Rect { width: left, ..area }, buf, shared, here.iter().map(|(key, hint)| (key.as_str(), *hint)));
    let right = Rect { x: area.x + left, width: area.width - left, ..area };
    pairs(right, buf, shared, everywhere.iter().map(|(key, hint)| (key.as_str(), *hint)));
}

/// The ways to go on after the keys typed so far.
pub fn sequence(area: Rect, buf: &mut Buffer, shared: &Shared, (contexts, typed): (&[Context], &[Key])) {
    let ways: Vec<_> = shared.keys.after(contexts, typed).collect();
    pairs(area, buf, shared, ways.iter().map(|(key, command)| (key.as_str(), command.name())));
}

fn pairs<'a>(area: Rect, buf: &mut Buffer, shared: &Shared, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    let theme = &shared.theme;
    let mut x = area.x + 1;
    for (key, hint) in pairs {
        let need = (columns(key) + columns(hint) + 1) as u16;
        if x + need > area.right() {
            break;
        }
        x += put(buf, (x, area.y), need, key, theme.style(Meaning::Key)) + 1;
        x += put(buf, (x, area.y), need, hint, theme.style(Meaning::Hint)) + 2;
    }
}

/// A word to the operator.
pub fn said(area: Rect, buf: &mut Buffer, shared: &Shared, text: &str) {
    put(buf, (area.x + 1, area.y), area.width.saturating_sub(1), text, shared.theme.style(Meaning::Prompt));
}
