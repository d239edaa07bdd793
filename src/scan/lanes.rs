//! Who reads and who asks: threads that read a file each, threads that ask rules, and one that puts together what came of
//! it, in the order of the files.
//!
//! A short file is asked by the thread that read it; of a long one, the others take batches. What waits is bounded for
//! each file that is open, so that the one that is waited for can always go on.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::Ordering,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use super::{
    Listener, Progress,
    asker::{Answer, Asker, Shared},
    collector::{Collector, Report},
    plan::Plan,
    seen::Ids,
};
use crate::{
    model::Time,
    trail::{Batch, Damage, Reader, Walk},
};

/// Threads of each kind; more would wait for the one that puts together.
const MOST_THREADS: usize = 16;
/// Batches of all open files that wait for an answer or for being put together.
const MOST_WAITING: usize = 24;

/// A file that is being read, and what comes of it.
pub(super) struct Open {
    pub(super) path: PathBuf,
    pieces: Receiver<Piece>,
}

/// What comes of a file, in its order.
enum Piece {
    Answer(Answer),
    /// The answer of another thread.
    Later(Receiver<Answer>),
    End(End),
}

/// What a file was like, or why it could not be read.
#[derive(Debug, Default)]
pub(super) struct End {
    pub(super) damages: Vec<Damage>,
    pub(super) damaged: u64,
    pub(super) error: Option<io::Error>,
}

/// A batch, and where its answer goes.
type Job = (Batch, SyncSender<Answer>);

/// The files that are left, and the line in which they are opened.
struct Files {
    walk: Walk,
    /// Gone when there are no more files.
    opened: Option<SyncSender<Open>>,
    /// Batches of one file that wait.
    window: usize,
}

pub(super) fn run(
    plan: &Plan,
    walk: Walk,
    cores: usize,
    now: Time,
    progress: &Progress,
    listener: &mut impl Listener,
) -> io::Result<Report> {
    let threads = cores.clamp(1, MOST_THREADS);
    let shared = Shared { plan, ids: Ids::default(), now, long: Mutex::new(()) };
    let (opened, open) = sync_channel(threads);
    let (give, jobs) = sync_channel::<Job>(threads);
    let files = Mutex::new(Files { walk, opened: Some(opened), window: (MOST_WAITING / threads).max(2) });
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        let (shared, files, jobs) = (&shared, &files, &jobs);
        for _ in 0..threads {
            let give = give.clone();
            scope.spawn(move || read_files(files, &give, shared, progress));
            scope.spawn(move || work(jobs, shared));
        }
        // The askers end when no reader is left, and a reader when nobody collects any more.
        drop(give);
        collect(Collector::new(plan), open, files, listener)
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(jobs: &Mutex<Receiver<Job>>, shared: &Shared<'_>) {
    let mut asker = Asker::new(shared);
    loop {
        let job = lock(jobs).recv();
        let Ok((batch, answer)) = job else { return };
        // Nobody waits when the scan was given up.
        let _ = answer.send(asker.ask(&batch));
    }
}

fn read_files(files: &Mutex<Files>, give: &SyncSender<Job>, shared: &Shared<'_>, progress: &Progress) {
    let mut asker = Asker::new(shared);
    while let Some((path, pieces)) = next(files) {
        let end = match path.and_then(|path| open(&path, progress)) {
            Ok(reader) => read(reader, &pieces, give, &mut asker),
            Err(error) => Some(End { error: Some(error), ..End::default() }),
        };
        if end.is_none_or(|end| pieces.send(Piece::End(end)).is_err()) {
            return;
        }
    }
}

/// The next file, with where what comes of it goes; `None` when there are no more, or nobody waits.
fn next(files: &Mutex<Files>) -> Option<(io::Result<PathBuf>, SyncSender<Piece>)> {
    // Files are opened in the order in which they are put together.
    let mut files = lock(files);
    let (path, result) = match files.walk.next() {
        Some(Ok(path)) => (path.clone(), Ok(path)),
        Some(Err((path, error))) => (path, Err(error)),
        None => {
            files.opened = None;
            return None;
        }
    };
    let (give, pieces) = sync_channel(files.window);
    files.opened.as_ref()?.send(Open { path, pieces }).ok()?;
    Some((result, give))
}

fn open(path: &Path, progress: &Progress) -> io::Result<Reader> {
    Ok(Reader::new(Counted { file: File::open(path)?, progress: progress.clone() })?.small())
}

/// Reads a file to its end; `None` when nobody waits for what comes of it.
fn read(mut reader: Reader, pieces: &SyncSender<Piece>, give: &SyncSender<Job>, asker: &mut Asker<'_>) -> Option<End> {
    let mut error = None;
    while !reader.is_over() && error.is_none() {
        let mut batch = Batch::default();
        error = reader.read(&mut batch).err();
        if batch.is_empty() {
            continue;
        }
        let piece = match reader.is_over() {
            // The last batch, which is the only one of most files, is not worth a way to another thread.
            true => Piece::Answer(asker.ask(&batch)),
            false => {
                let (answer, later) = sync_channel(1);
                give.send((batch, answer)).ok()?;
                Piece::Later(later)
            }
        };
        pieces.send(piece).ok()?;
    }
    Some(End { damages: reader.damages().to_vec(), damaged: reader.damaged(), error })
}

/// A file, of which what is read is counted.
struct Counted {
    file: File,
    progress: Progress,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

fn collect(
    mut collector: Collector<'_>,
    open: Receiver<Open>,
    files: &Mutex<Files>,
    listener: &mut impl Listener,
) -> io::Result<Report> {
    for Open { path, pieces } in open {
        for piece in pieces {
            match piece {
                Piece::Answer(answer) => collector.take(&path, answer, listener)?,
                // A thread that is gone has panicked, which ends the scan.
                Piece::Later(later) => {
                    later.recv().map(|answer| collector.take(&path, answer, listener)).unwrap_or(Ok(()))?
                }
                Piece::End(end) => collector.end(&path, end, listener)?,
            }
        }
    }
    let files = lock(files);
    collector.finish(&files.walk, listener)
}
