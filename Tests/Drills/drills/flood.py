# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""Modules that flood the console and the agent's port: the harness's memory, its evidence and its time stay
bounded, and a run beside it is not disturbed."""

import threading

import lab

MODULE = lab.frame.ROOT / "Tests" / "Drills" / "modules" / "flood.c"
MODES = ["console", "blobs", "messages", "noise", "a head without a body"]
MOST_MEMORY, MOST_EVIDENCE, MOST_SECONDS = 400 << 20, 256 << 20, 150


def carry_out(drill):
    cache = lab.seed()
    for mode, name in enumerate(MODES):
        for number in range(1, drill.times(2) + 1):
            with drill.attempt(f"{name} {number}") as it:
                if it:
                    flood(it, cache, mode)


def flood(it, cache, mode):
    beside = it.folder / "beside"
    with lab.Harness(["try", MODULE, "--arg", f"mode={mode}", "--runs", it.folder / "runs"], cache,
                     it.folder) as harness, \
            lab.Harness(["run", *lab.QUICK, "-j", "1", "--runs", beside], cache, it.folder) as other:
        peak = [0]

        def watch():
            while harness.process.poll() is None:
                peak[0] = max(peak[0], lab.memory(harness.pid))
                lab.wait_until(lambda: harness.process.poll() is not None, 0.2)

        watcher = threading.Thread(target=watch)
        watcher.start()
        answer = harness.wait(MOST_SECONDS)
        watcher.join()
        it.expect(answer.status in (0, 3), answer.words)
        answer = other.wait(300)
        it.expect(answer.status == 0, f"the run beside: {answer.words}")
        left = harness.left()
        it.expect(not left, f"left: {left}")
    size = sum(path.stat().st_size for path in (it.folder / "runs").rglob("*") if path.is_file())
    it.expect(peak[0] < MOST_MEMORY, f"the harness took {peak[0] >> 20} MiB")
    it.expect(size < MOST_EVIDENCE, f"the evidence has {size >> 20} MiB")
    if (it.folder / "runs" / "latest").exists():
        trial = lab.trials(it.folder / "runs")[2][-1]
        it.expect(trial["verdict"] != "survived", "it survived, which nobody can know")
        it.note(f"{trial['verdict']}; {peak[0] >> 20} MiB of memory, {size >> 10} KiB of evidence")
