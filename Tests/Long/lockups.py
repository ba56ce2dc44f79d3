# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""What hangs, spins or sleeps where it must not, on a starved host: the scenarios that declare it, repeated with
one CPU and with two at a load of 8; and one of them many times. No kind that isn't declared.

The second machine comes from a copy of the catalogue in which each has `cpus: 2`. The scenarios are written for
one CPU, and some faults need both their parts on the same: with two, only kinds are held against what is declared."""

import argparse
import collections
import os
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Drills" / "drills"))
import lab

ROOT = lab.frame.ROOT
# The kinds of reports that a busy host's delays could be taken for, or that come of what waits in the wrong place.
DECLARED = re.compile(r"verdict: hung|kinds: \[.*(lockdep|atomic-sleep)", re.M)
MANY = "user-bounded-loop"
# What two CPUs add. One that takes no interrupts any more is reported by the other (Linux: kernel/rcu/tree_stall.h).
BY_THE_OTHER = {"hard-lockup": ["rcu-stall"]}
# A task that switches preemption off and need not wait for its CPU keeps the watchdog's thread from running there
# (Linux: kernel/watchdog.c, softlockup_fn()).
WITH_TWO = {"preemption-left-off": ["soft-lockup"]}


def scenarios():
    return sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml") if DECLARED.search(path.read_text()))


def main():
    parser = argparse.ArgumentParser(prog="Tests/Long/run lockups")
    parser.add_argument("parts", nargs="*", help="1-cpu, 2-cpus, many; all of them if none is named")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--many", type=int, default=500, help=f"trials of {MANY}'s armed module (500)")
    parser.add_argument("--load", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    folder = pathlib.Path(os.environ.get("PANICROOM_LOCKUPS") or ROOT / "runs" / "long" / "lockups").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    names = scenarios()
    parts = [("1-cpu", 1, names, options.repeat), ("2-cpus", 2, names, options.repeat),
             ("many", 1, [MANY], options.many)]
    failed = False
    with lab.Load(options.load):
        for name, cpus, chosen, times in parts:
            if not options.parts or name in options.parts:
                failed |= carry_out(folder / name, cpus, chosen, times, options.jobs)
    return 1 if failed else 0


def carry_out(folder, cpus, names, times, jobs):
    """Runs a part, or goes on with it; whether anything was not as declared."""
    copy = folder / "catalogue"
    if not copy.exists():
        catalogue(copy, cpus, names)
    runs = folder / "runs"
    runs.mkdir(exist_ok=True)
    arguments = ["run", "--resume", runs / "latest"] if (runs / "latest").exists() else [
        "run", *names, "--repeat", str(times), "--no-second-look", "--runs", runs]
    cache = lab.Cache(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    answer = lab.run([*arguments, "--jobs", str(jobs)], cache, folder / "harness", limit=10 * 3600,
                     environment={"PANICROOM_REPOSITORY": str(copy), "TMPDIR": "/tmp"})
    _, planned, records = lab.trials(runs)
    current = [t for t in records if not t.get("superseded")]
    armed = [t for t in current if t["armed"]]
    kinds = collections.Counter(f"{t['verdict']} {t.get('kind', '')}".strip() for t in armed)
    wrong = lab.wrong(records)
    for words in wrong:
        print(f"not as declared: {words}")
    undeclared = [t for t in armed if t.get("kind") and t["kind"] not in allowed(t, cpus)]
    for t in undeclared:
        print(f"no such kind: {t['kind']}, {runs / 'latest' / t['evidence_dir']}")
    print(f"{folder.name}: {len(names)} scenarios, {len(current)} of {planned} trials, {len(wrong)} not as declared, "
          f"{len(undeclared)} of a kind that isn't declared, {len(records) - len(current)} made twice; "
          f"exit status {answer.status}, {answer.seconds:.0f} s\n"
          f"  armed: {', '.join(f'{number} {kind}' for kind, number in kinds.most_common())}\n"
          f"  evidence: {runs / 'latest'}", flush=True)
    if answer.status not in (0, 1, 3):
        print(f"the harness: {answer.words}")
        return True
    return bool(undeclared) or len(current) < planned or cpus == 1 and bool(wrong)


def allowed(trial, cpus):
    kinds = trial["expected"].get("kinds", [])
    if cpus == 1:
        return kinds
    return kinds + [more for kind in kinds for more in BY_THE_OTHER.get(kind, [])] + WITH_TWO.get(trial["scenario"], [])


def catalogue(copy, cpus, names):
    for part in ("vm", "bpf", "lkm"):
        shutil.copytree(ROOT / part, copy / part)
    (copy / "scenarios").mkdir()
    for name in names:
        text = (ROOT / "scenarios" / f"{name}.yaml").read_text()
        if cpus != 1:
            text = re.sub(r"^(family: .*)$", rf"\1\ncpus: {cpus}", text, count=1, flags=re.M)
        (copy / "scenarios" / f"{name}.yaml").write_text(text)


sys.exit(main())
