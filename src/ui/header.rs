//! The three lines above a pane: who and where, the tabs with the health of the sources, and the pane's title.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    account::off_by_you,
    pane::{PANES, PaneSpec, Words},
    panes::events::short_region,
    shared::Shared,
    theme::Meaning,
    widgets::text::{columns, put},
};
use crate::model::{SourceHealth, SourceKind, SourceState};

/// From this width on, the clock has its date.
const DATE_FROM: u16 = 100;

/// Account, caller, Regions, clock.
pub fn draw(area: Rect, buf: &mut Buffer, shared: &Shared) {
    let theme = &shared.theme;
    buf.set_style(area, theme.style(Meaning::Header));
    let full = shared.clock.full(shared.now);
    // In a narrow terminal the date is what can be missed most easily.
    let clock =
        if area.width < DATE_FROM { full.split_once(' ').map_or(full.as_str(), |(_, time)| time) } else { &full };
    let right = area.right().saturating_sub(columns(clock) as u16 + 1);
    put(buf, (right, area.y), area.right() - right, clock, theme.style(Meaning::Header));
    // The Regions keep their place, and what is left of them is cut.
    let words = who(shared, area.width >= DATE_FROM);
    let wanted: usize = words.iter().map(|(text, _)| columns(text) + 2).sum();
    let room = usize::from(right.saturating_sub(area.x + 2));
    let regions = regions(shared, room.saturating_sub(wanted));
    let left = right.saturating_sub(columns(&regions) as u16 + 2);
    put(buf, (left, area.y), right.saturating_sub(left + 1), &regions, theme.style(Meaning::Header));
    let mut x = area.x + 1;
    for (text, meaning) in words.iter().filter(|(text, _)| !text.is_empty()) {
        x += put(buf, (x, area.y), left.saturating_sub(x + 1), text, theme.style(*meaning)) + 2;
    }
}

/// The program, the account, the caller.
fn who(shared: &Shared, named: bool) -> Words {
    let program = if named { "trailwatch" } else { "" };
    let mut words = vec![(program.to_owned(), Meaning::Header)];
    match &shared.identity {
        Some(identity) => {
            let name = shared.settings.accounts.get(&identity.account);
            let account = name.map_or(identity.account.clone(), |name| format!("{name} {}", identity.account));
            words.push((account, Meaning::Account));
            words.extend(changes(shared));
            words.extend(bell(shared));
            words.push((identity.caller().to_owned(), Meaning::Header));
        }
        None => {
            words.push(("account not known yet".to_owned(), Meaning::Header));
            words.extend(bell(shared));
        }
    }
    words
}

/// Whether the account may be changed, and what of it the operator turned off and is still off.
fn changes(shared: &Shared) -> Words {
    let mut words = Words::new();
    let (off, doubt) = off_by_you(shared);
    if off > 0 {
        words.push((format!("{off} off by you{}", if doubt { "?" } else { "" }), Meaning::Warning));
    }
    if shared.armed {
        words.push(("armed".to_owned(), Meaning::Warning));
    }
    words
}

/// That the bell is silenced, in words that any terminal has.
fn bell(shared: &Shared) -> Option<(String, Meaning)> {
    shared.silenced.then(|| ("bell off".to_owned(), Meaning::Warning))
}

/// The Regions that are watched for all there is; in their short form where the long one does not fit.
fn regions(shared: &Shared, room: usize) -> String {
    let regions: Vec<_> = shared.sources_of(SourceKind::Events).map(|health| health.id.region.as_str()).collect();
    let long = regions.join(" ");
    if long.len() <= room { long } else { regions.into_iter().map(short_region).collect::<Vec<_>>().join(" ") }
}

/// The tabs, and on the right the health of each kind of source. Returns where each tab stands.
pub fn tabs(area: Rect, buf: &mut Buffer, shared: &Shared, active: usize) -> Vec<Rect> {
    let theme = &shared.theme;
    buf.set_style(area, theme.style(Meaning::Tab));
    let (labels, form) = labels(area.width, shared);
    let (mut x, mut places) = (area.x, Vec::new());
    for (i, (label, badge)) in labels.into_iter().enumerate() {
        if i > 0 {
            put(buf, (x, area.y), area.right().saturating_sub(x).min(1), form.between(), theme.style(Meaning::Border));
            x += 1;
        }
        let start = x;
        let style = theme.style(if i == active { Meaning::TabActive } else { Meaning::Tab });
        x += put(buf, (x, area.y), area.right().saturating_sub(x), &label, style);
        for (text, meaning) in &badge {
            let style = theme.style(Meaning::Tab).patch(theme.style(*meaning));
            // The active tab is a block of its own: its badge keeps a column from it.
            x += u16::from(i == active || !label.ends_with(' ') || x > start + columns(&label) as u16);
            x += put(buf, (x, area.y), area.right().saturating_sub(x), text, style);
        }
        places.push(Rect { x: start, width: x - start, ..area });
    }
    x += 1;
    health(Rect { x, width: area.right().saturating_sub(x), ..area }, buf, shared);
    places
}

/// How tabs stand beside each other, the roomiest first.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Blanks around each name.
    Wide,
    /// A line between them.
    Close,
    /// The same, with short names.
    Short,
}

impl Form {
    fn label(self, i: usize, spec: &PaneSpec) -> String {
        match self {
            Form::Wide => format!(" {} {} ", i + 1, spec.name),
            Form::Close => format!("{} {}", i + 1, spec.name),
            Form::Short => format!("{} {}", i + 1, spec.short),
        }
    }

    fn between(self) -> &'static str {
        if self == Form::Wide { " " } else { "│" }
    }
}

/// A tab's label and its badge.
type Label = (String, Words);

/// Each tab's label and badge, in the roomiest form that fits. Where not even the badges' first words fit, what is looked
/// for least has none: the count of events says least, and then when a restore runs out, which is not soon.
fn labels(width: u16, shared: &Shared) -> (Vec<Label>, Form) {
    let fits = |labels: &[Label]| {
        let badge = |badge: &Words| badge.iter().map(|(text, _)| columns(text) + 1).sum::<usize>();
        labels.iter().map(|(label, words)| columns(label) + badge(words) + 1).sum::<usize>() <= usize::from(width)
    };
    let badges: Vec<Words> = PANES.iter().map(|spec| (spec.badge)(shared)).collect();
    let whole = [Form::Wide, Form::Close].map(|form| (usize::MAX, &[][..], form));
    let bare: [&[usize]; 3] = [&[], &[0], &[0, 3]];
    let cut = [Form::Close, Form::Short].into_iter().flat_map(|form| bare.map(|bare| (1, bare, form)));
    let mut ways = whole.into_iter().chain(cut).map(|way| (written(way, &badges), way.2)).peekable();
    while let Some(way) = ways.next() {
        if fits(&way.0) || ways.peek().is_none() {
            return way;
        }
    }
    (Vec::new(), Form::Short)
}

/// The labels in a form, with at most so many words of a badge, and none for the tabs that are named.
fn written((most, bare, form): (usize, &[usize], Form), badges: &[Words]) -> Vec<Label> {
    let label = |(i, (spec, badge)): (usize, (&PaneSpec, &Words))| {
        let most = if bare.contains(&i) { 0 } else { most };
        let words = badge.iter().filter(|(text, _)| !text.is_empty()).take(most);
        (form.label(i, spec), words.cloned().collect())
    };
    PANES.iter().zip(badges).enumerate().map(label).collect()
}

/// One mark a source, by kind: behind the names of the kinds, behind their initials where there is less room, and where
/// there is too little for that, only of the kinds that are not well, or one mark for all.
fn health(area: Rect, buf: &mut Buffer, shared: &Shared) {
    let kinds = [
        SourceKind::Events,
        SourceKind::SignIns,
        SourceKind::Alarms,
        SourceKind::Restores,
        SourceKind::Rules,
        SourceKind::MetricFilters,
        SourceKind::Identity,
    ];
    let present = || kinds.into_iter().filter(|kind| shared.sources_of(*kind).next().is_some());
    let is_ill = |kind: &SourceKind| shared.sources_of(*kind).any(|health| mark(health).1 != Meaning::Live);
    let named: Words = present().flat_map(|kind| group(kind, format!("{} ", kind.as_str()), shared)).collect();
    let short: Words = present().flat_map(|kind| group(kind, initial(kind), shared)).collect();
    let mut ill: Words = present().filter(is_ill).flat_map(|kind| group(kind, initial(kind), shared)).collect();
    if ill.is_empty() && !named.is_empty() {
        ill = vec![("●".to_owned(), Meaning::Live), (" all ".to_owned(), Meaning::Tab)];
    }
    let width = |words: &Words| words.iter().map(|(text, _)| columns(text)).sum::<usize>();
    let fits = |words: &&Words| width(words) <= usize::from(area.width);
    let words = [&named, &short].into_iter().find(fits).unwrap_or(&ill);
    let tab = shared.theme.style(Meaning::Tab);
    let mut x = area.right().saturating_sub(width(words) as u16).max(area.x);
    for (text, meaning) in words {
        let style = tab.patch(shared.theme.style(*meaning));
        x += put(buf, (x, area.y), area.right().saturating_sub(x), text, style);
    }
}

/// The marks of a kind of source behind a label.
fn group(kind: SourceKind, label: String, shared: &Shared) -> Words {
    let marks = shared.sources_of(kind).map(mark).map(|(glyph, meaning)| (glyph.to_owned(), meaning));
    let (label, end) = ((label, Meaning::Tab), (" ".to_owned(), Meaning::Tab));
    std::iter::once(label).chain(marks).chain([end]).collect()
}

/// `E` for events; `Ru` for rules, as `R` are the restores.
fn initial(kind: SourceKind) -> String {
    let mut letters = kind.as_str().chars();
    let first: String = letters.by_ref().take(1).flat_map(char::to_uppercase).collect();
    if kind == SourceKind::Rules { first + &letters.take(1).collect::<String>() } else { first }
}

/// A source's state as a glyph and its meaning.
pub fn mark(health: &SourceHealth) -> (&'static str, Meaning) {
    match &health.state {
        SourceState::Failed(_) => ("✖", Meaning::Error),
        SourceState::Throttled { .. } => ("◐", Meaning::Warning),
        SourceState::Live if health.behind.is_some() => ("◑", Meaning::Warning),
        SourceState::Live => ("●", Meaning::Live),
        SourceState::Starting => ("○", Meaning::Waiting),
    }
}

/// The title line of a pane: its words, joined by a rule; those that do not fit are left out.
pub fn title(area: Rect, buf: &mut Buffer, shared: &Shared, words: &Words) {
    let theme = &shared.theme;
    let border = theme.style(Meaning::Border);
    for x in area.left()..area.right() {
        put(buf, (x, area.y), 1, "─", border);
    }
    let mut x = area.x + 2;
    for (i, (text, meaning)) in words.iter().filter(|(text, _)| !text.is_empty()).enumerate() {
        let need = columns(text) as u16 + 2;
        if i > 0 && x + need > area.right() {
            continue;
        }
        put(buf, (x, area.y), 1, " ", border);
        let used = put(buf, (x + 1, area.y), area.right().saturating_sub(x + 2), text, theme.style(*meaning));
        put(buf, (x + 1 + used, area.y), 1, " ", border);
        x += used + 4;
    }
}
