#!/usr/bin/env python3
"""Ends `trailwatch watch` with SIGKILL, again and again, and counts what was lost and what was said twice.

    tests/crash_test.py [--kills N] [--seed N] [--program target/debug/trailwatch]

A pretended account (`demo --serve`) in which several things a second happen, a rule that fires on each, and a webhook on
loopback that answers 200, at once or later, or 500, or not at all. The watcher is killed at random times, sometimes while its disk is full;
beside it, another one with a store of its own is left alone. In the end both run in peace for a while. It holds:

- what fired is the same in both, over the events that both must have read, and nothing fired twice,
- every alert was received,
- what was received twice is at most one message for each kill.

An event shows up to three minutes after it happened, and is then found by the next sweep, a minute later: only those older
than that are compared, among them ten minutes from before the first start.

Only Python's own library is used. Everything stays on loopback and ends with the script.
"""

import argparse
import collections
import datetime
import http.server
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

REGION = "eu-west-1"
# Seconds until an event must have been read: three minutes until it shows, one until the next sweep, and some.
VISIBLE = 270
RULES = """
[[rule]]
name = "every-change"
severity = "medium"
language = "event-pattern"
cooldown = "0s"
pattern = '{ "detail": { "readOnly": [false] } }'
message.paths = { id = "$.detail.eventID", name = "$.detail.eventName" }
message.template = '"<name> <id>"'
"""
CONFIG = """
[notify]
floor = "info"

[notify.channels.desktop]
kind = "desktop"
on = false

[notify.channels.terminal]
kind = "terminal"
on = false

[notify.channels.hook]
kind = "webhook"
url = "http://127.0.0.1:{port}/"
rate = "none"
"""


class Receiver:
    """A webhook that is not always well."""

    def __init__(self, chance):
        self.chance = chance
        self.lock = threading.Lock()
        self.taken = collections.Counter()
        self.alerts = set()
        self.refused = 0
        self.hung = 0
        self.peace = False
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                mood = receiver.mood()
                if mood == "hang":
                    # Longer than the sender waits, or until it is killed.
                    time.sleep(12)
                    self.close_connection = True
                    return
                if mood == "refuse":
                    self.send_response(500)
                else:
                    receiver.take(body)
                    if mood == "slow":
                        # Taken, and the sender may be killed before it knows.
                        time.sleep(0.3)
                    self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                """A watcher that is killed leaves connections behind."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def mood(self):
        with self.lock:
            dice = 1.0 if self.peace else self.chance.random()
            if dice < 0.10:
                self.refused += 1
                return "refuse"
            if dice < 0.12:
                self.hung += 1
                return "hang"
            return "slow" if dice < 0.4 else "take"

    def take(self, body):
        with self.lock:
            self.taken[body["key"]] += 1
            if body["kind"] == "alert":
                self.alerts.add(body["subject"])
    

class World:
    """The account, the folders, and how to start a watcher."""

    def __init__(self, program, folder, port, rate):
        self.program, self.folder = program, folder
        config = folder / "config" / "trailwatch"
        (config / "rules").mkdir(parents=True)
        (config / "rules" / "every.toml").write_text(RULES)
        (config / "config.toml").write_text(CONFIG.format(port=port))
        self.quiet = folder / "quiet.toml"
        self.quiet.write_text(CONFIG.format(port=port).split("[notify.channels.hook]")[0])
        self.environment = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "XDG_CONFIG_HOME": str(folder / "config"),
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        }
        serve = [program, "demo", "--serve", "--rate", str(rate)]
        self.server = subprocess.Popen(serve, env=self.environment, stdout=subprocess.PIPE, text=True)
        self.url = self.server.stdout.readline().split()[-1]

    def command(self, state, *arguments, config=None):
        named = ["--config", str(config)] if config else []
        return [self.program, "--endpoint-url", self.url, "--region", REGION, "--state", str(state), *named, *arguments]

    def watch(self, state, *arguments, config=None):
        # With SIGXFSZ ignored, as it is in Python, a full disk is an error and not the end.
        return subprocess.Popen(
            self.command(state, *arguments, "watch", "--quiet", config=config),
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=open(self.folder / "stderr.txt", "ab"),
            restore_signals=False,
        )

    def alerts(self, state):
        told = subprocess.run(
            self.command(state, "alerts", "--json"), env=self.environment, capture_output=True, text=True, timeout=60
        )
        if told.returncode != 0:
            sys.exit(f"alerts --json: {told.stderr}")
        return [json.loads(line) for line in told.stdout.splitlines()]


def full_disk(process, chance, state):
    """From now on the watcher can make no file longer than its longest is now, and a little more."""
    largest = max((file.stat().st_size for file in state.rglob("*") if file.is_file()), default=0)
    limit = max(0, largest // 4) + chance.randrange(0, 60_000)
    hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, hard))
    return hard


def torment(world, state, chance, kills, since):
    """Starts and kills; gives how often the disk was full."""
    full = 0
    for number in range(kills):
        process = world.watch(state, "--since", since)
        life = chance.choice([chance.uniform(0.05, 0.6), chance.uniform(0.6, 2.5)])
        if chance.random() < 0.15:
            full += 1
            time.sleep(life / 2)
            try:
                hard = full_disk(process, chance, state)
                time.sleep(life / 2)
                if chance.random() < 0.5:
                    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
                    time.sleep(life / 2)
            except ProcessLookupError:
                pass
        else:
            time.sleep(life)
        if process.poll() is not None:
            sys.exit(f"it ended by itself with {process.returncode}: {world.folder}/stderr.txt")
        process.send_signal(signal.SIGKILL)
        process.wait()
        if number % 50 == 49:
            print(f"{number + 1} kills", flush=True)
    return full


def fired(alerts, begin="", end="~"):
    """Rule and event of all that fired on events, for alerts between the two times."""
    within = [alert for alert in alerts if begin <= alert["first"] <= alert["last"] <= end]
    return collections.Counter((alert["rule"], event) for alert in within for event in alert["events"] if "-" in event)


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Judgement:
    """What the two stores and the receiver say, over events that happened before `end`."""

    def __init__(self, world, receiver, states, begin, end):
        self.alerts, self.calm = (world.alerts(state) for state in states)
        ours, theirs = fired(self.alerts), fired(self.calm)
        self.count = len(fired(self.calm, begin, end))
        self.missing = sorted(set(fired(self.calm, begin, end)) - set(ours))
        self.surplus = sorted(set(fired(self.alerts, begin, end)) - set(theirs))
        self.doubled = sorted(pair for pair, count in ours.items() if count > 1)
        with receiver.lock:
            self.unheard = sorted({alert["id"] for alert in self.alerts if alert["last"] <= end} - receiver.alerts)

    def is_good(self):
        return self.count > 0 and not (self.missing or self.surplus or self.doubled or self.unheard)


def run(options, chance, folder):
    receiver = Receiver(random.Random(options.seed + 1))
    world = World(os.path.abspath(options.program), folder, receiver.port, options.rate)
    watchers = []
    try:
        begun = now()
        states = folder / "state", folder / "other"
        watchers.append(world.watch(states[1], "--since", "15m", config=world.quiet))
        full = torment(world, states[0], chance, options.kills, "15m")
        ended = now()
        receiver.peace = True
        watchers.append(world.watch(states[0], "--since", "15m"))
        judgement = peace(world, receiver, states, begun, ended, min(VISIBLE, 2 * options.kills))
        if any(watcher.poll() is not None for watcher in watchers):
            sys.exit(f"a watcher ended by itself: {folder}/stderr.txt")
        return tell(options, receiver, judgement, full, ended - begun)
    finally:
        for process in watchers + [world.server]:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def peace(world, receiver, states, begun, ended, least):
    """Waits until nothing is owed, and judges."""
    begin = stamp(begun - datetime.timedelta(minutes=10))
    started = time.monotonic()
    while True:
        time.sleep(5)
        waited = time.monotonic() - started
        end = stamp(min(ended, now() - datetime.timedelta(seconds=VISIBLE)))
        judgement = Judgement(world, receiver, states, begin, end)
        if waited >= least and judgement.is_good() or waited >= least + 300:
            return judgement


def tell(options, receiver, judgement, full, lasted):
    with receiver.lock:
        repeats = sum(count - 1 for count in receiver.taken.values())
        messages, refused, hung = len(receiver.taken), receiver.refused, receiver.hung
    print(f"kills                {options.kills} in {int(lasted.total_seconds())} s, {full} of them with a full disk")
    print(f"alerts in the store  {len(judgement.alerts)}; without kills {len(judgement.calm)}")
    print(f"compared             {judgement.count} that fired")
    print(f"  lost               {len(judgement.missing)} {judgement.missing[:3]}")
    print(f"  too many           {len(judgement.surplus)} {judgement.surplus[:3]}")
    print(f"  doubled            {len(judgement.doubled)} {judgement.doubled[:3]}")
    print(f"received             {messages + repeats} messages, {messages} different; {refused} tries got a 500, {hung} no answer")
    print(f"  alerts not told    {len(judgement.unheard)} {judgement.unheard[:3]}")
    print(f"  repeats            {repeats}, at most {options.kills} allowed")
    good = judgement.is_good() and repeats <= options.kills
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=3)
    parser.add_argument("--program", default="target/debug/trailwatch")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="trailwatch-crash-"))
    code = run(options, chance, folder)
    if code == 0:
        shutil.rmtree(folder)
    else:
        print(f"stores and standard error are kept in {folder}")
    sys.exit(code)


if __name__ == "__main__":
    main()
