//! What is of a fixed size in an event, as bits: one bit for each thing that it may be.

use std::ops::Range;

use crate::model::{ActorKind, Event, Outcome, Severity};

/// One bit of each group for an event; for a block, those of all its events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(pub u32);

const SEVERITY: Range<u32> = 0..5;
/// No rule fired, then by severity.
const FIRED: Range<u32> = 5..11;
const KIND: Range<u32> = 11..18;
const ENDING: Range<u32> = 18..21;
const LATE: Range<u32> = 21..23;
const READ: Range<u32> = 23..25;

const KINDS: [ActorKind; 7] = [
    ActorKind::Unknown,
    ActorKind::Root,
    ActorKind::User,
    ActorKind::Role,
    ActorKind::Federated,
    ActorKind::Service,
    ActorKind::Account,
];

fn of(group: Range<u32>, which: usize) -> u32 {
    1 << (group.start + which as u32)
}

fn severity(severity: Severity) -> usize {
    Severity::ALL.iter().position(|known| *known == severity).unwrap_or(0)
}

fn kind(kind: ActorKind) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or(0)
}

impl Marks {
    pub fn of(event: &Event) -> Self {
        let ending = match event.outcome {
            Outcome::Succeeded => 0,
            Outcome::Denied(_) => 1,
            Outcome::Failed(_) => 2,
        };
        Self(
            of(SEVERITY, severity(event.severity))
                | of(FIRED, event.fired.map_or(0, |fired| severity(fired) + 1))
                | of(KIND, kind(event.actor.kind))
                | of(ENDING, ending)
                | of(LATE, event.late.into())
                | of(READ, event.read_only.into()),
        )
    }

    /// Which of a group's bits is set; the first when none is.
    fn which(self, group: Range<u32>) -> usize {
        let bits = self.0 >> group.start & ((1 << group.len()) - 1);
        if bits == 0 { 0 } else { bits.trailing_zeros() as usize }
    }

    pub fn severity(self) -> Severity {
        Severity::ALL[self.which(SEVERITY)]
    }

    pub fn fired(self) -> Option<Severity> {
        self.which(FIRED).checked_sub(1).map(|which| Severity::ALL[which])
    }

    pub fn kind(self) -> ActorKind {
        KINDS[self.which(KIND)]
    }

    pub fn outcome(self, code: &str) -> Outcome {
        match self.which(ENDING) {
            0 => Outcome::Succeeded,
            1 => Outcome::Denied(code.to_owned()),
            _ => Outcome::Failed(code.to_owned()),
        }
    }

    pub fn late(self) -> bool {
        self.which(LATE) == 1
    }

    pub fn read_only(self) -> bool {
        self.which(READ) == 1
    }
}

/// The bits of which an event must have one: all of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted(u32);

impl Wanted {
    pub fn at_least(least: Severity) -> Self {
        Self(Severity::ALL.into_iter().filter(|known| *known >= least).map(|s| of(SEVERITY, severity(s))).sum())
    }

    pub fn kinds(kinds: &[ActorKind]) -> Self {
        Self(kinds.iter().fold(0, |bits, known| bits | of(KIND, kind(*known))))
    }

    pub fn not_succeeded() -> Self {
        Self(of(ENDING, 1) | of(ENDING, 2))
    }

    pub fn fired(fired: bool) -> Self {
        let none = of(FIRED, 0);
        Self(if fired { all(FIRED) & !none } else { none })
    }

    pub fn late(late: bool) -> Self {
        Self(of(LATE, late.into()))
    }

    pub fn read_only(read_only: bool) -> Self {
        Self(of(READ, read_only.into()))
    }

    /// The other bits of its group; of no bits at all, those of every event.
    pub fn negated(self) -> Self {
        let groups = [SEVERITY, FIRED, KIND, ENDING, LATE, READ].map(all);
        let group = groups.into_iter().find(|group| self.0 & group != 0);
        Self(group.unwrap_or(all(SEVERITY)) & !self.0)
    }

    /// Whether the event is so; for the marks of a block, whether one of its events may be.
    pub fn holds(self, marks: Marks) -> bool {
        marks.0 & self.0 != 0
    }
}

fn all(group: Range<u32>) -> u32 {
    ((1 << group.len()) - 1) << group.start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::event;

    #[test]
    fn marks_say_what_an_event_is() {
        for severity in Severity::ALL {
            for kind in KINDS {
                let (fired, late) = (Some(severity), severity == Severity::Low);
                let outcome = if late { Outcome::Denied("X".into()) } else { Outcome::Failed("X".into()) };
                let mut event = Event { severity, fired, late, read_only: !late, outcome, ..event(1) };
                event.actor.kind = kind;
                let marks = Marks::of(&event);
                assert_eq!((marks.severity(), marks.fired(), marks.kind()), (severity, fired, kind));
                assert_eq!((marks.late(), marks.read_only()), (late, !late));
                assert_eq!(marks.outcome("X"), event.outcome);
                assert!(Wanted::at_least(severity).holds(marks) && !Wanted::at_least(severity).negated().holds(marks));
                assert!(Wanted::fired(true).holds(marks) && !Wanted::fired(false).holds(marks));
            }
        }
    }

    #[test]
    fn not_of_nothing_is_everything() {
        let marks = Marks::of(&event(1));
        assert!(!Wanted::kinds(&[]).holds(marks));
        assert!(Wanted::kinds(&[]).negated().holds(marks));
    }
}
