//! One value type between the wire protocols and the services, so that neither knows the other.

use std::borrow::Cow;

use chrono::{DateTime, TimeZone, Utc};

use super::fault::Fault;

/// A decoded input or an output on its way to an encoder.
///
/// The set is Smithy's, minus what no operation here needs. A [`Value::Null`] member of a map is not written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Double(f64),
    Text(String),
    Time(DateTime<Utc>),
    List(Vec<Value>),
    Map(Vec<(Cow<'static, str>, Value)>),
}

impl Value {
    /// A structure with the members in the order given.
    pub fn map<const N: usize>(members: [(&'static str, Value); N]) -> Self {
        Self::Map(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
    }

    /// The members that are set, if this is a structure.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        let members: &[_] = if let Self::Map(members) = self { members } else { &[] };
        members.iter().filter(|(_, value)| *value != Self::Null).map(|(name, value)| (name.as_ref(), value))
    }

    /// The member of that name, unless it is missing or null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members().find(|(member, _)| *member == name).map(|(_, value)| value)
    }

    /// Sets or replaces a member; anything but a structure becomes one.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: Value) {
        let name = name.into();
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        if let Self::Map(members) = self {
            members.retain(|(member, _)| *member != name);
            members.push((name, value));
        }
    }

    /// A text member. Errors when it has another type.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Fault> {
        self.read(name, "a string", |value| match value {
            Self::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// A whole number; the query protocol and URLs send it as text.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.read(name, "an integer", |value| match value {
            Self::Integer(number) => Some(*number),
            Self::Double(number) if number.fract() == 0.0 => Some(*number as i64),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// A flag; the query protocol and URLs send it as text.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Fault> {
        self.read(name, "a boolean", |value| match value {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// A moment: a CBOR timestamp, JSON epoch seconds, or ISO 8601 text.
    pub fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, Fault> {
        self.read(name, "a timestamp", |value| match value {
            Self::Time(time) => Some(*time),
            Self::Integer(seconds) => Utc.timestamp_opt(*seconds, 0).single(),
            Self::Double(seconds) => Utc.timestamp_millis_opt((seconds * 1e3).round() as i64).single(),
            Self::Text(text) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()),
            _ => None,
        })
    }

    /// A list member; a missing one is empty.
    pub fn list(&self, name: &str) -> Result<&[Value], Fault> {
        let list = self.read(name, "a list", |value| match value {
            Self::List(items) => Some(items.as_slice()),
            _ => None,
        });
        list.map(Option::unwrap_or_default)
    }

    /// A list of texts; a missing one is empty.
    pub fn texts(&self, name: &str) -> Result<Vec<&str>, Fault> {
        let mut texts = Vec::new();
        for item in self.list(name)? {
            let Self::Text(text) = item else { return Err(Fault::wrong_type(name, "a list of strings")) };
            texts.push(text.as_str());
        }
        Ok(texts)
    }

    fn read<'a, T>(
        &'a self,
        name: &str,
        wanted: &str,
        convert: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => convert(value).map(Some).ok_or_else(|| Fault::wrong_type(name, wanted)),
        }
    }
}

macro_rules! value_from {
    ($($from:ty => |$value:ident| $into:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        }
    )*};
}

value_from! {
    bool => |flag| Self::Bool(flag);
    i32 => |number| Self::Integer(number.into());
    i64 => |number| Self::Integer(number);
    usize => |number| Self::Integer(number as i64);
    f64 => |number| Self::Double(number);
    &str => |text| Self::Text(text.to_owned());
    String => |text| Self::Text(text);
    DateTime<Utc> => |time| Self::Time(time);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_from_every_protocols_spelling() {
        for value in [Value::Integer(7), Value::Double(7.0), Value::from("7")] {
            assert_eq!(Value::map([("N", value)]).integer("N").ok(), Some(Some(7)));
        }
        assert!(Value::map([("N", Value::Double(7.5))]).integer("N").is_err());
    }

    #[test]
    fn a_null_member_is_a_missing_one() {
        let value = Value::map([("Name", Value::Null)]);
        assert_eq!(value.members().count(), 0);
        assert_eq!(value.text("Name").ok(), Some(None));
    }
}
