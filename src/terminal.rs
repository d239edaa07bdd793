//! The terminal: taken, given back in every way a program can end, and what comes from it.

pub mod input;
pub mod parse;

use std::{
    io::{self, BufWriter, IsTerminal, Stdout, Write, stdout},
    mem::ManuallyDrop,
    panic,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use crossterm::{
    Command,
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute, queue,
    style::Print,
    terminal::{
        BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Frame, backend::CrosstermBackend};

use crate::model::Ring;

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
    /// Never dropped: where the terminal is gone, its own attempt to give it back would panic.
    inner: ManuallyDrop<ratatui::Terminal<CrosstermBackend<Out>>>,
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
        let inner = ratatui::Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(BUFFER, stdout())))?;
        Ok(Self { inner: ManuallyDrop::new(inner), mouse })
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
        // `clear` would ask the terminal where its cursor is, and the answer goes to the thread that reads keys.
        let size = self.inner.size()?;
        self.inner.resize(size.into())
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

    /// Makes the terminal heard: what it is told, as it is, then the bell.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn ring(&mut self, ring: &Ring) -> io::Result<()> {
        let bell = if ring.bell { "\x07" } else { "" };
        execute!(stdout(), Print(format!("{}{bell}", ring.sequence)))
    }

    /// Gives the terminal back, stops the process until somebody continues it, and takes the terminal again.
    ///
    /// # Errors
    /// The terminal is gone, or the process cannot be stopped.
    pub fn suspend(&mut self) -> io::Result<()> {
        give_back();
        stop()?;
        self.retake()
    }

    /// Takes the terminal again after a stop: whoever had it meanwhile may have changed its modes.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn retake(&mut self) -> io::Result<()> {
        give_back();
        take_modes(self.mouse)?;
        self.redraw()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Whether this error means that the terminal is no more.
#[cfg(unix)]
pub fn is_gone(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
}

#[cfg(not(unix))]
pub fn is_gone(_: &io::Error) -> bool {
    false
}

/// Stops the whole job as the terminal itself would, a script that started us included. Where no shell is there to
/// continue us, the system ignores it.
#[cfg(unix)]
fn stop() -> io::Result<()> {
    use rustix::process::{Signal, kill_current_process_group};
    Ok(kill_current_process_group(Signal::TSTP)?)
}

#[cfg(not(unix))]
fn stop() -> io::Result<()> {
    Ok(())
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
