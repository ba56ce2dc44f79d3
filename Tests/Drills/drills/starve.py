# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""The harness on a starved host: eight busy loops beside it, then the harness at nice 19 as well. Verdicts
and kinds are as declared all the same."""

import lab

SCENARIOS = [*lab.QUICK, *lab.SPINNING, "user-bounded-loop", "lost-updates"]


def carry_out(drill):
    cache = lab.seed()
    for way, before in (("load 8", ()), ("load 8, nice 19", ("nice", "-n", "19"))):
        for number in range(1, drill.times(2) + 1):
            with drill.attempt(f"{way} {number}") as it:
                if it:
                    starve(it, cache, before)
    with drill.attempt("first run at load 8") as it:
        if it:
            # Compilers and the template's boot starve, too.
            cache.empty("templates", "images", "objects", "accelerator")
            starve(it, cache, ())


def starve(it, cache, before):
    runs = it.folder / "runs"
    runs.mkdir()
    with lab.Load(8):
        answer = lab.run(["run", *SCENARIOS, "--runs", runs], cache, it.folder, limit=1200, before=before)
    it.expect(answer.status == 0, answer.words)
    if (runs / "latest").exists():
        _, planned, records = lab.trials(runs)
        it.expect(not lab.wrong(records), lab.wrong(records))
        again = sum(bool(t.get("superseded")) for t in records)
        it.note(f"{planned} trials in {answer.seconds:.0f} s, {again} of them made twice")
