//! The outbox of a channel: whose turn it is, and when a try that failed is made again.

use chrono::TimeDelta;

use crate::model::{Delivery, Message, Time, duration::Span};

/// The pause after the first try that failed; it doubles with each.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);
/// No pause is longer.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// So long after it was made a message is given up…
const GIVE_UP: TimeDelta = TimeDelta::hours(24);
/// …but not before so many tries, a good half hour: the machine may have slept all the while.
const FEWEST_TRIES: u32 = 12;

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The channel took it.
    Sent,
    /// It may work later; after so long at the earliest, when the channel says so.
    Failed { after: Option<Span> },
    /// The channel will never take this message, for a reason that is its own: the next ones need not wait for it.
    Refused,
}

/// The pause after so many tries that failed; `random` is any number, and makes it between half of it and all.
pub fn pause(tries: u32, random: u64) -> TimeDelta {
    let doubled = FIRST_PAUSE * (1 << tries.saturating_sub(1).min(20));
    let whole = doubled.min(LONGEST_PAUSE);
    whole / 2 + TimeDelta::milliseconds((random % 1_001).cast_signed() * whole.num_milliseconds() / 2_000)
}

/// Notes a try in a message: how often it was tried, what came of it in words that may be shown, and what is next.
pub fn note(message: &mut Message, tried: Tried, said: String, now: Time, random: u64) {
    message.tries = message.tries.saturating_add(1);
    message.said = said;
    let is_over = now - message.made >= GIVE_UP && message.tries >= FEWEST_TRIES;
    message.state = match tried {
        Tried::Sent => Delivery::Sent { at: now },
        Tried::Refused => Delivery::Failed { at: now },
        Tried::Failed { .. } if is_over => Delivery::Failed { at: now },
        Tried::Failed { after } => {
            let asked = after.map_or(TimeDelta::zero(), Span::chrono).min(LONGEST_PAUSE);
            Delivery::Waiting { due: now + pause(message.tries, random).max(asked) }
        }
    };
}

/// Whether a message is to be tried now. One that is due later than any pause was put off by a clock that was wrong.
pub fn is_due(message: &Message, now: Time) -> bool {
    match message.state {
        Delivery::Waiting { due } => due <= now || due - now > LONGEST_PAUSE,
        Delivery::Sent { .. } | Delivery::Failed { .. } | Delivery::Held { .. } => false,
    }
}

/// The message of a channel whose turn it is: the first that waits, due or not, so that what a person reads has its
/// order. `messages` are in the order of their ids.
pub fn turn<'a>(channel: &str, messages: impl IntoIterator<Item = &'a Message>) -> Option<&'a Message> {
    let waits = |message: &&Message| matches!(message.state, Delivery::Waiting { .. });
    messages.into_iter().filter(|message| message.channel == channel).find(waits)
}

/// Tries it once more at once, by hand: whatever became of it, and with a day of its own.
pub fn retry_now(message: &mut Message, now: Time) {
    message.made = now;
    message.tries = 0;
    message.state = Delivery::Waiting { due: now };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::notify::samples::{at, message};

    #[test]
    fn pauses_double_from_a_second_to_ten_minutes() {
        let seconds: Vec<i64> = (1..=13).map(|tries| pause(tries, 1_000).num_seconds()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
        assert_eq!(pause(1, 0), TimeDelta::milliseconds(500));
    }

    #[test]
    fn a_try_that_failed_is_made_again_for_a_day() {
        let mut one = message(1, at(0));
        let (mut now, mut tries) = (at(0), 0);
        while let Delivery::Waiting { due } = one.state {
            assert!(!is_due(&one, due - TimeDelta::milliseconds(1)) && is_due(&one, due));
            now = due;
            note(&mut one, Tried::Failed { after: None }, "HTTP 500".into(), now, tries * 379);
            tries += 1;
        }
        assert_eq!(one.state, Delivery::Failed { at: now });
        assert!(now - one.made >= GIVE_UP && now - one.made < GIVE_UP + LONGEST_PAUSE);
        assert!((140..300).contains(&one.tries), "{}", one.tries);
    }

    #[test]
    fn after_a_long_sleep_it_is_tried_for_a_while_before_it_is_given_up() {
        let mut one = message(1, at(0));
        for _ in 0..11 {
            note(&mut one, Tried::Failed { after: None }, String::new(), at(200_000), 7);
            assert!(matches!(one.state, Delivery::Waiting { .. }));
        }
        note(&mut one, Tried::Failed { after: None }, String::new(), at(202_000), 7);
        assert!(matches!(one.state, Delivery::Failed { .. }));
        retry_now(&mut one, at(300_000));
        assert!(is_due(&one, at(300_000)));
    }

    #[test]
    fn the_channel_may_ask_for_a_longer_pause_but_not_for_ever() {
        let mut one = message(1, at(0));
        note(&mut one, Tried::Failed { after: Some(Span::seconds(30)) }, String::new(), at(0), 0);
        assert_eq!(one.state, Delivery::Waiting { due: at(30) });
        note(&mut one, Tried::Failed { after: Some(Span::seconds(9_999_999)) }, String::new(), at(0), 0);
        assert_eq!(one.state, Delivery::Waiting { due: at(600) });
    }

    #[test]
    fn a_message_that_is_refused_for_good_holds_nobody() {
        let mut messages = [message(1, at(0)), message(2, at(0))];
        note(&mut messages[0], Tried::Failed { after: None }, String::new(), at(0), 0);
        assert_eq!(turn("desktop", &messages).map(|message| message.id), Some(1));
        note(&mut messages[0], Tried::Refused, "HTTP 413".into(), at(1), 0);
        assert_eq!(turn("desktop", &messages).map(|message| message.id), Some(2));
        note(&mut messages[1], Tried::Sent, String::new(), at(2), 0);
        assert_eq!(turn("desktop", &messages), None);
        assert_eq!(turn("other", &[message(3, at(0))]), None);
    }

    #[test]
    fn a_clock_that_is_set_back_puts_nothing_off() {
        let mut one = message(1, at(0));
        one.state = Delivery::Waiting { due: at(7_200) };
        assert!(is_due(&one, at(0)));
    }

    proptest! {
        #[test]
        fn a_pause_lies_between_half_a_second_and_ten_minutes(tries in any::<u32>(), random in any::<u64>()) {
            let pause = pause(tries, random);
            prop_assert!(TimeDelta::milliseconds(500) <= pause && pause <= LONGEST_PAUSE);
        }
    }
}
