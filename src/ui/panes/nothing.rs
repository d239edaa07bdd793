//! What an empty list says: why it is empty, and what to do about it.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{SourceError, SourceKind, SourceState},
    ui::{
        pane::{PANES, Words},
        shared::Shared,
        theme::Meaning,
        widgets::{document::wrapped, text::put},
    },
};

/// Draws the word below the titles of an empty list, and, where its sources fail, the first failure with its advice.
///
/// `kind` is `None` where there is something, and only the filter hides it.
pub fn draw(area: Rect, buf: &mut Buffer, shared: &Shared, (kind, word): (Option<SourceKind>, &str)) {
    let mut words = vec![(word.to_owned(), Meaning::Muted)];
    if let Some(error) = kind.and_then(|kind| failure(shared, kind)) {
        words = vec![(format!("{}: {}", error.code, error.message), Meaning::Error)];
        words.extend(error.missing_action.iter().map(|action| (format!("missing: {action}"), Meaning::Warning)));
        words.extend(error.advice.iter().map(|advice| (advice.clone(), Meaning::Title)));
        let tab = PANES.iter().position(|pane| pane.name == super::sources::SPEC.name).unwrap_or(0) + 1;
        words.push((format!("{tab} shows every source"), Meaning::Muted));
    }
    say(area, buf, shared, words);
}

/// Draws lines of words below the titles of an empty list, wrapped to the room there is.
pub fn say(area: Rect, buf: &mut Buffer, shared: &Shared, lines: Words) {
    let (x, room) = (area.x + 2, area.width.saturating_sub(4));
    let mut y = area.y + 2;
    for (text, meaning) in lines {
        let text = crate::model::text::visible(&text);
        for row in wrapped(&text, usize::from(room).max(1)) {
            if y >= area.bottom() {
                return;
            }
            put(buf, (x, y), room, &text[row], shared.theme.style(meaning));
            y += 1;
        }
    }
}

/// The first failure of a kind of source; where none could even start, that of the identity.
fn failure(shared: &Shared, kind: SourceKind) -> Option<&SourceError> {
    let failed = |kind| {
        shared.sources_of(kind).find_map(|health| match &health.state {
            SourceState::Failed(error) => Some(error),
            _ => None,
        })
    };
    match shared.sources_of(kind).next() {
        Some(_) => failed(kind),
        None if kind != SourceKind::Restores || shared.sources_of(SourceKind::Events).next().is_none() => {
            failed(SourceKind::Identity)
        }
        None => None,
    }
}
