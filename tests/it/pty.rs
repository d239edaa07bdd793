//! The program in a terminal: it shows, answers, gives way, and leaves the terminal as it was.

use std::{
    env, fs,
    process::{Command, Stdio},
    time::Duration,
};

use regex::bytes::Regex;
use rustix::process::{Pid, Signal, kill_process};

use crate::tty::{Program, Tty};

const BINARY: &str = env!("CARGO_BIN_EXE_trailwatch");

fn demo() -> Program {
    Program::new(BINARY, &["demo"])
}

/// The demo with its first dozen events on screen.
fn started(program: Program) -> Tty {
    let tty = program.start();
    tty.until("events", |screen| row(screen, 15).contains(':'));
    tty
}

fn row(screen: &vt100::Screen, number: usize) -> String {
    screen.rows(0, screen.size().1.get()).nth(number).unwrap_or_default()
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid as i32).unwrap();
    kill_process(pid, signal).unwrap();
}

fn assert_given_back(tty: &mut Tty) {
    tty.until("the shell's own screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    assert_eq!(tty.left_behind(), "", "left behind");
}

#[test]
fn the_first_frame_shows_before_anything_is_known_and_events_follow() {
    let mut tty = demo().start();
    tty.until("the first frame", |screen| screen.alternate_screen() && row(screen, 0).contains("trailwatch"));
    tty.until_text("example-company 111122223333");
    tty.until("events", |screen| row(screen, 4).contains(':'));
    assert!(tty.left_behind().contains("other modes"), "the terminal is not raw");
}

#[test]
fn keys_lead_through_the_screen() {
    let mut tty = started(demo());
    tty.send("3");
    tty.until_text("── Alarms ──");
    tty.until_text("✖ ALARM");
    tty.send("\r");
    tty.until_text("DatapointsToAlarm:");
    tty.send("\x1b");
    tty.until("the list again", |screen| row(screen, 3).starts_with("STATE"));
    tty.send("1/svc:iam");
    tty.until_text("/svc:iam");
    tty.send("\r");
    tty.until("the filter in the title", |screen| row(screen, 2).contains("/svc:iam"));
    // Alone: before another key, it would be Alt.
    tty.send("\x1b");
    tty.until("no filter in the title", |screen| !row(screen, 2).contains("/svc:iam"));
    tty.send("?");
    tty.until_text("down half a screen");
    tty.send("\x1b");
    tty.until("no help", |screen| !screen.contents().contains("down half a screen"));
    tty.send(":theme mono\r");
    tty.until("a header without colours", |screen| {
        screen.cell(0, 1).is_some_and(|cell| cell.inverse() && cell.bgcolor() == vt100::Color::Default)
    });
}

#[test]
fn a_paste_goes_into_the_filter_as_it_is() {
    let mut tty = started(demo());
    tty.send("/\x1b[200~svc:\x1b[31miam\rq\x1b[201~");
    tty.until("the paste", |screen| row(screen, 29).contains("/svc:"));
    tty.send("\x1b");
    tty.until_text("q quit");
}

#[test]
fn a_sequence_or_a_paste_without_end_leaves_the_keys_at_work() {
    for stray in ["\x1b[<", "\x1b[?", "\x1b[200~svc:"] {
        let mut tty = started(demo());
        tty.send(stray);
        // Nobody types faster than the rest of a paste may come.
        std::thread::sleep(Duration::from_millis(1_500));
        tty.send("3");
        tty.until_text("── Alarms ──");
        tty.send("\x03");
        assert_eq!(tty.end(), Ok(0), "{stray:?}");
        assert_given_back(&mut tty);
    }
}

#[test]
fn another_size_is_another_picture() {
    let mut tty = started(demo());
    for (width, height) in [(60, 20), (200, 50), (80, 24)] {
        tty.resize(width, height);
        tty.until(&format!("{width}x{height}"), |screen| {
            let full = (0..height).all(|y| row(screen, usize::from(y)).chars().count() <= usize::from(width));
            let rule = row(screen, 2).trim_end().chars().count() == usize::from(width);
            full && rule && row(screen, 0).contains("UTC") && row(screen, usize::from(height) - 1).contains("filter")
        });
        assert_eq!(tty.text().matches("── Events ──").count(), 1, "{}", tty.text());
    }
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let script = r#""$0" demo; echo "status $?"; read go; fg; echo "status $?""#;
    let mut tty = started(Program::new("/bin/sh", &["-m", "-c", script, BINARY]));
    let job = tty.foreground();
    assert_ne!(job, tty.pid() as i32, "the shell runs no job");
    tty.send("\x1a");
    // 128 and the number of SIGTSTP, by which the shell knows it for stopped.
    tty.until_text(&format!("status {}", 128 + Signal::TSTP.as_raw()));
    assert_given_back(&mut tty);
    tty.send("\n");
    tty.until("the screen again", |screen| screen.alternate_screen() && row(screen, 4).contains(':'));
    assert_eq!(tty.foreground(), job);
    tty.send("3");
    tty.until_text("── Alarms ──");
    tty.send("q");
    tty.until_text("status 0");
    assert_given_back(&mut tty);
    assert_eq!(tty.end(), Ok(0));
}

#[test]
fn after_a_stop_from_outside_the_screen_is_drawn_anew() {
    let mut tty = started(demo());
    signal(tty.pid(), Signal::STOP);
    // What a shell would write meanwhile.
    tty.output().parser.process(b"\x1b[?1049l\x1b[?25h\x1b[2J");
    signal(tty.pid(), Signal::CONT);
    tty.until("the screen again", |screen| screen.alternate_screen() && row(screen, 4).contains(':'));
    assert!(tty.left_behind().contains("other modes"), "the terminal is not raw");
}

#[test]
fn quitting_gives_the_terminal_back() {
    for (keys, mouse) in [("q", false), ("\x03", false), (":quit\r", false), ("q", true)] {
        let mut tty = started(demo());
        if mouse {
            tty.send("\x1bOQ");
            tty.until("the mouse", |screen| screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None);
        }
        tty.send(keys);
        assert_eq!(tty.end(), Ok(0), "{keys:?}");
        assert_given_back(&mut tty);
    }
}

#[test]
fn a_signal_to_end_gives_the_terminal_back() {
    for end in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut tty = started(demo());
        signal(tty.pid(), end);
        assert_eq!(tty.end(), Ok(0), "{end:?}");
        assert_given_back(&mut tty);
    }
}

#[test]
fn without_its_terminal_the_program_ends() {
    for program in [demo(), demo().uncontrolled()] {
        let mut tty = started(program);
        let gone = tty.hang_up();
        assert_eq!(tty.end(), Ok(0));
        assert!(gone.elapsed() < Duration::from_secs(2), "it went on for {:?}", gone.elapsed());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_its_terminal_the_program_does_not_spin() {
    // Nobody answers, so nothing is drawn but the clock: only what watches the terminal can notice in time.
    let arguments = ["--endpoint-url", "http://127.0.0.1:1", "--region", "eu-west-1"];
    let program =
        Program::new(BINARY, &arguments).env("AWS_ACCESS_KEY_ID", "none").env("AWS_SECRET_ACCESS_KEY", "none");
    let mut tty = program.uncontrolled().start();
    tty.until("a source that failed", |screen| screen.contents().contains('✖'));
    let (before, gone) = (processor_time(tty.pid()), tty.hang_up());
    // Once it has ended, the system keeps its times until somebody asks how it ended.
    while !stat(tty.pid())[0].starts_with('Z') {
        assert!(gone.elapsed() < Duration::from_secs(2), "it goes on");
        std::thread::sleep(Duration::from_millis(1));
    }
    let used = processor_time(tty.pid()) - before;
    assert!(used < Duration::from_millis(200), "it used {used:?} of the processor");
}

/// The fields of /proc/PID/stat after the name: the state is the first.
#[cfg(target_os = "linux")]
fn stat(pid: u32) -> Vec<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').map(str::to_owned).collect()
}

#[cfg(target_os = "linux")]
fn processor_time(pid: u32) -> Duration {
    let ticks: u64 = stat(pid)[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

/// Takes the terminal it is started in and panics. Run by the test below; without a terminal it does nothing.
#[test]
#[ignore = "it panics on purpose, in a terminal of its own"]
fn takes_the_terminal_and_panics() {
    if let Ok(mut terminal) = trailwatch::terminal::Terminal::take(true) {
        terminal.draw(|frame| frame.render_widget("painted", frame.area())).unwrap();
        panic!("on purpose");
    }
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_reported() {
    let arguments = ["--exact", "pty::takes_the_terminal_and_panics", "--ignored", "--nocapture"];
    let mut tty = Program::new(env::current_exe().unwrap(), &arguments).start();
    assert_ne!(tty.end(), Ok(0));
    tty.until_text("on purpose");
    assert_given_back(&mut tty);
    let output = String::from_utf8_lossy(&tty.output().bytes).into_owned();
    let shown = output.find("painted").expect("the screen was never taken");
    let left = output.rfind("\x1b[?1049l").unwrap();
    assert!(shown < left && left < output.find("on purpose").unwrap(), "reported over the screen");
}

/// The parameters of every SGR sequence written so far.
fn styles(tty: &Tty) -> Vec<Vec<u16>> {
    let sgr = Regex::new(r"\x1b\[([0-9;:]*)m").unwrap();
    let number = |text: &[u8]| str::from_utf8(text).unwrap().parse().unwrap_or(0);
    let output = tty.output();
    let parameters = sgr.captures_iter(&output.bytes);
    parameters.map(|found| found[1].split(|byte| b";:".contains(byte)).map(number).collect()).collect()
}

#[test]
fn no_color_means_no_colour_and_the_selected_row_is_reversed() {
    let mut tty = started(demo().env("NO_COLOR", "1"));
    tty.send("j");
    tty.until("one reversed row, not the first", |screen| {
        let reversed = |y: &u16| screen.cell(*y, 1).is_some_and(vt100::Cell::inverse);
        (4..29).filter(reversed).eq([5])
    });
    tty.send("3");
    tty.until_text("✖ ALARM");
    let coloured = |style: &Vec<u16>| style.iter().any(|n| matches!(n, 30..=38 | 40..=48 | 58 | 90..=107));
    let styles = styles(&tty);
    assert!(styles.len() > 20, "nothing is styled");
    assert_eq!(styles.into_iter().find(coloured), None);
}

#[test]
fn a_terminal_with_sixteen_colours_is_asked_for_no_other() {
    let mut tty = started(demo().env("TERM", "xterm").without("COLORTERM"));
    tty.send("3");
    tty.until_text("✖ ALARM");
    let styles = styles(&tty);
    for style in &styles {
        for extended in style.split_inclusive(|n| [38, 48].contains(n)).skip(1) {
            assert!(matches!(extended, [5, 0..=15, ..]), "{style:?}");
        }
    }
    assert!(styles.iter().any(|style| style.iter().any(|n| matches!(n, 30..=38))), "nothing is coloured");
}

#[test]
fn what_steers_a_terminal_never_reaches_it() {
    let evil = r"\u001b]0;title\u0007\u001b[2J\u001bc\u009b31m\u202e\u0000\r\n";
    let record = format!(
        r#"{{"eventVersion":"1.11","eventID":"{evil}","eventName":"Evil{evil}","eventSource":"s3{evil}","awsRegion":"eu-west-1","eventTime":"2026-01-01T00:00:00Z","sourceIPAddress":"{evil}","userAgent":"{evil}","userIdentity":{{"type":"IAMUser","userName":"{evil}ben","arn":"arn:{evil}"}},"errorCode":"{evil}","errorMessage":"{evil}","requestParameters":{{"{evil}":"{evil}"}}}}"#
    );
    let program = Program::new(BINARY, &["demo", "--replay", "evil.jsonl"]).file("evil.jsonl", &record);
    let mut tty = program.start();
    tty.until_text("Evil");
    tty.send("\r");
    tty.until_text("\\u{1b}");
    tty.send("\r");
    tty.send("c");
    let clean = |bytes: &[u8]| {
        let ours = r"\x1b\[(?:\?(?:1049|2004|1007|25|2026|1000|1002|1003|1015|1006)[hl]|[0-9;]*[HJm])";
        let copied = r"\x1b\]52;c;[A-Za-z0-9+/=]*\x07";
        let rest = Regex::new(&format!("{ours}|{copied}")).unwrap().replace_all(bytes, &b""[..]).into_owned();
        String::from_utf8(rest).expect("whole characters")
    };
    tty.until_output("the copy", |output| output.bytes.windows(7).any(|window| window == b"\x1b]52;c;"));
    tty.send("q");
    tty.until_text("Evil");
    let written = clean(&tty.output().bytes);
    let unsafe_at = written.find(trailwatch::model::text::is_unsafe);
    assert_eq!(unsafe_at.map(|at| &written[at..]), None);
}

#[test]
fn without_a_terminal_to_write_to_the_screen_is_refused() {
    let run = Command::new(BINARY).arg("demo").stdin(Stdio::null()).stdout(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!((run.status.code(), run.stdout.len()), (Some(1), 0), "{said}");
    assert!(said.contains("standard output is no terminal") && said.contains("trailwatch watch"), "{said}");
}

#[test]
fn a_file_with_a_mistake_is_refused_before_the_screen_is_taken() {
    for (file, text, place) in [
        ("trailwatch/config.toml", "since = \"1h\"\nthem = \"dark\"\n", "config.toml:2:1:"),
        ("trailwatch/keys.toml", "[events]\nread = \"x\"\n", "keys.toml:2:"),
        ("trailwatch/themes/own.toml", "[styles]\ntext = \"purpel\"\n", "own.toml:2:"),
    ] {
        let program = Program::new(BINARY, &["--theme", "own", "demo"]);
        let mut tty = program.size(300, 30).file(file, text).start();
        assert_eq!(tty.end(), Ok(1), "{file}");
        tty.until_text(place);
        let written = String::from_utf8_lossy(&tty.output().bytes).into_owned();
        assert!(!written.contains("\x1b["), "the screen was taken: {written:?}");
    }
}

#[test]
fn a_broken_theme_that_nobody_chose_is_said_and_the_dashboard_opens() {
    // The usual theme is nobody's choice, even where the operator's own stands in its place.
    for name in ["own", "dark"] {
        let program = Program::new(BINARY, &["demo"]).size(200, 30);
        let mut tty = program.file(&format!("trailwatch/themes/{name}.toml"), "[styles]\ntext = \"purpel\"\n").start();
        tty.until_text(&format!("the theme \"{name}\" cannot be used: "));
        tty.until_text("example-company 111122223333");
        tty.send(&format!(":theme {name}\r"));
        tty.until_text(&format!("{name}.toml:2:8: \"purpel\" is neither"));
    }
}

#[test]
fn beside_a_recording_no_alarm_and_no_restore_of_the_story_is_shown() {
    let record = r#"{"eventTime":"2026-01-01T00:00:00Z","eventID":"a","eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","awsRegion":"us-east-1","userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Success"}}"#;
    let mut tty = Program::new(BINARY, &["demo", "--replay", "root.jsonl"]).file("root.jsonl", record).start();
    tty.until_text("ConsoleLogin");
    tty.send("3");
    tty.until_text("signin-console-success-root");
    assert!(!tty.text().contains("checkout") && !tty.text().contains("web-fleet"), "{}", tty.text());
    tty.send("4");
    tty.until_text("--restore");
    assert!(!tty.text().contains("northgate"), "{}", tty.text());
}

/// Turns a rule of the account off, from the Rules pane.
fn turn_off(tty: &mut Tty, rule: &str) {
    tty.send(&format!("5/{rule}\r"));
    tty.until("the rule", |screen| row(screen, 4).contains(rule));
    tty.send(" ");
    tty.until_text("Change the account?");
    tty.until_text("DisableRule");
    tty.send("\r");
    // A yes at once is not taken for an answer.
    std::thread::sleep(Duration::from_millis(700));
    tty.send("y");
    tty.until("the count", |screen| row(screen, 0).contains("1 off by you"));
    tty.until_text("turned off by you");
}

#[test]
fn what_was_turned_off_is_counted_and_undone_after_a_restart() {
    let (account, state) = (crate::engine::Account::start(), tempfile::tempdir().unwrap());
    let (id, secret) = trailwatch::emulator::credentials();
    let url = account.running.url();
    let program = || {
        Program::new(BINARY, &["--endpoint-url", &url, "--region", "us-east-1", "--allow-writes"])
            .env("AWS_ACCESS_KEY_ID", id)
            .env("AWS_SECRET_ACCESS_KEY", secret)
            .env("XDG_STATE_HOME", state.path().to_str().unwrap())
    };
    let mut tty = program().start();
    tty.until("the gate is open", |screen| row(screen, 0).contains("armed"));
    turn_off(&mut tty, "iam-reconnaissance");
    tty.send("\x03");
    assert_eq!(tty.end(), Ok(0));
    let journal = fs::read_to_string(state.path().join("trailwatch/journal.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 2, "{journal}");
    let mut tty = program().start();
    tty.until("the count", |screen| row(screen, 0).contains("1 off by you  armed"));
    tty.send("5u");
    tty.until_text("PutRule");
    tty.until_text("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    std::thread::sleep(Duration::from_millis(700));
    tty.send("y");
    tty.until("no count", |screen| !row(screen, 0).contains("off by you"));
    tty.send("u");
    tty.until_text("nothing to undo: the journal has no change");
}

#[test]
fn the_demos_journal_stands_apart_and_its_new_account_has_nothing_to_undo() {
    let state = tempfile::tempdir().unwrap();
    let program = || demo().env("XDG_STATE_HOME", state.path().to_str().unwrap()).size(140, 30);
    let mut tty = program().start();
    tty.until_text("111122223333");
    tty.send("5");
    tty.until_text("EventBridge: ");
    tty.send(":arm\r");
    turn_off(&mut tty, "root-sign-in");
    tty.send("\x03");
    assert_eq!(tty.end(), Ok(0));
    assert!(state.path().join("trailwatch/demo/journal.jsonl").exists());
    let mut tty = program().start();
    tty.until_text("111122223333");
    tty.send("5/root-sign-in\r");
    tty.until("the rule", |screen| row(screen, 4).starts_with("● ") && row(screen, 4).contains("us-east-1"));
    tty.send("u");
    tty.until_text("type :arm, or start with --allow-writes");
    tty.send(":arm\ru");
    tty.until_text("nothing to undo: root-sign-in on default@us-east-1 is as it was before");
    assert!(!tty.text().contains("off by you"), "{}", tty.text());
}
