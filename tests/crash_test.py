#!/usr/bin/env python3
"""Ends `trailwatch watch` with SIGKILL, again and again, and counts what was lost and what was said twice.

    tests/crash_test.py [--kills N] [--seed N] [--program target/debug/trailwatch]

A pretended account (`demo --serve`) in which several things a second happen, a rule that fires on each, and a webhook on
loopback that answers 200, or 500, or not at all. The watcher is killed at random times, sometimes while its disk is full.
In the end it runs in peace until nothing waits; then another watcher with an empty store reads the same account. It holds:

- the alerts of both are the same, over the events that both must have read,
- every alert was received,
- what was received twice is at most one message for each kill.

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
import signal
import subprocess
import sys
import tempfile
import threading
import time

REGION = "eu-west-1"
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
        self.peace = False
        self.last = time.monotonic()
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
                    self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def mood(self):
        with self.lock:
            dice = 1.0 if self.peace else self.chance.random()
            if dice < 0.10:
                self.refused += 1
                return "refuse"
            return "hang" if dice < 0.12 else "take"

    def take(self, body):
        with self.lock:
            self.taken[body["key"]] += 1
            if body["kind"] == "alert":
                self.alerts.add(body["subject"])
            self.last = time.monotonic()

    def idle(self):
        with self.lock:
            return time.monotonic() - self.last


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


def pairs(alerts, begin, end):
    """Rule and event of all that fired, for events between the two times."""
    found = set()
    for alert in alerts:
        if begin <= alert["first"] <= alert["last"] <= end:
            found |= {(alert["rule"], event) for event in alert["events"]}
    return found


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=3)
    parser.add_argument("--program", default="target/debug/trailwatch")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run(options, chance, pathlib.Path(folder)))


def run(options, chance, folder):
    receiver = Receiver(random.Random(options.seed + 1))
    world = World(os.path.abspath(options.program), folder, receiver.port, options.rate)
    try:
        begun = datetime.datetime.now(datetime.timezone.utc)
        state, other = folder / "state", folder / "other"
        full = torment(world, state, chance, options.kills, "1m")
        ended = datetime.datetime.now(datetime.timezone.utc)
        receiver.peace = True
        # CloudTrail tells an event up to three minutes after it happened; what waits longest waits ten.
        last = world.watch(state)
        deadline = time.monotonic() + 900
        time.sleep(200)
        while receiver.idle() < 30 and time.monotonic() < deadline:
            time.sleep(1)
        control = world.watch(other, "--since", f"{int((datetime.datetime.now(datetime.timezone.utc) - begun).total_seconds()) + 60}s", config=world.quiet)
        time.sleep(max(60, options.kills / 5))
        for process in (last, control):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)
        return judge(options, world, receiver, (state, other), (begun, ended), full)
    finally:
        world.server.terminate()
        world.server.wait()


def judge(options, world, receiver, states, times, full):
    alerts, calm = (world.alerts(state) for state in states)
    begin, end = (stamp(time) for time in times)
    ours, theirs = pairs(alerts, begin, end), pairs(calm, begin, end)
    owed = {alert["id"] for alert in alerts if alert["last"] <= end}
    lost = owed - receiver.alerts
    repeats = sum(count - 1 for count in receiver.taken.values())
    print(f"kills                 {options.kills}, {full} of them with a full disk")
    print(f"alerts                {len(alerts)} in the store")
    print(f"fired, rule and event {len(ours)}; without kills {len(theirs)}")
    print(f"  not in the store    {len(theirs - ours)} {sorted(theirs - ours)[:3]}")
    print(f"  only in the store   {len(ours - theirs)} {sorted(ours - theirs)[:3]}")
    print(f"received              {sum(receiver.taken.values())} messages, {len(receiver.taken)} different")
    print(f"  refused with 500    {receiver.refused}")
    print(f"  owed, not received  {len(lost)} {sorted(lost)[:3]}")
    print(f"  repeats             {repeats}, at most {options.kills} allowed")
    good = ours == theirs and ours and not lost and repeats <= options.kills
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


if __name__ == "__main__":
    main()
