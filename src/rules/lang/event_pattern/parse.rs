//! A pattern's JSON to its fields and their alternatives.
//!
//! As in event-ruler's `JsonRuleCompiler`, each branch of an `$or` makes an alternative of all that stands around it, and
//! of two fields with one path in an alternative the last counts.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::Arc,
};

use super::{
    field::{Choice, Field},
    hints,
    read::{self, OPERATORS},
    slips,
};
use crate::rules::{
    fault::{Fault, nearest},
    tape::{Kind, Tape, Value},
};

/// The quota of an account: EventBridge user guide, "EventBridge quotas", event pattern size.
const USUAL_LENGTH: usize = 2048;
/// What AWS raises the quota to on request.
const MOST_LENGTH: usize = 4096;
/// EventBridge user guide, "Comparison operators": combinations of `$or` in one pattern.
const MOST_ALTERNATIVES: usize = 1000;
/// More steps down than any event has. The walks over a pattern are recursive, and this bounds them.
const MOST_DEPTH: usize = 100;

/// Names that AWS keeps for operators to come: they are no fields in an `$or`.
const RESERVED: &[&str] = &[
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// A pattern, read.
#[derive(Debug)]
pub struct Pattern {
    pub alternatives: Vec<Vec<Arc<Field>>>,
    /// The pattern as it is written, in order.
    pub parts: Vec<Part>,
    pub warnings: Vec<Fault>,
}

/// A part of a pattern.
#[derive(Debug)]
pub struct Part {
    pub range: Range<usize>,
    /// How deep it stands in other parts.
    pub depth: usize,
    pub kind: PartKind,
}

#[derive(Debug)]
pub enum PartKind {
    /// All of the next parts hold that are one deeper.
    All,
    /// One of them holds.
    Any,
    Field(Arc<Field>),
}

/// Reads a pattern.
///
/// # Errors
/// All mistakes that are found, those of one field or operator each once.
pub fn parse(text: &str) -> Result<Pattern, Vec<Fault>> {
    let length = text.chars().count();
    let size = format!("the pattern has {length} characters, and an account takes {USUAL_LENGTH}");
    if length > MOST_LENGTH {
        return Err(vec![Fault::new(0..text.len(), size).help("split it into several rules")]);
    }
    let mut tape = Tape::default();
    let root = tape.read(text).map_err(|problem| vec![slips::fault(text, &problem)])?;
    if root.kind() != Kind::Object {
        return Err(vec![Fault::new(root.range(), "Filter is not an object").help(r#"write {"source": ["aws.iam"]}"#)]);
    }
    let mut reader = Reader::default();
    if length > USUAL_LENGTH {
        let warning = Fault::warning(0..text.len(), size);
        reader.faults.push(warning.help("shorten it, or ask AWS for a quota of up to 4,096"));
    }
    reader.parts.push(Part { range: root.range(), depth: 0, kind: PartKind::All });
    reader.object(root, "", false, 1);
    reader.finish()
}

struct Reader {
    /// By path, the number of the field.
    alternatives: Vec<BTreeMap<String, usize>>,
    fields: Vec<Arc<Field>>,
    parts: Vec<Part>,
    /// Mistakes and warnings.
    faults: Vec<Fault>,
    /// The fields that a later one takes the place of.
    replaced: HashSet<usize>,
}

impl Default for Reader {
    fn default() -> Self {
        let alternatives = vec![BTreeMap::new()];
        Self { alternatives, fields: vec![], parts: vec![], faults: vec![], replaced: HashSet::new() }
    }
}

impl Reader {
    fn finish(mut self) -> Result<Pattern, Vec<Fault>> {
        for &field in &self.replaced {
            let field = &self.fields[field];
            let message = format!("`{}` stands here and again below, and the last one counts", field.path);
            self.faults.push(Fault::warning(field.range.clone(), message).help("write all alternatives in one array"));
        }
        self.faults.sort_by_key(|fault| fault.range.start);
        if self.faults.iter().any(|fault| !fault.harmless) {
            self.faults.retain(|fault| !fault.harmless);
            return Err(self.faults);
        }
        let of = |fields: &BTreeMap<String, usize>| fields.values().map(|&at| Arc::clone(&self.fields[at])).collect();
        let alternatives = self.alternatives.iter().map(of).collect();
        Ok(Pattern { alternatives, parts: self.parts, warnings: self.faults })
    }

    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Reads the members of an object; `before` is what their paths start with.
    fn object(&mut self, object: Value<'_>, before: &str, in_or: bool, depth: usize) {
        if object.children().next().is_none() {
            let fault = Fault::new(object.range(), "Empty objects are not allowed");
            return self.fault(fault.help("name at least one field in it"));
        }
        for member in object.children() {
            let key = member.key().unwrap_or_default();
            if key == "$or" {
                self.or(member, before, depth);
                continue;
            }
            if in_or && (RESERVED.contains(&&*key) || OPERATORS.iter().any(|(name, _)| *name == key)) {
                let message = format!("{key} is Ruler reserved fieldName which cannot be used inside $or.");
                self.fault(Fault::new(member.key_range(), message).help("each branch of $or names a field first"));
                continue;
            }
            let path = format!("{before}{key}");
            self.faults.extend(hints::of_key(member, &path));
            self.member(member, path, in_or, depth);
        }
    }

    fn member(&mut self, member: Value<'_>, path: String, in_or: bool, depth: usize) {
        if path.split('.').nth(MOST_DEPTH).is_some() {
            let message = format!("the pattern is nested more than {MOST_DEPTH} deep");
            return self.fault(Fault::new(member.key_range(), message).help("no event is: check the braces"));
        }
        match member.kind() {
            Kind::Object => self.object(member, &format!("{path}."), in_or, depth),
            Kind::Array => self.field(member, path, depth),
            _ => self.fault(scalar(member)),
        }
    }

    fn field(&mut self, array: Value<'_>, path: String, depth: usize) {
        if array.items().next().is_none() {
            let fault = Fault::new(array.range(), "Empty arrays are not allowed");
            return self.fault(fault.help(r#"name what the field may be, or [{"exists": true}]"#));
        }
        let mut choices = Vec::new();
        for item in array.items() {
            match read::matcher(item) {
                Ok(matcher) => choices.push(Choice { matcher, range: item.range(), text: item.raw().to_owned() }),
                Err(fault) => self.fault(fault),
            }
        }
        self.faults.extend(hints::of_values(array, &path));
        let number = self.fields.len();
        for alternative in &mut self.alternatives {
            self.replaced.extend(alternative.insert(path.clone(), number));
        }
        let field = Arc::new(Field::new(path, array.range(), choices));
        self.faults.extend(hints::of_field(&field));
        self.parts.push(Part { range: array.range(), depth, kind: PartKind::Field(Arc::clone(&field)) });
        self.fields.push(field);
    }

    fn or(&mut self, array: Value<'_>, before: &str, depth: usize) {
        let help = r#"write "$or": [{"a": ["x"]}, {"b": ["y"]}]"#;
        if array.kind() != Kind::Array {
            return self.fault(Fault::new(array.range(), "It must be an Array followed with $or.").help(help));
        }
        if array.items().nth(1).is_none() {
            let message = "There must have at least 2 Objects in $or relationship.";
            return self.fault(Fault::new(array.range(), message).help(help));
        }
        // An `$or` is one step down for the recursion, as a key is.
        if depth > MOST_DEPTH {
            return self.fault(Fault::new(array.range(), format!("the pattern is nested more than {MOST_DEPTH} deep")));
        }
        self.parts.push(Part { range: array.range(), depth, kind: PartKind::Any });
        let (around, mut sum) = (std::mem::take(&mut self.alternatives), Vec::new());
        for branch in array.items() {
            if branch.kind() != Kind::Object {
                let message = "Only JSON object is allowed in array of $or relationship.";
                self.fault(Fault::new(branch.range(), message).help(help));
                continue;
            }
            self.alternatives = around.clone();
            self.parts.push(Part { range: branch.range(), depth: depth + 1, kind: PartKind::All });
            self.object(branch, before, true, depth + 2);
            sum.append(&mut self.alternatives);
            if sum.len() > MOST_ALTERNATIVES {
                let message = format!("more than {MOST_ALTERNATIVES} combinations of $or branches");
                self.fault(Fault::new(array.range(), message).help("split the pattern into several rules"));
                break;
            }
        }
        sum.truncate(MOST_ALTERNATIVES);
        self.alternatives = sum;
    }
}

/// A value that stands where an array should.
fn scalar(member: Value<'_>) -> Fault {
    let key = member.key().unwrap_or_default();
    let fault = Fault::new(member.range(), format!("\"{key}\" must be an object or an array"));
    let raw = member.raw();
    match nearest(&key, OPERATORS.iter().map(|(name, _)| *name)) {
        Some(operator) => fault.help(format!("an operator stands in an array: [{{\"{operator}\": {raw}}}]")),
        None => fault.help(format!("put it in an array: [{raw}]")),
    }
}
