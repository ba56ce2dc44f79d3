# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""The harness is stopped in the middle of trials, for seconds: its guests stop with it or their trials are
repeated, and no healthy guest is called hung."""

import os
import signal
import time

import lab

SCENARIOS = ["null-map-value", "divide-by-zero", "reference-leak", "infinite-loop"]


def carry_out(drill):
    cache = lab.seed()
    for way in ("harness", "group", "keyboard"):
        for number in range(1, drill.times(4) + 1):
            with drill.attempt(f"{way} {number}") as it:
                if it:
                    stop(it, cache, way)


def stop(it, cache, way):
    runs = it.folder / "runs"
    runs.mkdir()
    arguments = ["run", *SCENARIOS, "--repeat", "2", "--runs", runs]
    with lab.Harness(arguments, cache, it.folder, terminal=way == "keyboard") as harness:
        stops = 0
        while stops < 2:
            # Far enough from each other that the trial of the first is over when the second comes, and so is
            # its repetition: there is one.
            pause(harness, it.chance.uniform(0.1, 1.5) + (10 if stops else 0))
            if not (guests := harness.guests()):
                if harness.process.poll() is not None:
                    break
                continue
            stops += 1
            away(it, harness, way, guests, it.chance.uniform(1.5, 5))
        answer = harness.wait(240)
        it.expect(stops > 0, "it was over before it could be stopped")
        it.expect(answer.status == 0, answer.words)
        left = harness.left()
        it.expect(not left, f"left: {left}")
    _, planned, records = lab.trials(runs)
    it.note(f"{stops} stops; {sum(bool(t.get('superseded')) for t in records)} trials repeated")
    it.expect(not lab.wrong(records), lab.wrong(records))
    it.expect(len(records) >= planned, f"{len(records)} of {planned} trials are in the journal")


def pause(harness, seconds):
    if harness.terminal is not None:
        harness.read(seconds)
        return
    time.sleep(seconds)


def away(it, harness, way, guests, seconds):
    """Stops it for so long and lets it go on."""
    if way == "keyboard":
        os.write(harness.terminal, b"\x1a")
    else:
        harness.send(signal.SIGSTOP, group=way == "group")
    stopped = lab.wait_until(lambda: (way == "keyboard" and harness.read(0.02) and False)
                             or state(harness.pid) in ("T", None), 5)
    if state(harness.pid) is None:  # it ended just now
        return
    it.expect(stopped, "it did not stop")
    if way == "keyboard":
        before = clocks(guests)
        time.sleep(seconds)
        for pid, used in clocks(guests).items():
            it.expect(used - before.get(pid, used) < 0.25 * seconds,
                      f"guest {pid} ran on while the harness was stopped: {used - before[pid]:.2f} s")
    else:
        time.sleep(seconds)
    harness.send(signal.SIGCONT, group=way != "harness")


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return None


def clocks(guests):
    """Processor seconds that each guest that is still there has used."""
    used = {}
    for pid in guests:
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        used[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used
