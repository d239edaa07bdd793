//! EventBridge event patterns: what an EventBridge rule on a bus says that it wants to receive.
//!
//! Source: EventBridge user guide, "Creating event patterns"; what that leaves open is answered by recorded answers of
//! the service and by the tests of AWS's event-ruler.

mod address;
mod explain;
mod field;
mod fold;
mod hints;
mod matcher;
mod number;
mod parse;
mod read;
mod slips;
#[cfg(test)]
mod tests;
mod tree;
pub mod wildcard;

use super::{Clause, Compiled, Language, Predicate};
use crate::rules::{fault::Fault, gate::Gate, subject::Subject};
pub use hints::is_about_reads;
use parse::Part;
use tree::{Answer, Node};

/// Event patterns of EventBridge.
pub const LANGUAGE: Language = Language { name: "event-pattern", title: "EventBridge event pattern", compile };

fn compile(text: &str) -> Result<Compiled, Vec<Fault>> {
    let pattern = parse::parse(text)?;
    let mut gates: Vec<Gate> = Vec::new();
    for fields in &pattern.alternatives {
        let gate = fields.iter().fold(Gate::OPEN, |gate, field| gate.and(field.gate()));
        // Many alternatives differ in other fields than the one that they are told apart by.
        if !gates.contains(&gate) {
            gates.push(gate);
        }
    }
    let gate = gates.into_iter().fold(Gate::SHUT, Gate::or);
    let alternatives = pattern.alternatives.into_iter().map(Node::of).collect();
    let predicate = Box::new(EventPattern { alternatives, parts: pattern.parts, gate });
    Ok(Compiled { predicate, warnings: pattern.warnings })
}

/// A pattern, understood.
#[derive(Debug)]
struct EventPattern {
    /// One tree for each combination of `$or` branches.
    alternatives: Vec<Node>,
    parts: Vec<Part>,
    gate: Gate,
}

impl Predicate for EventPattern {
    fn matches(&self, subject: &Subject) -> bool {
        self.alternatives.iter().any(|fields| fields.ask(subject.envelope()) != Answer::No)
    }

    fn gate(&self) -> Gate {
        self.gate.clone()
    }

    fn explain(&self, subject: &Subject) -> Vec<Clause> {
        explain::explain(&self.parts, subject.envelope(), self.matches(subject))
    }
}
