#!/usr/bin/env python3
"""How long `trailwatch scan` takes, against `rsigma engine eval` and `gzip -dc`, as ratios.

    cargo build --release
    python3 benches/scan.py --data FOLDER --rules FOLDER [--rsigma PROGRAM]

The records in the .json, .jsonl and .gz files of the data folder are repeated, each time with new eventIDs, until there
are 300,000. They are written to a temporary folder. Figures are of whole processes, the median of five runs.
"""

import argparse
import gzip
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
import uuid


def records(folder):
    """Every CloudTrail record below a folder, as a line of JSON."""
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not re.search(r"\.(json|jsonl|gz)$", path.name):
            continue
        text = (gzip.open if path.suffix == ".gz" else open)(path, "rt").read()
        try:
            whole = [json.loads(text)]
        except json.JSONDecodeError:
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
        for value in whole:
            for record in value if isinstance(value, list) else value.get("Records", [value]):
                if isinstance(record, dict) and "eventName" in record and "userIdentity" in record:
                    yield record


def write(folder, source, count):
    """The records as JSON lines, plain and gzipped, and as a trail's many small files."""
    some = list(records(source))
    lines, trail = folder / "events.jsonl", folder / "trail"
    trail.mkdir()
    batch = []
    with open(lines, "w") as out:
        for number in range(count):
            record = dict(some[number % len(some)], eventID=str(uuid.UUID(int=number * 2654435761 + 1)))
            line = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
            out.write(line + "\n")
            batch.append(line)
            if len(batch) == 200:
                with gzip.open(trail / f"{number:08}.json.gz", "wt", compresslevel=6) as file:
                    file.write('{"Records":[' + ",".join(batch) + "]}")
                batch = []
    subprocess.run(["gzip", "-k", "-6", str(lines)], check=True)
    return lines, folder / "events.jsonl.gz", trail


def run(command, out):
    """Seconds on the clock, and the largest memory in MB of the process."""
    before = time.monotonic()
    with open(out, "wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
    return time.monotonic() - before, usage.ru_maxrss / 1024


def measure(name, command, folder, times):
    found = [run(command, folder / f"{name}.out") for _ in range(times)]
    seconds, memory = statistics.median(s for s, _ in found), max(m for _, m in found)
    print(f"{name:<24}{seconds:7.2f} s{memory:8.0f} MB", flush=True)
    return seconds


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", required=True, help="a folder with CloudTrail records")
    options.add_argument("--rules", required=True, help="a folder with Sigma rules")
    options.add_argument("--rsigma", default=shutil.which("rsigma"), help="the program to compare with")
    options.add_argument("--program", default="target/release/trailwatch")
    options.add_argument("--records", type=int, default=300_000)
    options.add_argument("--runs", type=int, default=5)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lines, packed, trail = write(folder, asked.data, asked.records)
        scan = [asked.program, "scan", "--no-builtin", "--rules", asked.rules]
        plain = measure("scan-jsonl", [*scan, str(lines)], folder, asked.runs)
        from_gz = measure("scan-gz", [*scan, str(packed)], folder, asked.runs)
        measure("scan-trail", [*scan, str(trail)], folder, asked.runs)
        measure("scan-json", [*scan, "--json", str(lines)], folder, asked.runs)
        unpack = measure("gzip", ["gzip", "-dc", str(packed)], folder, asked.runs)
        print(f"scan of gz / gzip -dc:  {from_gz / unpack:.2f}  (at most 3)")
        if asked.rsigma:
            evaluate = [asked.rsigma, "engine", "eval", "--rules", asked.rules, "--event", f"@{lines}"]
            theirs = measure("rsigma", evaluate, folder, asked.runs)
            print(f"scan / rsigma:          {plain / theirs:.2f}  (at most 0.25)")
            ours = sum(1 for _ in open(folder / "scan-json.out"))
            matches = sum(1 for line in open(folder / "rsigma.out") if '"rule_title"' in line)
            print(f"matches:                {ours} of ours, {matches} of theirs")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
