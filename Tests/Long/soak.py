# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""One long run of the whole catalogue, over and over in an order drawn from a number, with busy loops beside it
that come and go. Samples what the harness and its cache take, and says how it ended.

Interrupted, or after --minutes, it goes on when it is called again."""

import argparse
import json
import os
import pathlib
import signal
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Drills" / "drills"))
import lab

# Trials of one repetition: two twins, armed and not, of ninety scenarios, and second looks.
REPETITION = 415
SAMPLE_SECONDS, LOAD_SECONDS = 10, 120
# To add up the cache's thousands of files takes seconds on a busy machine.
CACHE_SECONDS = 300


def main():
    parser = argparse.ArgumentParser(prog="Tests/Long/run soak")
    parser.add_argument("trials", nargs="?", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--load", type=int, default=8, help="busy loops beside it, every other two minutes (8)")
    parser.add_argument("--minutes", type=float, help="stop after so long, to go on later")
    options = parser.parse_args()
    folder = pathlib.Path(os.environ.get("PANICROOM_SOAK") or lab.frame.ROOT / "runs" / "long" / "soak").resolve()
    unfinished = folder / "unfinished"
    runs = folder / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    if unfinished.exists() and (runs / "latest").exists():
        arguments = ["run", "--resume", runs / "latest", "--jobs", str(options.jobs)]
    else:
        (folder / "samples.jsonl").unlink(missing_ok=True)
        unfinished.touch()
        repetitions = max(1, -(-options.trials // REPETITION))
        arguments = ["run", "--repeat", str(repetitions), "--seed", "1", "--jobs", str(options.jobs), "--runs", runs]
    cache = lab.Cache(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    status = carry_out(arguments, cache, folder, options)
    failed = tell(runs / "latest", folder)
    if status == 130:
        print("it is not over: the same command goes on")
        return 130
    unfinished.unlink()
    return 1 if failed or status != 0 else 0


def carry_out(arguments, cache, folder, options):
    """Runs it while sampling; its exit status."""
    stopped = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.append(True))
    print(f"== soak: {' '.join(map(str, arguments))}", flush=True)
    load = None
    with lab.Harness(arguments, cache, folder / "harness", environment={"TMPDIR": "/tmp"}) as harness:
        part = int(time.time())
        next_sample = next_load = next_size = 0.0
        while harness.process.poll() is None:
            if stopped or options.minutes and harness.age > options.minutes * 60:
                harness.send(signal.SIGINT)
                break
            if options.load and harness.age >= next_load:
                next_load += LOAD_SECONDS
                load = change(load, options.load)
            if harness.age >= next_sample:
                next_sample = harness.age + SAMPLE_SECONDS
                values = {"part": part, **sample(harness), "load": options.load if load else 0}
                if harness.age >= next_size:
                    values["cache_mib"] = mebibytes(cache.root)
                    next_size = harness.age + CACHE_SECONDS
                with open(folder / "samples.jsonl", "a") as file:
                    file.write(json.dumps(values) + "\n")
            time.sleep(0.5)
        change(load, 0)
        answer = harness.wait(60)
        left = harness.left()
        if left:
            print(f"left: {left}")
    if answer.status not in (0, 1, 3, 130):
        print(f"the harness: {answer.words}")
    return answer.status


def change(load, number):
    """Starts busy loops where there are none, and ends those that there are."""
    if load:
        load.__exit__()
        return None
    return lab.Load(number).__enter__() if number else None


def sample(harness):
    proc = pathlib.Path(f"/proc/{harness.pid}")
    try:
        status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines() if ":" in line)
        kibibytes, threads = int(status["VmRSS"].split()[0]), int(status["Threads"])
        descriptors = len(list((proc / "fd").iterdir()))
    except (OSError, KeyError):  # it ends just now
        kibibytes = threads = descriptors = None
    return {"seconds": round(harness.age, 1), "rss_kib": kibibytes, "threads": threads,
            "descriptors": descriptors}


def mebibytes(folder):
    blocks = 0
    for path in folder.rglob("*"):
        try:
            blocks += path.lstat().st_blocks
        except OSError:  # a staging folder that is gone
            continue
    return blocks // 2048


def tell(directory, folder):
    """Prints the figures of the whole run so far; whether anything failed."""
    if not (directory / "trials.jsonl").exists():
        print("no trial was made")
        return True
    # Scenarios that declare chance are settled over all repetitions, which is the report's work.
    report = folder / "report.json"
    lab.run(["report", directory, "--format", "json", "-o", report],
            lab.Cache(folder / "no-cache"), folder / "harness", limit=600)
    record = json.loads(report.read_text())
    summary, trials = record["summary"], [t for t in record["trials"] if not t.get("superseded")]
    again = len(record["trials"]) - len(trials)
    bad = [t for t in trials if t["outcome"] not in ("met", "skipped")]
    for t in bad:
        print(f"{t['outcome']}: {t['scenario']} {t['mechanism']} {'armed' if t['armed'] else 'disarmed'} "
              f"{t['profile']} {t['repetition']}: {t['verdict']} {t.get('kind', '')}: {t.get('reason', '')}\n"
              f"  {directory.resolve()}/{t.get('evidence_dir', '')}")
    samples = [json.loads(line) for line in (folder / "samples.jsonl").read_text().splitlines()]
    seconds = sum(max(s["seconds"] for s in samples if s["part"] == part) for part in {s["part"] for s in samples})
    print(f"soak: {len(trials)} trials, {summary['remaining']} remain; {summary['met']} met, "
          f"{summary['unmet']} unmet, {summary['inconclusive']} inconclusive, {summary['skipped']} skipped; "
          f"{again} made twice; {seconds:.0f} s, {len(trials) / max(seconds, 1):.2f} trials/s")
    for name, words in (("rss_kib", "memory of the harness, KiB"), ("descriptors", "descriptors"),
                        ("threads", "threads"), ("cache_mib", "cache, MiB")):
        for part in sorted({s["part"] for s in samples}):
            values = [s[name] for s in samples if s["part"] == part and s.get(name) is not None]
            tenth = max(1, len(values) // 10)
            # The first minute prepares and warms up.
            values = values[6:] if len(values) > 60 else values
            if values:
                print(f"  {words}: first {statistics.median(values[:tenth]):.0f}, "
                      f"last {statistics.median(values[-tenth:]):.0f}, most {max(values)} ({len(values)} samples)")
    return bool(bad)


sys.exit(main())
