#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""What a run in parts would take, from the times in the journal of a run that was made.

  Tests/Long/scale.py RUN [--jobs N] [--start SECONDS] [--parts 1,8,64,512] [--balance]

The cut is that of `run --shard`: by the SHA-256 of a trial's key, or, with --balance, the longest trial first, each to
the part with the least to do. Each part is a machine of its own with N jobs, takes SECONDS until its first trial begins, and
gives each job that is free its next trial: first those that are declared to hang, then the others, in the plan's order
(a run in one part: all in the plan's order). A second look follows in the job of its trial. The idle share
is that of all jobs, until the last part ends; the cost is what all machines take together, each until its own end.
"""
import argparse
import collections
import hashlib
import heapq
import json


def key(trial):
    arm = "armed" if trial["armed"] else "disarmed"
    return ".".join(
        [trial["scenario"], trial["mechanism"], arm, trial["kernel"], trial["profile"], str(trial["repetition"])]
    )


def read(run):
    """The seconds of each trial of the plan, by key, in the plan's order, those of its second look included; the keys
    of those that are declared to hang; the header."""
    with open(run + "/run.json") as file:
        header = json.load(file)
    plan = {key(trial): 0.0 for trial in header["trials"]}
    looks = header.get("second_looks", {})
    hangs = set()
    with open(run + "/trials.jsonl") as file:
        for line in file:
            trial = json.loads(line)
            name = key(trial)
            if name not in plan:
                first = next(p for p, look in looks.items() if look == trial["profile"])
                name = key(dict(trial, profile=first))
            elif trial["expected"]["verdict"] == "hung":
                hangs.add(name)
            plan[name] += trial["seconds"]["total"]
    return plan, hangs, header


def cut(plan, hangs, count, balance):
    parts = collections.defaultdict(list)
    if balance:
        loads = [(0.0, index) for index in range(count)]
        heapq.heapify(loads)
        for name, seconds in sorted(plan.items(), key=lambda item: (-item[1], item[0])):
            load, index = heapq.heappop(loads)
            parts[index].append(name)
            heapq.heappush(loads, (load + seconds, index))
        order = {name: place for place, name in enumerate(plan)}
        for names in parts.values():
            names.sort(key=order.get)
    else:
        for name in plan:
            number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
            parts[number % count].append(name)
    if count > 1:
        for names in parts.values():
            names.sort(key=lambda name: name not in hangs)
    return [parts[index] for index in range(count)]


def wall(times, jobs, start):
    """When a part ends that gives each free job the next trial."""
    free = [start] * jobs
    heapq.heapify(free)
    for seconds in times:
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--start", type=float, default=1.0)
    parser.add_argument("--parts", default="1,8,64,512")
    parser.add_argument("--balance", action="store_true")
    options = parser.parse_args()
    plan, hangs, header = read(options.run)
    work = sum(plan.values())
    print(f"{len(plan)} trials, {work:.1f} s of trials, the longest {max(plan.values()):.1f} s", end="")
    print(f"; measured: {header['seconds']:.1f} s" if header.get("seconds") else "")
    print("| parts | wall time | idle | cost | empty parts |")
    print("| --- | --- | --- | --- | --- |")
    for count in map(int, options.parts.split(",")):
        parts = cut(plan, hangs, count, options.balance)
        ends = [wall([plan[name] for name in part], options.jobs, options.start) for part in parts]
        idle = 1 - work / (max(ends) * options.jobs * count)
        empty = sum(not part for part in parts)
        print(f"| {count} | {max(ends):.1f} s | {idle * 100:.0f} % | {sum(ends):.0f} s | {empty} |")


if __name__ == "__main__":
    main()
