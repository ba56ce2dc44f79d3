# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""Modules that are aimed at the laboratory's verdict: none of them passes for better than it is, and the two
harmless ones not for worse."""

import json

import lab

MODULES = lab.frame.ROOT / "Tests" / "Drills" / "modules"
# Verdicts that are true of each, or that say that the laboratory can't tell.
CASES = [
    ("talk", None, {"survived"}),
    ("lie", 0, {"survived"}),
    ("lie", 1, {"inconclusive"}),
    ("lie", 2, {"warned"}),
    ("lie", 3, {"warned"}),
    ("lie", 4, {"warned", "inconclusive"}),
    # It says of itself that it oopsed, and nothing takes that back.
    ("lie", 5, {"oopsed", "inconclusive"}),
    ("forge", 0, {"inconclusive"}),
    ("forge", 1, {"oopsed"}),
    ("forge", 2, {"inconclusive", "hung"}),
    ("forge", 3, {"warned", "inconclusive"}),
    ("forge", 4, {"inconclusive", "oopsed"}),
]


def carry_out(drill):
    cache = lab.seed()
    for module, mode, verdicts in CASES:
        for number in range(1, drill.times(3) + 1):
            with drill.attempt(f"{module} {'' if mode is None else mode} {number}".replace("  ", " ")) as it:
                if it:
                    one(it, cache, module, mode, verdicts)


def one(it, cache, module, mode, verdicts):
    command = ["try", MODULES / f"{module}.c", "--format", "json", "--runs", it.folder / "runs"]
    answer = lab.run(command + ([] if mode is None else ["--arg", f"mode={mode}"]), cache, it.folder)
    if not it.expect(answer.status in (0, 3), answer.words):
        return
    trial = [t for t in json.loads(answer.out)["trials"] if not t.get("superseded")][-1]
    it.expect(trial["verdict"] in verdicts,
              f"{trial['verdict']} {trial.get('title', '')} ({trial.get('reason', '')}) "
              f"and not {' or '.join(sorted(verdicts))}")
    it.note(f"{trial['verdict']} {trial.get('kind', '')} {trial.get('reason', '')[:100]}")
