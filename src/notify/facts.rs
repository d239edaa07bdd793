//! What is remembered over restarts: small facts, each a key and a few bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, de::DeserializeOwned};

/// A fact to be kept, or one to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub key: String,
    /// Its bytes; `None` forgets it.
    pub value: Option<Vec<u8>>,
}

/// Facts of one sort by their names, and which of them have changed since they were last kept.
#[derive(Debug)]
pub(super) struct Facts<V> {
    /// What their keys start with, with a `/` at the end.
    sort: &'static str,
    all: BTreeMap<String, V>,
    changed: BTreeSet<String>,
}

impl<V: Serialize + DeserializeOwned> Facts<V> {
    pub fn new(sort: &'static str) -> Self {
        Self { sort, all: BTreeMap::new(), changed: BTreeSet::new() }
    }

    pub fn get(&self, name: &str) -> Option<&V> {
        self.all.get(name)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// All of them, by their names.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &V)> {
        self.all.iter()
    }

    pub fn set(&mut self, name: &str, value: V) {
        self.changed.insert(name.to_owned());
        self.all.insert(name.to_owned(), value);
    }

    pub fn forget(&mut self, name: &str) {
        if self.all.remove(name).is_some() {
            self.changed.insert(name.to_owned());
        }
    }

    /// Forgets all that are not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        let gone: Vec<String> =
            self.all.iter().filter(|(_, value)| !keep(value)).map(|(name, _)| name.clone()).collect();
        gone.iter().for_each(|name| self.forget(name));
    }

    /// Takes a fact that was kept, if it is of this sort, and gives its name. One that cannot be read is as if it were
    /// not there.
    pub fn load<'a>(&mut self, key: &'a str, bytes: &[u8]) -> Option<&'a str> {
        let name = key.strip_prefix(self.sort)?;
        self.all.insert(name.to_owned(), serde_json::from_slice(bytes).ok()?);
        Some(name)
    }

    /// What has changed since this was last asked.
    pub fn take_changed(&mut self) -> Vec<Fact> {
        let changed = std::mem::take(&mut self.changed);
        let fact = |name: String| {
            let value = self.all.get(&name).and_then(|value| serde_json::to_vec(value).ok());
            Fact { key: format!("{}{name}", self.sort), value }
        };
        changed.into_iter().map(fact).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_there_again() {
        let mut facts: Facts<u32> = Facts::new("told/");
        facts.set("a", 1);
        facts.set("b", 2);
        facts.forget("b");
        let kept = facts.take_changed();
        assert_eq!(kept[1], Fact { key: "told/b".into(), value: None });
        assert!(facts.take_changed().is_empty());
        let mut again: Facts<u32> = Facts::new("told/");
        again.load("told/a", kept[0].value.as_deref().unwrap());
        again.load("told/c", b"broken");
        again.load("other/d", b"4");
        assert_eq!(again.iter().collect::<Vec<_>>(), [(&"a".to_owned(), &1)]);
    }
}
