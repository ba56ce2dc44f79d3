# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""INT, TERM, HUP and QUIT, to the harness and to its process group: exit status, and nothing left."""

import signal

import lab

# The contract's, for all of them.
EXPECTED = {"INT": 130, "TERM": 130, "HUP": 130, "QUIT": 130}
MODULE = lab.frame.ROOT / "lkm" / "null_map_value.c"
COMMANDS = {
    "run": (["run", *lab.QUICK, *lab.SPINNING], False),
    "try": (["try", "--watch", MODULE], False),
    "demo": (["demo", "infinite-loop"], True),
    "shell": (["shell", "null-map-value"], True),
    "prepare": (["prepare", "null-map-value"], False),
}


def carry_out(drill):
    cache = lab.seed()
    for command in COMMANDS:
        for name in EXPECTED:
            for number in range(1, drill.times(2) + 1):
                with drill.attempt(f"{command} {name} {number}") as it:
                    if it:
                        strike(it, cache, command, name)


def strike(it, cache, command, name):
    arguments, terminal = COMMANDS[command]
    runs = it.folder / "runs"
    if command == "run":
        runs.mkdir()
        arguments = [*arguments, "--runs", runs]
    if command == "prepare":
        cache.empty("templates")
    for path in cache.staging():
        lab.frame.remove(path)
    with lab.Harness(arguments, cache, it.folder, terminal=terminal) as harness:
        started = lab.wait_until(
            lambda: (terminal and harness.read(0.05) and False) or harness.guests()
            or harness.process.poll() is not None, 60)
        if not started or harness.process.poll() is not None:
            it.expect(False, f"no guest was seen: {harness.wait(1).words}")
            return
        lab.wait_until(lambda: terminal and harness.read(0.05) and False, it.chance.uniform(0, 1.5))
        group = it.chance.random() < 0.5
        harness.send(signal.Signals[f"SIG{name}"], group)
        answer = harness.wait(20)
        # `prepare` may have been done a moment before.
        it.expect(answer.status == EXPECTED[name] or (command == "prepare" and answer.status == 0),
                  f"{'to the group, ' if group else ''}{answer.words}, after {answer.seconds:.1f} s")
        left = harness.left()
        it.expect(not left, f"left: {left}")
    it.expect(not cache.staging(), f"unfinished work lies in the cache: {cache.staging()}")
    if command == "run" and (runs / "latest").exists():
        resumed = lab.run(["run", "--resume", runs / "latest"], cache, it.folder / "resumed")
        it.expect(resumed.status == 0, f"--resume: {resumed.words}")
        it.expect(not lab.wrong(lab.trials(runs)[2]), lab.wrong(lab.trials(runs)[2]))
