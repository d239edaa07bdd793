//! The commands about alert rules: `rules list`, `enable`, `disable`, `match`, `render` and `check`.

mod check;
mod events;
mod list;
mod matching;
mod render;

use std::io::{self, Write};

pub use check::check;
pub use events::Taken;
pub use list::{list, switch};
pub use matching::{Asked, pattern, print_matches};
pub use render::{Sent, print_message};

use crate::{
    model::text::{head_and_tail, visible},
    rules::Fault,
};

/// Characters of a line on standard error: a name that was typed may be as long as the system lets it.
const MOST_OF_A_LINE: usize = 2000;

/// How a command ended, as grep has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There was something.
    Some,
    /// There was nothing.
    None,
    /// The question or the input is wrong; what is was said on standard error.
    Wrong,
}

impl Verdict {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Verdict::Some => 0,
            Verdict::None => 1,
            Verdict::Wrong => 2,
        }
    }
}

/// Says something on standard error, line by line made safe: parts of it were read or typed.
///
/// # Errors
/// Standard error is gone.
pub(super) fn say(text: &str) -> io::Result<()> {
    text.trim_end()
        .lines()
        .try_for_each(|line| writeln!(io::stderr(), "{}", visible(&head_and_tail(line, MOST_OF_A_LINE))))
}

/// Says what is wrong with a text that goes by this name; whether nothing is but what is only to be known.
fn say_faults(name: &str, text: &str, faults: &[Fault]) -> io::Result<bool> {
    faults.iter().try_for_each(|fault| say(&fault.render(name, text)))?;
    Ok(faults.iter().all(|fault| fault.harmless))
}
