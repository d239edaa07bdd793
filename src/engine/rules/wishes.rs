//! What the operator asks of the rules and of what they have said.

use chrono::Utc;

use super::{
    super::keeper::{self, kept_changes},
    Rules, SWITCHES, unwritten, written_at,
};
use crate::{
    model::{AlarmChange, AlertState, Update},
    rulebook::{self, kept},
    store,
};

impl Rules {
    /// Makes a message due now, or all that wait.
    pub fn retry(&self, id: Option<i64>) {
        let state = self.lock();
        let noted = state.reader().map(|reader| keeper::retry(reader, id, Utc::now()));
        drop(state);
        self.tell_unnoted(noted);
        self.posted.send_replace(());
    }

    /// Switches a rule, and keeps that for the next start.
    pub fn switch(&self, name: String, on: bool) {
        {
            let mut state = self.lock();
            if !state.watch.switch(&name, on) {
                return;
            }
            let path = self.places.switches.as_deref();
            let change = [(name.clone(), on)];
            state.trouble[SWITCHES] = match path.map(|path| kept::switch(path, change)) {
                Some(Ok(all)) => {
                    state.follow(all);
                    None
                }
                failed => {
                    state.switches.insert(name, on);
                    let error = failed.and_then(Result::err);
                    error.zip(path).map(|(error, path)| unwritten(path, &error, "switches end with this run"))
                }
            };
            state.switched = written_at(path);
        }
        self.tell();
    }

    /// Writes a rule of the operator's, and reads it as every other.
    pub fn save(&self, file: String, text: &str) {
        let path = match self.places.written() {
            Some(folder) => rulebook::save(folder, &file, text).map(|path| path.display().to_string()),
            None => Err("there is no folder for rules: set HOME or XDG_CONFIG_HOME, and start again".to_owned()),
        };
        if path.is_ok() {
            self.lock().read_files();
            self.tell();
        }
        (self.listener)(Update::RuleSaved { file, path });
    }

    /// Notes what was done with an alert.
    pub fn set_alert(&self, id: &str, alert: AlertState) {
        let (alerts, kept) = {
            let mut state = self.lock();
            state.watch.set_alert(id, alert);
            // On a disk that is full it lasts as long as the program.
            let noted = state.reader().map(|reader| reader.set_alert_state(id, alert).map(|_| ()));
            if state.beside.is_some() {
                drop(state);
                return self.tell_unnoted(noted);
            }
            state.keep(None)
        };
        self.pass_on(alerts, kept);
    }

    /// Says that a wish did not reach the store.
    fn tell_unnoted(&self, noted: Option<store::Result<()>>) {
        if let Some(Err(error)) = noted {
            (self.listener)(Update::Said(format!("not done: {error}; try again")));
        }
    }

    /// The changes of a local alarm, the newest first.
    pub fn alarm_changes(&self, name: &str) -> Vec<AlarmChange> {
        let state = self.lock();
        let ours = state.watch.alarm_changes(name).unwrap_or_default();
        match state.reader() {
            Some(reader) => kept_changes(reader, name, ours),
            None => ours,
        }
    }
}
