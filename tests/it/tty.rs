//! A pseudo-terminal with a program in it: what the program writes is kept, and understood as a terminal would.
#![allow(dead_code, reason = "the tests and the benches take what they need")]

use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write},
    num::NonZeroU16,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use tempfile::TempDir;

/// Whatever does not happen within this time does not happen.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// What is to be started, in a home folder of its own.
pub struct Program {
    command: CommandBuilder,
    home: TempDir,
    size: (u16, u16),
}

impl Program {
    pub fn new(program: impl AsRef<Path>, arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = CommandBuilder::new(program.as_ref());
        command.args(arguments);
        command.env_clear();
        command.cwd(home.path());
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
            command.env(name, home.path());
        }
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        Self { command, home, size: (100, 30) }
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub fn size(mut self, width: u16, height: u16) -> Self {
        self.size = (width, height);
        self
    }

    /// Writes a file into the home folder, which is the config folder as well.
    pub fn file(self, path: &str, text: &str) -> Self {
        let path = self.home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// The terminal does not control the program, so its end sends no signal.
    pub fn uncontrolled(mut self) -> Self {
        self.command.set_controlling_tty(false);
        self
    }

    pub fn start(self) -> Tty {
        let (width, height) = self.size;
        let pair = native_pty_system().openpty(pty_size(width, height)).unwrap();
        let modes = format!("{:?}", pair.master.get_termios());
        let output = Output { bytes: Vec::new(), parser: vt100::Parser::new(some(height), some(width), 0), at: None };
        let shown = Arc::new(Shown { output: Mutex::new(output), news: Condvar::new() });
        let reader = read(pair.master.try_clone_reader().unwrap(), shown.clone());
        let writer = pair.master.take_writer().unwrap();
        let child = pair.slave.spawn_command(self.command).unwrap();
        let ends = Ends { reader, writer, master: pair.master };
        Tty { child, ends: Some(ends), _slave: pair.slave, shown, patience: DEADLINE, modes, _home: self.home }
    }
}

fn some(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, ..PtySize::default() }
}

/// What was written to the terminal so far.
pub struct Output {
    pub bytes: Vec<u8>,
    pub parser: vt100::Parser,
    /// When the last of it was read.
    pub at: Option<Instant>,
}

struct Shown {
    output: Mutex<Output>,
    news: Condvar,
}

/// Reads until the terminal ends, or until nobody but the reader has a use for it.
fn read(mut from: Box<dyn Read + Send>, shown: Arc<Shown>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let at = Instant::now();
            let mut output = shown.output.lock().unwrap();
            output.bytes.extend_from_slice(&buffer[..count]);
            output.parser.process(&buffer[..count]);
            output.at = Some(at);
            shown.news.notify_all();
            drop(output);
            if Arc::strong_count(&shown) == 1 {
                return;
            }
        }
    })
}

/// Our side of the terminal.
struct Ends {
    reader: JoinHandle<()>,
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
}

/// A terminal and the program in it. Dropping it ends both.
pub struct Tty {
    child: Box<dyn Child + Send + Sync>,
    ends: Option<Ends>,
    /// Kept open, so that the modes can still be asked for when the program has ended.
    _slave: Box<dyn SlavePty + Send>,
    shown: Arc<Shown>,
    /// How long it is waited for anything.
    pub patience: Duration,
    /// The modes of the terminal before the program came.
    modes: String,
    _home: TempDir,
}

impl Tty {
    fn ends(&mut self) -> &mut Ends {
        self.ends.as_mut().expect("the terminal is open")
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("the program was started")
    }

    /// The leader of the process group that has the terminal.
    pub fn foreground(&mut self) -> i32 {
        self.ends().master.process_group_leader().expect("somebody has the terminal")
    }

    /// Types bytes as a keyboard would send them.
    pub fn send(&mut self, keys: &str) {
        let writer = &mut self.ends().writer;
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    pub fn resize(&mut self, width: u16, height: u16) {
        self.output().parser.set_size(some(height), some(width));
        self.ends().master.resize(pty_size(width, height)).unwrap();
    }

    pub fn output(&self) -> MutexGuard<'_, Output> {
        self.shown.output.lock().unwrap()
    }

    pub fn text(&self) -> String {
        self.output().parser.screen().contents()
    }

    /// Waits until the screen is as wanted, and says when that was read.
    pub fn until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> Instant {
        self.until_output(what, |output| wanted(output.parser.screen()))
    }

    pub fn until_text(&self, text: &str) -> Instant {
        self.until(text, |screen| screen.contents().contains(text))
    }

    pub fn until_output(&self, what: &str, wanted: impl Fn(&Output) -> bool) -> Instant {
        let (output, late) =
            self.shown.news.wait_timeout_while(self.output(), self.patience, |output| !wanted(output)).unwrap();
        let (screen, at) = (output.parser.screen().contents(), output.at);
        drop(output);
        assert!(!late.timed_out(), "waited in vain for: {what}\n{screen}");
        at.unwrap_or_else(Instant::now)
    }

    /// Waits until the program has ended, and says how: its exit code, or the signal that ended it.
    pub fn end(&mut self) -> Result<u32, String> {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.signal().map_or(Ok(status.exit_code()), |signal| Err(signal.to_owned()));
            }
            assert!(begin.elapsed() < self.patience, "the program did not end:\n{}", self.text());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Closes the terminal as a window is closed, and says when it was gone.
    pub fn hang_up(&mut self) -> Instant {
        let Ends { reader, writer, master } = self.ends.take().expect("the terminal is open");
        drop((writer, master));
        // The reader holds the terminal until it has read once more.
        self.shown = Arc::new(Shown {
            output: Mutex::new(Output { bytes: Vec::new(), parser: vt100::Parser::default(), at: None }),
            news: Condvar::new(),
        });
        reader.join().unwrap();
        Instant::now()
    }

    /// What of the terminal is not as it was before the program came; empty when all is.
    pub fn left_behind(&mut self) -> String {
        let (modes, before) = (format!("{:?}", self.ends().master.get_termios()), self.modes.clone());
        let output = self.output();
        let screen = output.parser.screen();
        let last = |on: &[u8], off: &[u8]| position(&output.bytes, on) > position(&output.bytes, off);
        let mut left = String::new();
        for (what, is) in [
            ("the alternate screen", screen.alternate_screen()),
            ("a hidden cursor", screen.hide_cursor()),
            ("bracketed paste", screen.bracketed_paste()),
            ("the mouse", screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None),
            ("alternate scroll", last(b"\x1b[?1007h", b"\x1b[?1007l")),
            ("synchronized output", last(b"\x1b[?2026h", b"\x1b[?2026l")),
            ("other modes", modes != before),
        ] {
            if is {
                let _ = writeln!(left, "{what}");
            }
        }
        left
    }
}

/// Where the last of these bytes stand; `None` comes before all.
fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
