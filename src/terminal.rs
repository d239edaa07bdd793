//! The terminal: taken, given back in every way a program can end, and its keys read.

use std::{
    io::{self, BufWriter, IsTerminal, Stdout, Write, stdout},
    panic,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use crossterm::{
    Command,
    cursor::{Hide, Show},
    event::{
        self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event, KeyCode,
        KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
    },
    execute, queue,
    style::Print,
    terminal::{
        BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Frame, backend::CrosstermBackend};

use crate::ui::{
    Message, Mouse,
    keys::{Code, Key},
};

/// The columns of the terminal on standard output; `None` when there is no terminal there.
pub fn width() -> Option<u16> {
    let size = stdout().is_terminal().then(crossterm::terminal::size);
    size.and_then(Result::ok).map(|(columns, _)| columns)
}

type Out = BufWriter<Stdout>;

/// Whether the terminal is ours, so that it is given back once, by whoever comes first.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Enough for a whole screen of coloured cells, so that a frame leaves in one write.
const BUFFER: usize = 256 * 1024;

/// The terminal while it is ours: raw, on the alternate screen. Dropping it gives it back.
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<Out>>,
    mouse: bool,
}

/// "Alternate scroll": the wheel sends arrow keys, and the mouse stays the terminal's, with its own selection.
///
/// Source: xterm control sequences, DECSET 1007.
struct AlternateScroll(bool);

impl Command for AlternateScroll {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str(if self.0 { "\x1b[?1007h" } else { "\x1b[?1007l" })
    }
}

impl Terminal {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Standard output is no terminal, or the terminal does not do what it is told.
    pub fn take(mouse: bool) -> io::Result<Self> {
        if !stdout().is_terminal() {
            let message = "standard output is no terminal; `trailwatch watch` prints what happens without one";
            return Err(io::Error::new(io::ErrorKind::Unsupported, message));
        }
        give_back_on_panic();
        take_modes(mouse)?;
        Ok(Self { inner: Self::fresh()?, mouse })
    }

    fn fresh() -> io::Result<ratatui::Terminal<CrosstermBackend<Out>>> {
        ratatui::Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(BUFFER, stdout())))
    }

    /// Draws one frame; the terminal shows it at once or not at all.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        self.inner.draw(draw)?;
        execute!(self.inner.backend_mut(), EndSynchronizedUpdate)
    }

    /// Forgets what is on screen, so that the next frame draws every cell.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn redraw(&mut self) -> io::Result<()> {
        // `ratatui::Terminal::clear` would ask the terminal where its cursor is, and the answer goes to the thread that
        // reads keys.
        execute!(stdout(), Clear(ClearType::All))?;
        self.inner = Self::fresh()?;
        Ok(())
    }

    /// Takes the mouse, or leaves it to the terminal.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if on { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
    }

    /// Puts a text into the clipboard of the terminal, over SSH too.
    ///
    /// Source: xterm control sequences, OSC 52.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(stdout(), Print(format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text))))
    }

    /// Gives the terminal back, stops the process until somebody continues it, and takes the terminal again.
    ///
    /// # Errors
    /// The terminal is gone, or the process cannot be stopped.
    pub fn suspend(&mut self) -> io::Result<()> {
        give_back();
        #[cfg(unix)]
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        take_modes(self.mouse)?;
        self.redraw()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

fn take_modes(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    // Colours are the theme's affair: left to itself, crossterm answers NO_COLOR with resets that also end bold and
    // reverse.
    crossterm::style::force_color_output(true);
    let mut out = stdout();
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, AlternateScroll(true), Hide, Clear(ClearType::All))?;
    if mouse {
        queue!(out, EnableMouseCapture)?;
    }
    out.flush()
}

/// Leaves the terminal as it was. Errors are of no use to anybody here: the terminal may be gone.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = stdout();
        let _ = execute!(
            out,
            EndSynchronizedUpdate,
            DisableMouseCapture,
            AlternateScroll(false),
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

/// A panic of the screen's own thread gives the terminal back before it is reported. One in a background task is that
/// task's failure: the screen goes on, so nothing may be printed over it.
fn give_back_on_panic() {
    let screen = thread::current().id();
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == screen || !TAKEN.load(Ordering::SeqCst) {
            give_back();
            report(info);
        } else {
            tracing::error!("{info}");
        }
    }));
}

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
