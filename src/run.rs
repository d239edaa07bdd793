//! The loop of the dashboard: messages in, frames out.
//!
//! One thread draws and reacts; it waits for keys, updates, signals and the next second. It draws when something
//! changed and nothing more waits, so an idle screen costs one small frame a second. Long work is done in slices of a
//! few milliseconds between keys.

use std::{
    any::Any,
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use chrono::{Local, Offset, Utc};

use crate::{
    config::{Paths, Settings},
    engine::Engine,
    model::{Request, Time, Update},
    terminal::{self, Terminal, input},
    ui::{
        App, Effect, Message, Start,
        keys::KeyMap,
        theme::{Depth, Themes},
    },
};

/// How long a message that is being sent may take after the screen was given back.
const PATIENCE: Duration = Duration::from_secs(3);

/// Gets ready what the engine will talk to, once the first frame is drawn: nothing for AWS, the emulator for the demo.
/// What it returns is kept until the end.
pub type Prepare = Box<dyn FnOnce(&tokio::runtime::Handle, &mut Settings) -> anyhow::Result<Box<dyn Any>>>;

/// While there is work to do, a frame this often is enough for the eye.
const FRAME: Duration = Duration::from_millis(33);

/// The theme of who chooses none.
const USUAL: &str = "dark";

enum Inbound {
    Message(Message),
    Update(Update),
    /// The terminal gave a key no more.
    Lost(io::Error),
    /// Asked to end, or the terminal hung up.
    End,
    /// Continued after a stop, whoever asked for it.
    Continued,
}

/// Hands an update to the screen, from any thread.
pub type Deliver = Box<dyn Fn(Update) + Send + Sync>;

/// Runs the dashboard until the operator quits.
///
/// # Errors
/// A config, key or theme file with a mistake, no terminal, or one that is gone.
pub fn run(mut settings: Settings, paths: Option<&Paths>, prepare: Prepare) -> anyhow::Result<()> {
    let app = app(&settings, paths)?;
    let (mut running, mut at_work) = (None, None);
    let result = with(app, |app, deliver| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let runtime = running.insert(runtime);
        let kept = prepare(runtime.handle(), &mut settings)?;
        app.shared.settings.clone_from(&settings);
        let engine = at_work.insert(Arc::new(Engine::start(settings, runtime.handle(), deliver))).clone();
        Ok(move |request| {
            let _kept = &kept;
            engine.request(request);
        })
    });
    if let (Some(runtime), Some(engine)) = (&running, &at_work) {
        runtime.block_on(engine.settle(PATIENCE));
    }
    // It ends with the process: a request on its way may take long to notice that nobody waits for it, and a task that is
    // polled while its runtime shuts down finds the timer gone and panics.
    std::mem::forget(running);
    result
}

/// Shows a screen on the terminal until the operator quits.
///
/// Once the first frame is drawn, `connect` starts what feeds the screen, and returns what answers its requests.
///
/// # Errors
/// What `connect` says, no terminal, or one that is gone.
pub fn with<A: Fn(Request)>(
    mut app: App,
    connect: impl FnOnce(&mut App, Deliver) -> anyhow::Result<A>,
) -> anyhow::Result<()> {
    let (sender, receiver) = channel();
    // Before the terminal is taken: from then on, it must be given back.
    read_signals(&sender)?;
    let mut terminal = Terminal::take(app.shared.mouse).context("the terminal cannot be used")?;
    terminal.draw(|frame| app.draw(frame))?;
    read_terminal(&sender);
    let deliver = Box::new(move |update| drop(sender.send(Inbound::Update(update))));
    let ask = connect(&mut app, deliver)?;
    match (Loop { app, terminal, receiver, ask }).run() {
        // Closing the window is a way to quit.
        Err(error) if error.downcast_ref().is_some_and(terminal::is_gone) => Ok(()),
        result => result,
    }
}

/// The screen as it starts, from the operator's files.
///
/// # Errors
/// A key or theme file with a mistake, or an unknown theme.
pub fn app(settings: &Settings, paths: Option<&Paths>) -> anyhow::Result<App> {
    let depth = Depth::from_environment(|name| std::env::var(name).ok());
    let (themes, keys) = match paths {
        Some(paths) => (Themes::load(&paths.themes, depth), KeyMap::load(&paths.keys)?),
        None => (Themes::standard(depth), KeyMap::standard()),
    };
    let theme = match settings.theme.as_deref() {
        Some(name) => themes.get(name).map_err(|error| match settings.theme_written.clone() {
            // What is wrong with a theme that is there says its own place.
            Some(written) if !themes.names().any(|known| known == name) => written.refuse(error).into(),
            _ => anyhow::Error::msg(error),
        })?,
        // The operator's own in its place may be broken.
        None => themes.get(USUAL).or_else(|_| Themes::standard(depth).get(USUAL)).map_err(anyhow::Error::msg)?,
    };
    // There is one line to say it in; `config --paths` says all.
    let warning = themes.warnings().first().and_then(|warning| warning.lines().next()).map(str::to_owned);
    let local = |time: Time| time.with_timezone(&Local).offset().fix();
    let mut app = App::new(Start { settings: settings.clone(), themes, theme, keys, local, now: Utc::now() });
    if let Some(warning) = warning {
        app.say(warning);
    }
    Ok(app)
}

fn read_terminal(sender: &Sender<Inbound>) {
    let (keys, end) = (sender.clone(), sender.clone());
    input::read_keys(move |read| {
        let inbound = match read {
            Ok(message) => Inbound::Message(message),
            Err(error) => Inbound::Lost(error),
        };
        keys.send(inbound).is_ok()
    });
    input::watch_hangup(move || drop(end.send(Inbound::End)));
}

#[cfg(unix)]
fn read_signals(sender: &Sender<Inbound>) -> io::Result<()> {
    use signal_hook::{consts, iterator::Signals};
    let sender = sender.clone();
    let ends = [consts::SIGTERM, consts::SIGHUP, consts::SIGINT, consts::SIGQUIT];
    let mut signals = Signals::new(ends.into_iter().chain([consts::SIGCONT, consts::SIGWINCH]))?;
    let read = move || {
        for signal in signals.forever() {
            let inbound = match signal {
                consts::SIGCONT => Inbound::Continued,
                consts::SIGWINCH => Inbound::Message(Message::Resized),
                _ => Inbound::End,
            };
            if sender.send(inbound).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(read).map(drop)
}

#[cfg(not(unix))]
fn read_signals(_: &Sender<Inbound>) -> io::Result<()> {
    Ok(())
}

struct Loop<A> {
    app: App,
    terminal: Terminal,
    receiver: Receiver<Inbound>,
    /// Passes on what the screen asks for.
    ask: A,
}

/// What a turn of the loop leaves to do.
#[derive(PartialEq)]
enum Turn {
    Nothing,
    Draw,
    End,
}

impl<A: Fn(Request)> Loop<A> {
    fn run(mut self) -> anyhow::Result<()> {
        let (mut due, mut drawn) = (false, Instant::now());
        loop {
            let wait = if self.app.is_working() { Duration::ZERO } else { until_next_second() };
            let (turn, key) = self.turn(wait)?;
            match turn {
                Turn::End => return Ok(()),
                Turn::Draw => due = true,
                Turn::Nothing => {}
            }
            // A key is answered at once; the rest waits for its turn while there is work.
            if !key && self.app.is_working() {
                self.app.work();
                due = true;
            }
            if due && (key || !self.app.is_working() || drawn.elapsed() >= FRAME) {
                self.terminal.draw(|frame| self.app.draw(frame))?;
                (due, drawn) = (false, Instant::now());
            }
        }
    }

    /// Takes all that waits, after waiting for the first of it. The flag tells that a key was among it.
    fn turn(&mut self, wait: Duration) -> anyhow::Result<(Turn, bool)> {
        let mut next = match self.receiver.recv_timeout(wait) {
            Ok(inbound) => Some(inbound),
            Err(RecvTimeoutError::Timeout) if wait.is_zero() => return Ok((Turn::Nothing, false)),
            Err(RecvTimeoutError::Timeout) => Some(Inbound::Message(Message::Tick)),
            Err(RecvTimeoutError::Disconnected) => return Ok((Turn::End, false)),
        };
        let mut key = false;
        while let Some(inbound) = next {
            key |= matches!(inbound, Inbound::Message(Message::Key(_) | Message::Mouse(_) | Message::Resized));
            if self.take(inbound)? == Turn::End {
                return Ok((Turn::End, key));
            }
            next = self.receiver.try_recv().ok();
        }
        Ok((Turn::Draw, key))
    }

    fn take(&mut self, inbound: Inbound) -> anyhow::Result<Turn> {
        let message = match inbound {
            Inbound::Message(message) => message,
            Inbound::Update(update) => Message::Update(update),
            Inbound::End => return Ok(Turn::End),
            Inbound::Lost(error) => return Err(error).context("the terminal is gone"),
            Inbound::Continued => {
                self.terminal.retake()?;
                Message::Resized
            }
        };
        for effect in self.app.update(message, Utc::now()) {
            match effect {
                Effect::Quit => return Ok(Turn::End),
                Effect::Suspend => self.terminal.suspend()?,
                Effect::Redraw => self.terminal.redraw()?,
                Effect::Copy(text) => self.terminal.copy(&text)?,
                Effect::Mouse(on) => self.terminal.mouse(on)?,
                Effect::Ring(ring) => self.terminal.ring(&ring)?,
                Effect::Ask(request) => (self.ask)(request),
            }
        }
        Ok(Turn::Draw)
    }
}

/// The time until the clock on screen changes.
fn until_next_second() -> Duration {
    Duration::from_millis(1_000 - u64::from(Utc::now().timestamp_subsec_millis().min(999)))
}
