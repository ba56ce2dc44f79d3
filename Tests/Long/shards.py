# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""A run of the whole catalogue in parts, some of which are killed with SIGKILL at random moments and resumed, held
against the uncut run: the merged parts must be the same, and their overhead small.

A part that is complete is not run again: the same command goes on."""

import argparse
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(prog="Tests/Long/run shards")
    parser.add_argument("parts", nargs="?", type=int, default=16)
    parser.add_argument("--kill", type=int, default=4, help="how many parts to kill (4)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1, help="of the parts and moments (1)")
    parser.add_argument("--runs", type=pathlib.Path, default=ROOT / "runs" / "long" / "shards")
    parser.add_argument("arguments", nargs="*", help="of run, after --; none for the whole catalogue")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    killed = set(chance.sample(range(1, options.parts + 1), options.kill))
    whole = carry_out(options.runs / "whole", options, None)
    for index in range(1, options.parts + 1):
        moment = chance.uniform(0.5, 5) if index in killed else None
        carry_out(options.runs / str(index), options, f"{index}/{options.parts}", moment)
    merged = options.runs / "merged"
    subprocess.run(["rm", "-rf", merged], check=True)
    parts = [options.runs / str(index) / "latest" for index in range(1, options.parts + 1)]
    status = panicroom("merge", *parts, "-o", merged).wait()
    print(f"merge: exit status {status}")
    return tell(whole, merged, options, parts) or status


def panicroom(*arguments):
    program = os.environ["PANICROOM_PROGRAM"]
    environment = dict(os.environ, PANICROOM_REPOSITORY=str(ROOT))
    return subprocess.Popen(
        [program, *map(str, arguments)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def carry_out(runs, options, part, kill_after=None):
    """A run, or a part of one; its directory. If it is to be killed, that is done once."""
    latest, mark = runs / "latest", runs / "killed"
    runs.mkdir(parents=True, exist_ok=True)
    tries = 0
    while not (runs / "complete").exists():
        tries += 1
        if tries > 5:
            sys.exit(f"{runs} is not complete after 5 tries")
        if (latest / "run.json").exists():
            command = ["run", "--resume", latest, "-j", options.jobs]
        else:
            command = ["run", "--runs", runs, "-j", options.jobs, *options.arguments]
            command += ["--shard", part] if part else []
        process = panicroom(*command)
        if kill_after is not None and not mark.exists():
            while process.poll() is None and not (latest / "trials.jsonl").exists():
                time.sleep(0.02)
            time.sleep(kill_after)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                print(f"part {part} was killed after {kill_after:.1f} s of trials", flush=True)
            mark.touch()
        status = process.wait()
        if status == 2:
            sys.exit(f"{' '.join(map(str, command))}: exit status 2")
        if status in (0, 1) or (status == 3 and part is None):
            (runs / "complete").touch()
    return latest


def read(run):
    header = json.loads((run / "run.json").read_text())
    with open(run / "trials.jsonl") as file:
        trials = [json.loads(line) for line in file]
    return header, [trial for trial in trials if not trial.get("superseded")]


def facts(trials, racing):
    keys = ["scenario", "mechanism", "armed", "kernel", "profile", "repetition"]
    what = ["verdict", "by", "kind", "category", "outcome"]
    # How often two processors met in a race is never the same.
    counted = {True: what, False: [*what, "observed"]}
    return {
        tuple(t[k] for k in keys): tuple(t.get(k) for k in counted[t["armed"] and t["scenario"] in racing])
        for t in trials
    }


def scenarios_with(line, run):
    return {file.stem for file in (run / "scenarios").glob("*.yaml") if f"\n{line}" in file.read_text()}


def tell(whole, merged, options, parts):
    header, trials = read(whole)
    merged_header, merged_trials = read(merged)
    racing = scenarios_with("cpus: 2", whole)
    one, other = facts(trials, racing), facts(merged_trials, racing)
    lucky = scenarios_with("repeat:", whole)
    different = [k for k in one.keys() | other.keys() if one.get(k) != other.get(k) and k[0] not in lucky]
    outcomes = collections.Counter(trial["outcome"] for trial in merged_trials)
    print(f"uncut: {len(trials)} records; merged: {len(merged_trials)}, {dict(outcomes)}")
    print(f"plan: {'the same' if header['trials'] == merged_header['trials'] else 'different'}; ", end="")
    print(f"{len(different)} trials differ, apart from {len(lucky)} scenarios that depend on chance")
    for name in sorted(different):
        print(" ", *name, one.get(name), other.get(name))
    for part in parts:
        part_header, part_trials = read(part)
        work = sum(trial["seconds"]["total"] for trial in part_trials)
        seconds = part_header.get("seconds")
        if seconds:
            print(f"part {part.parent.name}: {len(part_trials)} trials, {seconds:.1f} s", end="")
            print(f", {work / options.jobs:.1f} s of trials on {options.jobs} jobs")
    return 1 if different or header["trials"] != merged_header["trials"] else 0


if __name__ == "__main__":
    sys.exit(main())
