//! What a composite alarm's rule and reason say, with alarms by their names instead of their ARNs.

use super::{Alarm, AlarmKind, AlarmState};

/// The part of an alarm's ARN before its name. Source: CloudWatch service authorization reference, resource types.
const BEFORE_NAME: &str = ":alarm:";

/// The names and ARNs in a rule, and its other words: whoever knows the alarms can tell them apart.
///
/// Source: PutCompositeAlarm, `AlarmRule`: a name may stand in quotes, and must where it has blanks or parentheses.
fn words(rule: &str) -> Vec<&str> {
    let bare =
        |text| str::split(text, |c: char| c.is_whitespace() || "(),".contains(c)).filter(|word| !word.is_empty());
    let parts = rule.split('"').enumerate();
    parts.flat_map(|(i, part)| if i % 2 == 1 { vec![part] } else { bare(part).collect() }).collect()
}

/// The alarms that a composite's rule names, those in the state it is in itself, in the order of the rule.
fn children<'a>(alarm: &'a Alarm, all: impl Iterator<Item = &'a Alarm>) -> Vec<&'a str> {
    let words = words(&alarm.condition);
    let place = |child: &Alarm| words.iter().position(|word| *word == child.name || *word == child.arn);
    let same = all.filter(|child| child.region == alarm.region && child.state == alarm.state);
    let mut found: Vec<_> = same.filter_map(|child| Some((place(child)?, child.name.as_str()))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, name)| name).collect()
}

/// Why a composite alarm is in ALARM or has no data, by the alarms in its rule: `lambda-errors, queue-depth in ALARM`.
/// Where none of them is in that state any more, or none is known, the child that its reason names. `None` for other
/// alarms and for a reason of another form.
pub fn because<'a>(alarm: &'a Alarm, all: impl Iterator<Item = &'a Alarm>) -> Option<String> {
    let state = match (alarm.kind, alarm.state) {
        (AlarmKind::Composite, AlarmState::Alarm) => "in ALARM",
        (AlarmKind::Composite, AlarmState::InsufficientData) => "without data",
        _ => return None,
    };
    match children(alarm, all).join(", ") {
        names if !names.is_empty() => Some(format!("{names} {state}")),
        _ => followed(&alarm.reason),
    }
}

/// `lambda-errors went to ALARM`, from `arn:…:alarm:lambda-errors transitioned to ALARM at Saturday …`.
fn followed(reason: &str) -> Option<String> {
    let (arn, rest) = reason.split_once(" transitioned to ")?;
    let (_, name) = arn.split_once(BEFORE_NAME)?;
    Some(format!("{name} went to {}", rest.split(' ').next()?))
}

/// A rule with names for ARNs: `ALARM(lambda-errors)`.
pub fn with_names(rule: &str) -> String {
    let mut parts = rule.split("arn:");
    let mut named = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(BEFORE_NAME).filter(|(before, _)| before.split(':').count() == 4) {
            Some((_, rest)) => named.push_str(rest),
            None => named.extend(["arn:", part]),
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Region;

    fn alarm(name: &str, kind: AlarmKind, state: AlarmState, words: (&str, &str)) -> Alarm {
        Alarm {
            region: Region::new("eu-west-1"),
            name: name.into(),
            arn: format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
            kind,
            description: String::new(),
            state,
            reason: words.1.into(),
            reason_data: String::new(),
            since: None,
            updated: None,
            actions_enabled: true,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            evaluation_state: String::new(),
            suppressed_by: String::new(),
            condition: words.0.into(),
            missing_data: String::new(),
            settings: Vec::new(),
        }
    }

    const RULE: &str = "ALARM(\"late queue\") OR (ALARM(arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors) AND NOT \
                        ALARM(deploying))";
    const REASON: &str =
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors transitioned to ALARM at Saturday 21 November, 2026";

    #[test]
    fn a_composite_alarm_is_explained_by_the_children_that_are_in_its_state() {
        let composite = alarm("checkout", AlarmKind::Composite, AlarmState::Alarm, (RULE, REASON));
        let child = |name, state| alarm(name, AlarmKind::Metric, state, ("", ""));
        let red = AlarmState::Alarm;
        let all = [child("errors", red), child("late queue", red), child("deploying", AlarmState::Ok), child("x", red)];
        assert_eq!(because(&composite, all.iter()).as_deref(), Some("late queue, errors in ALARM"));
        assert_eq!(because(&composite, [].iter()).as_deref(), Some("errors went to ALARM"));
        assert_eq!(because(&all[0], all.iter()), None);
        let odd = Alarm { reason: "set by hand".into(), ..composite };
        assert_eq!(because(&odd, [].iter()), None);
    }

    #[test]
    fn a_rule_is_read_with_names() {
        assert_eq!(with_names(RULE), "ALARM(\"late queue\") OR (ALARM(errors) AND NOT ALARM(deploying))");
        assert_eq!(with_names("ALARM(arn:odd)"), "ALARM(arn:odd)");
    }
}
