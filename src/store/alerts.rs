//! Alerts, and what was done with them.

use rusqlite::{Row, params, types::Type};

use super::{
    Reader,
    error::{At, Result},
    view::time,
};
use crate::model::{Alert, AlertState};

/// Keeps an alert; what was done with one that is there stays.
pub(super) fn put(reader: &Reader, alert: &Alert) -> Result<()> {
    let body = serde_json::to_string(alert).at(&reader.path)?;
    let (state, until) = state(alert.state);
    let sql = "INSERT INTO alerts (id, rule, severity, last, state, until, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (id) DO UPDATE SET
            rule = excluded.rule, severity = excluded.severity, last = excluded.last, body = excluded.body";
    let last = alert.last.timestamp_micros();
    let row = params![alert.id, alert.rule, alert.severity.as_str(), last, state, until, body];
    reader.db.prepare_cached(sql).and_then(|mut put| put.execute(row)).at(&reader.path)?;
    Ok(())
}

/// The word of a state, and its time in microseconds.
fn state(state: AlertState) -> (&'static str, Option<i64>) {
    let until = match state {
        AlertState::Snoozed { until } => Some(until.timestamp_micros()),
        AlertState::Open | AlertState::Acknowledged => None,
    };
    (state.as_str(), until)
}

fn alert(row: &Row<'_>) -> rusqlite::Result<Alert> {
    Ok(Alert { state: read_state(row)?, ..json(row, 0)? })
}

/// The state in the second column, with its time in the third.
fn read_state(row: &Row<'_>) -> rusqlite::Result<AlertState> {
    Ok(match (row.get_ref(1)?.as_str()?, row.get::<_, Option<i64>>(2)?) {
        ("acknowledged", _) => AlertState::Acknowledged,
        ("snoozed", Some(until)) => AlertState::Snoozed { until: time(until) },
        _ => AlertState::Open,
    })
}

/// What a column has as JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

impl Reader {
    /// The alerts whose last event is the newest, at most so many.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn alerts(&self, limit: usize) -> Result<Vec<Alert>> {
        self.all("SELECT body, state, until FROM alerts ORDER BY last DESC LIMIT ?1", [limit as i64], alert)
    }

    /// All alerts that nobody has acknowledged, however old, the newest first; snoozed ones are among them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn unacknowledged_alerts(&self) -> Result<Vec<Alert>> {
        let sql = "SELECT body, state, until FROM alerts WHERE state IN ('open', 'snoozed') ORDER BY last DESC";
        self.all(sql, [], alert)
    }

    /// What was done with each alert, by its id: what [`Reader::set_alert_state`] has changed, without the alerts.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn alert_states(&self) -> Result<Vec<(String, AlertState)>> {
        self.all("SELECT id, state, until FROM alerts", [], |row| Ok((row.get(0)?, read_state(row)?)))
    }

    /// The alert with an id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn alert(&self, id: &str) -> Result<Option<Alert>> {
        Ok(self.all("SELECT body, state, until FROM alerts WHERE id = ?1", [id], alert)?.pop())
    }

    /// Notes what was done with an alert, also beside the writer, who learns of it by [`Reader::changed`]. `false` when
    /// there is no such alert.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_alert_state(&self, id: &str, to: AlertState) -> Result<bool> {
        let (word, until) = state(to);
        let sql = "UPDATE alerts SET state = ?2, until = ?3 WHERE id = ?1";
        Ok(self.change(sql, params![id, word, until])? > 0)
    }
}
