//! Events that wait for a block: few came with them, so each is a row of its own for a while.

use rusqlite::{Connection, Row, params};

use super::{Reader, error::Result, marks::Marks, view::time};
use crate::model::{Actor, Event, Region};

/// Adds an event under its number.
pub(super) fn insert(db: &Connection, number: i64, event: &Event) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached("INSERT INTO fresh VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)")?;
    insert.execute(params![
        number,
        event.time.timestamp_micros(),
        event.seen.timestamp_micros(),
        event.id,
        Marks::of(event).0,
        event.region.as_str(),
        event.service,
        event.name,
        event.actor.name,
        event.target,
        event.source_address,
        event.outcome.code(),
        event.record,
    ])?;
    Ok(())
}

fn event(row: &Row<'_>) -> rusqlite::Result<(i64, Event)> {
    let marks = Marks(row.get(4)?);
    let event = Event {
        id: row.get(3)?,
        time: time(row.get(1)?),
        seen: time(row.get(2)?),
        region: Region::new(row.get::<_, String>(5)?),
        late: marks.late(),
        severity: marks.severity(),
        fired: marks.fired(),
        read_only: marks.read_only(),
        actor: Actor { kind: marks.kind(), name: row.get(8)? },
        name: row.get(7)?,
        service: row.get(6)?,
        target: row.get(9)?,
        source_address: row.get(10)?,
        outcome: marks.outcome(&row.get::<_, String>(11)?),
        record: row.get(12)?,
    };
    Ok((row.get(0)?, event))
}

/// The events that happened between two times, both of them too, with their numbers.
pub(super) fn between(reader: &Reader, since: i64, until: i64) -> Result<Vec<(i64, Event)>> {
    reader.all("SELECT * FROM fresh WHERE time BETWEEN ?1 AND ?2", [since, until], event)
}

/// The oldest by time, with their numbers.
pub(super) fn oldest(reader: &Reader, count: usize) -> Result<Vec<(i64, Event)>> {
    reader.all("SELECT * FROM fresh ORDER BY time, number LIMIT ?1", [count as i64], event)
}

/// Whether an event with this id waits.
pub(super) fn has(db: &Connection, id: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM fresh WHERE id = ?1")?.exists([id])
}

/// How many wait, and the bytes of their records.
pub(super) fn weigh(db: &Connection) -> rusqlite::Result<(i64, i64)> {
    let sql = "SELECT count(*), ifnull(sum(octet_length(record)), 0) FROM fresh";
    db.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Takes an event out.
pub(super) fn remove(db: &Connection, number: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM fresh WHERE number = ?1")?.execute([number])?;
    Ok(())
}
