# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""Several harnesses at once on one cache in which nothing is made yet: each gets what it needs, once, and
nothing is left over."""

import collections

import lab

MODULE = lab.frame.ROOT / "lkm" / "null_map_value.c"


def carry_out(drill):
    cache = lab.seed()
    for number in range(1, drill.times(3) + 1):
        with drill.attempt(f"together {number}") as it:
            if it:
                cache.empty("templates", "images", "objects", "accelerator", "tries", "shells")
                start(it, cache)


def start(it, cache):
    runs = [it.folder / f"runs-{number}" for number in range(3)]
    commands = [
        *(["run", *lab.QUICK, "-j", "1", "--runs", folder] for folder in runs),
        ["try", MODULE], ["prepare", *lab.QUICK], ["shell", "null-map-value"], ["kernel", "list"],
    ]
    it.chance.shuffle(commands)
    harnesses = [lab.Harness(command, cache, it.folder) for command in commands]
    for command, harness in zip(commands, harnesses):
        with harness:
            answer = harness.wait(900)
            it.expect(answer.status == 0, f"{command[0]}: {answer.words}")
            left = harness.left()
            it.expect(not left, f"{command[0]} left: {left}")
    for folder in runs:
        if (folder / "latest").exists():
            records = lab.trials(folder)[2]
            it.expect(not lab.wrong(records), lab.wrong(records))
    templates = collections.Counter(
        "-".join(path.name.split("-")[:-1]) for path in (cache.root / "templates").iterdir()
        if not path.name.startswith("."))
    it.expect(max(templates.values()) == 1, f"templates made twice: {templates}")
    it.expect(not cache.staging(), f"unfinished work lies in the cache: {cache.staging()}")
    lab.expect_usable(it, cache)
