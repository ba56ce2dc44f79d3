# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL of the harness at a random moment: nothing of it is left, the cache serves, a run goes on."""

import re
import signal

import lab


def carry_out(drill):
    cache = lab.seed()
    module = lab.frame.ROOT / "lkm" / "null_map_value.c"
    for number in range(1, drill.times(12) + 1):
        with drill.attempt(f"run {number}") as it:
            if it:
                run(it, cache)
    commands = {
        "try": (["try", module], False, 3.0, ["try", module]),
        "demo": (["demo", "null-map-value", "infinite-loop"], True, 6.0, ["try", module]),
        "shell": (["shell", "null-map-value"], True, 4.0, ["shell"]),
        "prepare": (["prepare", "null-map-value"], False, 9.0, ["prepare", "null-map-value"]),
    }
    for name, (arguments, terminal, seconds, next_command) in commands.items():
        for number in range(1, drill.times(3) + 1):
            with drill.attempt(f"{name} {number}") as it:
                if it:
                    if name == "prepare":
                        cache.empty("templates", "images", "objects")
                    strike(it, cache, arguments, it.chance.uniform(0, seconds), terminal)
                    answer = lab.run(next_command, cache, it.folder / "next")
                    it.expect(answer.status == 0, f"{next_command[0]} afterwards: {answer.words}")
                    lab.expect_usable(it, cache, swept=False)
    fetch(drill)
    with drill.attempt("what they left is swept") as it:
        if it:
            # By the next that makes something in the same folder.
            it.note(f"left: {cache.staging()}")
            cache.empty("templates", "images", "objects", "tries", "shells")
            for command in (["run", *lab.QUICK, "--runs", it.folder / "runs"], ["try", module], ["shell"]):
                answer = lab.run(command, cache, it.folder / "files")
                it.expect(answer.status == 0, f"{command[0]}: {answer.words}")
            it.expect(not cache.staging(), f"unfinished work lies in the cache: {cache.staging()}")
    with drill.attempt("some were killed with guests") as it:
        if it:
            # Else the search for what is left could not find any.
            notes = [note for record in drill.done.values() for note in record["notes"]]
            it.expect(any(re.search(r"with [1-9]\d* guests", note) for note in notes), notes)


# A compiler ends by itself when it is done; nothing but QEMU dies with the harness.
COMPILERS = 120


def strike(it, cache, arguments, seconds, terminal=False):
    """Kills the harness after so long, unless it was done before; says whether it was alive."""
    with lab.Harness(arguments, cache, it.folder, terminal=terminal) as harness:
        if terminal:
            harness.read(seconds)
        lab.wait_until(lambda: harness.process.poll() is not None, max(0, seconds - harness.age))
        guests = len(harness.guests())
        alive = harness.process.poll() is None
        harness.send(signal.SIGKILL)
        answer = harness.wait(10)
        it.expect(answer.status in ((-9,) if alive else (0, -9)), f"ended otherwise: {answer.words}")
        it.note(f"killed after {seconds:.2f} s with {guests} guests" if alive else "ended before")
        guests = [words for words in harness.left() if "qemu-system" in words]
        it.expect(not guests, f"left: {guests}")
        began = harness.age
        left = harness.left(COMPILERS)
        it.expect(not left, f"left: {left}")
        if harness.age - began > 1:
            it.note(f"compilers went on for {harness.age - began:.0f} s")
        return alive


def run(it, cache):
    cold = it.chance.random() < 0.5
    if cold:
        cache.empty("templates", "objects")
    runs = it.folder / "runs"
    runs.mkdir()
    alive = strike(it, cache, ["run", *lab.QUICK, *lab.SPINNING, "--runs", runs],
                   it.chance.uniform(0, 25 if cold else 12))
    if not alive:
        return
    if not (runs / "latest").exists():
        # Killed while it prepared; there is nothing to resume.
        lab.expect_usable(it, cache, swept=False)
        return
    answer = lab.run(["run", "--resume", runs / "latest"], cache, it.folder / "resumed")
    it.expect(answer.status == 0, f"--resume: {answer.words}")
    _, planned, records = lab.trials(runs)
    keys = [tuple(t[k] for k in ("scenario", "mechanism", "armed", "kernel", "profile", "repetition"))
            for t in records if not t.get("superseded")]
    it.expect(len(set(keys)) == len(keys), "a trial is in the journal twice")
    it.expect(len(keys) >= planned, f"{len(keys)} of {planned} trials are in the journal")
    it.expect(not lab.wrong(records), lab.wrong(records))


def fetch(drill):
    """A fetch from the network, killed thrice, then left alone; the archive's own words decide how long."""
    cache = lab.Cache(lab.frame.WORK / "caches" / "kill-fetch")
    with drill.attempt("kernel fetch") as it:
        if not it:
            return
        cache.remove()
        kernel = lab.default_kernel(cache)
        for _ in range(drill.times(3)):
            strike(it, cache, ["kernel", "fetch", kernel], it.chance.uniform(0.5, 15))
        answer = lab.run(["kernel", "fetch", kernel], cache, it.folder / "whole", limit=900)
        it.expect(answer.status == 0, f"the fetch that was left alone: {answer.words}")
        lab.expect_usable(it, cache, swept=False)
        cache.remove()
