//! The log: a file of JSON lines that only grows, readable by its owner.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::timeout;

use super::{Channel, Means, Refused, Said, Sending, shape};
use crate::{
    config::{
        self,
        notify::{self, ChannelKind},
    },
    model::Message,
};

/// For a disk that is busy, or far away.
const PATIENCE: Duration = Duration::from_secs(10);
/// The name of the log that has no path of its own.
const NAME: &str = "notices.jsonl";

struct Log {
    name: String,
    path: Option<PathBuf>,
}

pub(super) fn open(channel: &notify::Channel, means: &Means) -> Option<Box<dyn Channel>> {
    let ChannelKind::Log { path } = &channel.kind else { return None };
    let path = path.clone().or_else(|| means.folder.as_ref().map(|folder| folder.join(NAME)));
    Some(Box::new(Log { name: channel.name.clone(), path }))
}

impl Channel for Log {
    fn name(&self) -> &str {
        &self.name
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let no_home = "the log has no place: set HOME, or write path = \"/…\" for the channel";
            let path = self.path.clone().ok_or_else(|| Refused::last(no_home))?;
            let line = shape::text(message) + "\n";
            let written = tokio::task::spawn_blocking(move || {
                append(&path, &line).map_err(|error| format!("{}: cannot be written: {error}", path.display()))
            });
            let written = timeout(PATIENCE, written).await.map_err(|_| Refused::passing("the disk did not answer"))?;
            let written = written.unwrap_or_else(|error| Err(error.to_string()));
            written.map(|()| Said::new("written")).map_err(Refused::passing)
        })
    }
}

/// Adds a line in one piece; it is on the disk when this returns.
fn append(path: &Path, line: &str) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        // Writing into a pipe might never end.
        return Err(io::Error::other("it is not a regular file; name one"));
    }
    if let Some(folder) = path.parent() {
        config::make_folder(folder)?;
    }
    let mut file = config::owned().append(true).create(true).open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::text::is_unsafe, notify::channel::samples};

    async fn send(path: PathBuf) -> Result<Said, Refused> {
        Log { name: "file".to_owned(), path: Some(path) }.send(&samples::hostile()).await
    }

    #[tokio::test]
    async fn each_message_is_a_line_that_only_the_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/notices.jsonl");
        for _ in 0..2 {
            assert_eq!(send(path.clone()).await, Ok(Said::new("written")));
        }
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2);
        for line in text.lines() {
            assert!(!line.contains(is_unsafe));
            assert_eq!(serde_json::from_str::<serde_json::Value>(line).unwrap()["rule"], "root-sign-in");
        }
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[tokio::test]
    async fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = send(folder.path().to_owned()).await.unwrap_err();
        assert!(refused.retry && refused.words.ends_with("it is not a regular file; name one"), "{refused:?}");
    }
}
