//! What comes from the terminal: keys, pastes, the mouse, another size, and its end.

use std::{io, thread};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

use crate::ui::{
    Message, Mouse,
    keys::{Code, Key},
};

/// Reads keys in a thread of its own, until the terminal is gone or nobody listens.
pub fn read_keys(mut deliver: impl FnMut(io::Result<Message>) -> bool + Send + 'static) {
    let read = move || {
        loop {
            let goes_on = match event::read() {
                Ok(event) => message(event).is_none_or(|message| deliver(Ok(message))),
                Err(error) => {
                    deliver(Err(error));
                    false
                }
            };
            if !goes_on {
                return;
            }
        }
    };
    // The thread blocks in the terminal and ends with the process.
    drop(thread::Builder::new().name("keys".to_owned()).spawn(read));
}

/// Calls `end` once the terminal is gone, from a thread of its own.
///
/// Reading does not tell: crossterm takes the end of its input for nothing new and asks again at once, for ever. Nor
/// does SIGHUP where the terminal does not control us, as under `setsid`.
#[cfg(unix)]
pub fn watch_hangup(end: impl FnOnce() + Send + 'static) {
    use rustix::{
        event::{PollFd, PollFlags, poll},
        io::Errno,
    };
    let watch = move || {
        let out = io::stdout();
        // Nothing is asked for: a hang-up is always told.
        let mut terminal = [PollFd::new(&out, PollFlags::empty())];
        while poll(&mut terminal, None) == Err(Errno::INTR) {}
        // A system that cannot poll terminals answers at once, and with something else.
        if terminal[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) {
            end();
        }
    };
    // Like the thread that reads.
    drop(thread::Builder::new().name("hang-up".to_owned()).spawn(watch));
}

#[cfg(not(unix))]
pub fn watch_hangup(_: impl FnOnce() + Send + 'static) {}

fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => self::key(key).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(..) => Some(Message::Resized),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollUp => Some(Message::Mouse(Mouse::WheelUp)),
            MouseEventKind::ScrollDown => Some(Message::Mouse(Mouse::WheelDown)),
            MouseEventKind::Down(MouseButton::Left) => {
                Some(Message::Mouse(Mouse::Click { column: mouse.column, row: mouse.row }))
            }
            _ => None,
        },
        Event::FocusGained | Event::FocusLost => None,
    }
}

fn key(key: KeyEvent) -> Option<Key> {
    // Some terminals also report the release.
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let code = match key.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::Function(n),
        _ => return None,
    };
    let has = |modifier| key.modifiers.contains(modifier);
    Some(Key { code, ctrl: has(KeyModifiers::CONTROL), alt: has(KeyModifiers::ALT) })
}
