//! Every command, in one table: keys, help, hints and the command line are read from it.

/// What the operator can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Quit,
    Back,
    Leave,
    Help,
    CommandLine,
    Filter,
    NextPane,
    PreviousPane,
    Pane(u8),
    Refresh,
    Pause,
    Zone,
    Theme,
    Mouse,
    Suspend,
    Redraw,
    Down,
    Up,
    Top,
    Bottom,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    Open,
    Reads,
    Important,
    NextError,
    PreviousError,
    SameActor,
    Retry,
    RetryAll,
    Bell,
    Silence,
    Dismiss,
    Acknowledge,
    Snooze,
    Switch,
    Undo,
    Arm,
    Disarm,
    TryOut,
    WriteRule,
    Choose,
    Severity,
    Save,
    Focus,
    Language,
    AllEvents,
    Copy,
    CopyRecord,
    CopyValue,
    CopyPath,
    CopyAddress,
    CopyArn,
    Fold,
    Collapse,
    Expand,
    CollapseAll,
    ExpandAll,
    Wrap,
    NextMatch,
    PreviousMatch,
}

/// Where a key has its meaning. A view names its contexts, the most particular first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    Global,
    List,
    Events,
    Tree,
    Alerts,
    Alarms,
    AlarmActions,
    Restores,
    Rules,
    RuleText,
    TryOut,
    NewRule,
    Sources,
    Notifications,
    Detail,
}

impl Context {
    /// Every context, in the order of the help.
    pub const ALL: [Context; 15] = [
        Context::Events,
        Context::Alerts,
        Context::Alarms,
        Context::AlarmActions,
        Context::Restores,
        Context::Rules,
        Context::RuleText,
        Context::TryOut,
        Context::NewRule,
        Context::Sources,
        Context::Notifications,
        Context::Tree,
        Context::Detail,
        Context::List,
        Context::Global,
    ];

    /// The name used in `keys.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Context::Global => "global",
            Context::List => "list",
            Context::Events => "events",
            Context::Tree => "record",
            Context::Alerts => "alerts",
            Context::Alarms => "alarms",
            Context::AlarmActions => "alarm-actions",
            Context::Restores => "restores",
            Context::Rules => "rules",
            Context::RuleText => "rule-text",
            Context::TryOut => "try-out",
            Context::NewRule => "new-rule",
            Context::Sources => "sources",
            Context::Notifications => "notifications",
            Context::Detail => "detail",
        }
    }

    /// The heading in the help.
    pub fn title(self) -> &'static str {
        match self {
            Context::Global => "Everywhere",
            Context::List => "Moving",
            Context::Events => "Events",
            Context::Tree => "Record",
            Context::Alerts => "Alerts",
            Context::Alarms => "Alarms",
            Context::AlarmActions => "Actions of an alarm",
            Context::Restores => "Restores",
            Context::Rules => "Rules",
            Context::RuleText => "Text of a rule",
            Context::TryOut => "Events that a rule matches",
            Context::NewRule => "New rule",
            Context::Sources => "Sources",
            Context::Notifications => "Notifications",
            Context::Detail => "Detail",
        }
    }
}

/// What may follow a command on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    None,
    Theme,
    Zone,
    Filter,
}

/// One command: its name, keys, and words.
pub struct Spec {
    pub command: Command,
    /// As it is written on the command line and in `keys.toml`.
    pub name: &'static str,
    pub context: Context,
    /// The standard keys, the one to show first.
    pub keys: &'static [&'static str],
    /// One sentence without a full stop.
    pub help: &'static str,
    /// One or two words for the footer; empty for what needs no hint.
    pub hint: &'static str,
    pub argument: Argument,
}

const fn spec(
    context: Context,
    command: Command,
    name: &'static str,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Spec {
    Spec { command, name, context, keys, help, hint, argument: Argument::None }
}

const fn taking(argument: Argument, spec: Spec) -> Spec {
    Spec { argument, ..spec }
}

use self::{Command as C, Context as X};

/// The commands, in the order of the help; the footer shows the hints in this order.
pub const COMMANDS: &[Spec] = &[
    spec(X::Events, C::Reads, "reads", &["r"], "reads", "hide or show calls that only read"),
    spec(X::Events, C::Important, "important", &["Z"], "important", "show only what weighs medium or more, or all"),
    spec(X::Events, C::NextError, "next-error", &["e"], "errors", "go down to the next event that failed"),
    spec(X::Events, C::PreviousError, "previous-error", &["E"], "", "go up to the next event that failed"),
    spec(X::Events, C::SameActor, "same-actor", &["u"], "who", "show only what this actor did"),
    spec(X::Events, C::WriteRule, "write-rule", &["+"], "rule", "write a rule that matches this event"),
    spec(X::Events, C::Pause, "pause", &["p"], "pause", "hold the list still; what comes waits and is counted"),
    spec(X::Events, C::Open, "open", &["enter"], "open", "open the event: who, what, from where, and its record"),
    spec(X::Events, C::Copy, "copy", &["c"], "", "copy the event's id"),
    spec(X::Events, C::CopyRecord, "copy-record", &["y y"], "", "copy the record"),
    spec(X::Events, C::CopyAddress, "copy-address", &["y i"], "", "copy the source address"),
    spec(X::Events, C::CopyArn, "copy-arn", &["y a"], "", "copy the actor's ARN"),
    spec(X::Alerts, C::Acknowledge, "acknowledge", &["a"], "acknowledge", "acknowledge the alert, or open it again"),
    spec(
        X::Alerts,
        C::Snooze,
        "snooze",
        &["s"],
        "snooze",
        "be quiet about it for 1 h; again for 8 h, for 24 h, no more",
    ),
    spec(X::Alerts, C::Open, "open", &["enter"], "open", "open the alert: why it matters, and the events behind it"),
    spec(X::Alerts, C::Copy, "copy", &["c"], "", "copy the message"),
    spec(X::Alarms, C::Open, "open", &["enter"], "open", "open the alarm: why it is so, whom it tells, its history"),
    spec(X::Alarms, C::Copy, "copy", &["c"], "", "copy the alarm's name"),
    spec(X::Alarms, C::CopyArn, "copy-arn", &["y a"], "", "copy the alarm's ARN"),
    spec(X::AlarmActions, C::Switch, "switch", &["x"], "actions", "switch the alarm's actions on or off; asks first"),
    spec(X::Restores, C::Open, "open", &["enter"], "open", "open the restore: its deadline in both zones"),
    spec(X::Restores, C::Copy, "copy", &["c"], "", "copy the object's s3:// address"),
    spec(
        X::Rules,
        C::Switch,
        "switch",
        &["space"],
        "on/off",
        "switch the rule on or off; for the account's it asks first",
    ),
    spec(X::Rules, C::Open, "open", &["enter"], "open", "open the rule: its text, why it is there, what it matched"),
    spec(X::Rules, C::TryOut, "try", &["e"], "try", "edit the rule's text and see at once which events it matches"),
    spec(X::Rules, C::Copy, "copy", &["c"], "", "copy the rule's text"),
    spec(X::Rules, C::CopyRecord, "copy-record", &["y y"], "", "copy the rule's text, such as an event pattern"),
    spec(X::Rules, C::CopyArn, "copy-arn", &["y a"], "", "copy the ARN of the account's rule"),
    spec(X::RuleText, C::Focus, "focus", &["tab", "backtab"], "events", "go to the events, and back to the text"),
    spec(X::RuleText, C::Language, "language", &["ctrl-t"], "language", "read the text in the next rule language"),
    spec(X::RuleText, C::Save, "save", &["ctrl-s"], "save", "write it as a rule of your own"),
    spec(X::TryOut, C::Focus, "focus", &["tab", "backtab"], "text", "go to the text, and back to the events"),
    spec(X::TryOut, C::AllEvents, "all-events", &["a"], "all", "show what it does not match as well, and why not"),
    spec(X::TryOut, C::Open, "open", &["enter"], "open", "open the event"),
    spec(X::TryOut, C::Language, "language", &["ctrl-t"], "", "read the text in the next rule language"),
    spec(X::TryOut, C::Save, "save", &["ctrl-s"], "save", "write it as a rule of your own"),
    spec(X::NewRule, C::Choose, "choose", &["space"], "choose", "ask for the field, or no more"),
    spec(X::NewRule, C::Save, "save", &["enter", "ctrl-s"], "save", "write the rule"),
    spec(X::NewRule, C::TryOut, "try", &["e"], "edit", "edit the pattern by hand and see which events it matches"),
    spec(X::NewRule, C::Focus, "focus", &["tab", "backtab"], "name", "go to the name, and back to the fields"),
    spec(X::NewRule, C::Severity, "severity", &["s"], "severity", "the next severity"),
    spec(X::Sources, C::Open, "open", &["enter"], "open", "open the source: what is wrong and what to do"),
    spec(X::Sources, C::Copy, "copy", &["c"], "", "copy what is wrong with the source"),
    spec(X::Notifications, C::Open, "open", &["enter"], "open", "open the message; there, what it is about"),
    spec(
        X::Notifications,
        C::Retry,
        "retry",
        &["R"],
        "try now",
        "try the message now, also one that was given up or held back",
    ),
    spec(X::Notifications, C::RetryAll, "retry-all", &["A"], "try all", "try all that wait now"),
    spec(X::Notifications, C::Copy, "copy", &["c"], "", "copy the title"),
    spec(X::Notifications, C::CopyRecord, "copy-record", &["y y"], "", "copy the title and the text"),
    spec(X::Notifications, C::CopyValue, "copy-value", &["y v"], "", "copy the key by which a receiver tells a repeat"),
    spec(X::Tree, C::Fold, "fold", &["space", "enter"], "fold", "fold or unfold"),
    spec(X::Tree, C::Collapse, "collapse", &["h", "left"], "", "fold, or go to what it stands in"),
    spec(X::Tree, C::Expand, "expand", &["l", "right"], "", "unfold, or go into it"),
    spec(X::Tree, C::CollapseAll, "collapse-all", &["-"], "", "fold everything"),
    spec(X::Tree, C::ExpandAll, "expand-all", &["="], "", "unfold everything"),
    spec(X::Tree, C::WriteRule, "write-rule", &["+"], "rule", "write a rule that matches this event"),
    spec(X::Tree, C::Wrap, "wrap", &["w"], "wrap", "wrap long values, or cut them"),
    spec(X::Tree, C::NextMatch, "next-match", &["n"], "", "go to the next match of the search"),
    spec(X::Tree, C::PreviousMatch, "previous-match", &["N"], "", "go to the previous match"),
    spec(X::Tree, C::Copy, "copy", &["c"], "", "copy the value"),
    spec(X::Tree, C::CopyValue, "copy-value", &["y v"], "copy", "copy the value"),
    spec(X::Tree, C::CopyPath, "copy-path", &["y p"], "", "copy the value's path, as jq writes it"),
    spec(X::Tree, C::CopyRecord, "copy-record", &["y y"], "", "copy the whole record"),
    spec(X::Tree, C::CopyAddress, "copy-address", &["y i"], "", "copy the source address"),
    spec(X::Tree, C::CopyArn, "copy-arn", &["y a"], "", "copy the actor's ARN"),
    spec(X::Detail, C::Copy, "copy", &["c"], "copy", "copy the line"),
    spec(X::List, C::Down, "down", &["j", "down"], "", "go down"),
    spec(X::List, C::Up, "up", &["k", "up"], "", "go up"),
    spec(X::List, C::Top, "top", &["g", "home"], "", "go to the top; Events then follow the newest again"),
    spec(X::List, C::Bottom, "bottom", &["G", "end"], "", "go to the bottom"),
    spec(X::List, C::HalfDown, "half-down", &["ctrl-d"], "", "go down half a screen"),
    spec(X::List, C::HalfUp, "half-up", &["ctrl-u"], "", "go up half a screen"),
    spec(X::List, C::PageDown, "page-down", &["pgdn"], "", "go down a screen"),
    spec(X::List, C::PageUp, "page-up", &["pgup"], "", "go up a screen"),
    taking(
        Argument::Filter,
        spec(X::Global, C::Filter, "filter", &["/"], "filter", "filter the list, or search the record"),
    ),
    spec(X::Global, C::Back, "back", &["esc"], "", "go back: close the view, or clear the filter"),
    spec(X::Global, C::CommandLine, "command-line", &[":"], "commands", "type a command"),
    spec(X::Global, C::Help, "help", &["?"], "help", "show every key"),
    spec(X::Global, C::NextPane, "next-pane", &["tab"], "", "go to the next pane"),
    spec(X::Global, C::PreviousPane, "previous-pane", &["backtab"], "", "go to the previous pane"),
    spec(X::Global, C::Pane(1), "events", &["1"], "", "go to Events"),
    spec(X::Global, C::Pane(2), "alerts", &["2"], "", "go to Alerts"),
    spec(X::Global, C::Pane(3), "alarms", &["3"], "", "go to Alarms"),
    spec(X::Global, C::Pane(4), "restores", &["4"], "", "go to Restores"),
    spec(X::Global, C::Pane(5), "rules", &["5"], "", "go to Rules"),
    spec(X::Global, C::Pane(6), "sources", &["6"], "", "go to Sources"),
    spec(X::Global, C::Pane(7), "notifications", &["7"], "", "go to Notifications"),
    spec(X::Global, C::Bell, "bell", &["B"], "", "silence the bell until you quit, or let it ring again"),
    spec(X::Global, C::Silence, "silence", &[], "", "silence the bell until you quit"),
    spec(X::Global, C::Dismiss, "dismiss", &["X"], "", "close the box of what came in"),
    spec(X::Global, C::Refresh, "refresh", &["ctrl-r"], "", "ask every source now"),
    spec(X::Global, C::Undo, "undo", &["u"], "", "undo your last change of the account; asks first"),
    spec(X::Global, C::Arm, "arm", &[], "", "allow changes of the account until you quit; each asks first"),
    spec(X::Global, C::Disarm, "disarm", &[], "", "allow no changes of the account any more"),
    taking(
        Argument::Zone,
        spec(X::Global, C::Zone, "zone", &["t"], "", "show times in UTC, local time, or as their age"),
    ),
    taking(Argument::Theme, spec(X::Global, C::Theme, "theme", &[], "", "change the theme")),
    spec(X::Global, C::Mouse, "mouse", &["f2"], "", "let the mouse scroll and choose, or leave it to the terminal"),
    spec(X::Global, C::Redraw, "redraw", &["ctrl-l"], "", "draw the whole screen anew"),
    spec(X::Global, C::Suspend, "suspend", &["ctrl-z"], "", "go to the shell; fg comes back"),
    spec(X::Global, C::Leave, "leave", &["q"], "quit", "close the view; at the root, quit"),
    spec(X::Global, C::Quit, "quit", &["ctrl-c"], "", "quit"),
];

impl Command {
    /// The name of its first entry in the table.
    pub fn name(self) -> &'static str {
        self.spec().map_or("", |spec| spec.name)
    }

    /// Its first entry in the table.
    pub fn spec(self) -> Option<&'static Spec> {
        COMMANDS.iter().find(|spec| spec.command == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_one_command() {
        for spec in COMMANDS {
            assert!(
                COMMANDS.iter().all(|other| other.name != spec.name || other.command == spec.command),
                "{}",
                spec.name
            );
        }
    }
}
