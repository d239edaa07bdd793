//! The outbox: messages that are owed to somebody, and how each went.

use rusqlite::{Row, params};

use super::{
    Reader,
    alerts::json,
    error::{At, Result},
    view::time,
};
use crate::model::{Delivery, Message, Time};

/// Puts a message in and gives its id; `None` when its channel has had one with its key.
pub(super) fn put(reader: &Reader, message: &Message) -> Result<Option<i64>> {
    let notice = serde_json::to_string(&message.notice).at(&reader.path)?;
    let sql = "INSERT INTO outbox (channel, key, made, state, at, tries, said, notice)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (channel, key) DO NOTHING";
    let Message { channel, tries, said, .. } = message;
    let (made, state, at) = (message.made.timestamp_micros(), message.state.as_str(), at(message.state));
    let row = params![channel, message.notice.key, made, state, at, tries, said, notice];
    let put = reader.db.prepare_cached(sql).and_then(|mut put| put.execute(row)).at(&reader.path)?;
    Ok((put > 0).then(|| reader.db.last_insert_rowid()))
}

/// The time that a state has, in microseconds.
fn at(state: Delivery) -> i64 {
    let (Delivery::Waiting { due: at } | Delivery::Sent { at } | Delivery::Failed { at } | Delivery::Held { at }) =
        state;
    at.timestamp_micros()
}

/// What [`message`] reads.
const COLUMNS: &str = "id, channel, made, state, at, tries, said, notice";

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let at = time(row.get(4)?);
    Ok(Message {
        id: row.get(0)?,
        channel: row.get(1)?,
        made: time(row.get(2)?),
        state: match row.get_ref(3)?.as_str()? {
            "sent" => Delivery::Sent { at },
            "failed" => Delivery::Failed { at },
            "held" => Delivery::Held { at },
            _ => Delivery::Waiting { due: at },
        },
        tries: row.get(5)?,
        said: row.get(6)?,
        notice: json(row, 7)?,
    })
}

impl Reader {
    /// The messages of a channel that wait, in the order in which they are sent, at most so many.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn waiting(&self, channel: &str, limit: usize) -> Result<Vec<Message>> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE state = 'waiting' AND channel = ?1 ORDER BY id LIMIT ?2");
        self.all(&sql, params![channel, limit as i64], message)
    }

    /// The channels for which messages wait, and how many.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn waiting_by_channel(&self) -> Result<Vec<(String, u64)>> {
        let sql = "SELECT channel, count(*) FROM outbox WHERE state = 'waiting' GROUP BY channel ORDER BY channel";
        self.all(sql, [], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.max(0) as u64)))
    }

    /// The messages of a channel that were held back at this time or after it, in order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn held(&self, channel: &str, since: Time) -> Result<Vec<Message>> {
        let sql =
            format!("SELECT {COLUMNS} FROM outbox WHERE state = 'held' AND channel = ?1 AND at >= ?2 ORDER BY id");
        self.all(&sql, params![channel, since.timestamp_micros()], message)
    }

    /// The messages last put in, the newest first, at most so many.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn messages(&self, limit: usize) -> Result<Vec<Message>> {
        let sql = format!("SELECT {COLUMNS} FROM outbox ORDER BY id DESC LIMIT ?1");
        self.all(&sql, [limit as i64], message)
    }

    /// Notes how a message went, or that it is to be tried again; also beside the writer, who learns of it by
    /// [`Reader::changed`]. `said` must be fit to be shown. `false` when there is no such message.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn mark(&self, id: i64, state: Delivery, tries: u32, said: &str) -> Result<bool> {
        let sql = "UPDATE outbox SET state = ?2, at = ?3, tries = ?4, said = ?5 WHERE id = ?1";
        Ok(self.change(sql, params![id, state.as_str(), at(state), tries, said])? > 0)
    }
}
