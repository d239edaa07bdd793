//! Who may write: of all the programs on one store, the one that has its lease.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::error::{At, Result};

const LOCK: &str = "store.lock";

/// The right to write to the store of a folder and to poll for it. It ends when it is dropped, and with the process,
/// however that ends.
#[derive(Debug)]
pub struct Lease {
    folder: PathBuf,
    /// Its lock is given back when it is closed.
    _file: File,
}

/// What became of asking for a lease.
#[derive(Debug)]
pub enum Leased {
    Taken(Lease),
    /// Another program has it: the number of its process, where that could be read.
    Held(Option<u32>),
}

impl Lease {
    /// Takes the lease of a folder unless another program has it. Waits for nobody. The folder is made if need be, for
    /// its owner alone.
    ///
    /// # Errors
    /// The folder or the lock cannot be made or written.
    pub fn try_take(folder: &Path) -> Result<Leased> {
        make_folder(folder).at(folder)?;
        let path = folder.join(LOCK);
        let mut file = owned().open(&path).at(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Leased::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(error).at(&path),
        }
        sign(&mut file).at(&path)?;
        Ok(Leased::Taken(Self { folder: folder.to_owned(), _file: file }))
    }

    /// Lets go of the store in the folder, all of it: the next one begins anew.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub fn clear(&self) -> Result<()> {
        for file in ["store.db", "store.db-wal", "store.db-shm"] {
            let path = self.folder.join(file);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).at(&path),
                _ => {}
            }
        }
        Ok(())
    }

    /// The folder of the store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// To read and write a file that its owner alone can read; a new one is empty.
pub(super) fn owned() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if fs::metadata(folder).is_ok_and(|data| data.is_dir()) {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes the number of this process into the lock, for whoever finds it taken.
fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
