//! What comes from the terminal: read in a thread of its own, understood in another, until it is gone.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, stdin},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
};

use super::parse::Parser;
use crate::ui::Message;

/// Enough for what is typed at once; a long paste comes in several pieces.
const PIECE: usize = 4 * 1024;

/// Reads keys, pastes and the mouse in threads of their own, until the terminal is gone or nobody listens.
///
/// The end of the terminal is no message: [`watch_hangup`] tells it.
pub fn read_keys(mut deliver: impl FnMut(io::Result<Message>) -> bool + Send + 'static) {
    let (sender, pieces) = channel();
    let read = move || {
        let mut terminal = match terminal() {
            Ok(terminal) => terminal,
            Err(error) => return drop(sender.send(Err(error))),
        };
        let mut piece = [0; PIECE];
        loop {
            let read = match terminal.read(&mut piece) {
                Ok(0) => return,
                Ok(length) => Ok(piece[..length].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let goes_on = read.is_ok();
            if sender.send(read).is_err() || !goes_on {
                return;
            }
        }
    };
    // The threads block in the terminal and end with the process.
    drop(thread::Builder::new().name("terminal".to_owned()).spawn(read));
    drop(thread::Builder::new().name("keys".to_owned()).spawn(move || understand(&pieces, &mut deliver)));
}

/// Standard input, or what controls us where that is something else.
fn terminal() -> io::Result<Box<dyn Read>> {
    if stdin().is_terminal() {
        return Ok(Box::new(stdin()));
    }
    Ok(Box::new(File::open("/dev/tty")?))
}

/// Makes messages of what is read, and waits for the rest of a sequence no longer than it may take.
fn understand(pieces: &Receiver<io::Result<Vec<u8>>>, deliver: &mut impl FnMut(io::Result<Message>) -> bool) {
    let mut parser = Parser::default();
    loop {
        let piece = match parser.patience() {
            Some(patience) => pieces.recv_timeout(patience),
            None => pieces.recv().map_err(RecvTimeoutError::from),
        };
        let messages = match piece {
            Ok(Ok(piece)) => parser.feed(&piece),
            Ok(Err(error)) => {
                deliver(Err(error));
                return;
            }
            Err(RecvTimeoutError::Timeout) => parser.give_up().into_iter().collect(),
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if !messages.into_iter().all(|message| deliver(Ok(message))) {
            return;
        }
    }
}

/// Calls `end` once the terminal is gone, from a thread of its own.
///
/// SIGHUP does not tell where the terminal does not control us, as under `setsid`.
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
