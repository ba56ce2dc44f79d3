# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""Entries of the cache are taken away, or swapped for each other, while runs use them: each run ends as
declared or says what is missing, and the cache heals."""

import shutil
import threading
import time

import lab


def carry_out(drill):
    cache = lab.copied(drill.name)
    for way in (remove, swap):
        for number in range(1, drill.times(4) + 1):
            with drill.attempt(f"{way.__name__} {number}") as it:
                if it:
                    disturb(it, cache, way)
    cache.remove()


def disturb(it, cache, way):
    over = threading.Event()
    count = [0]

    def work():
        while not over.wait(it.chance.uniform(0.05, 0.6)):
            count[0] += way(it, cache)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        harnesses = []
        for number in (1, 2):
            runs = it.folder / f"runs-{number}"
            runs.mkdir()
            harnesses.append((runs, lab.Harness(
                ["run", *lab.QUICK, "--repeat", "2", "-j", "1", "--runs", runs], cache, it.folder)))
            time.sleep(it.chance.uniform(0, 1))
        for runs, harness in harnesses:
            with harness:
                answer = harness.wait(600)
                it.expect(answer.status in (0, 2, 3), answer.words)
                if answer.status:
                    it.note(answer.words[:200])
                left = harness.left()
                it.expect(not left, f"left: {left}")
            if (runs / "latest").exists():
                for record in lab.trials(runs)[2]:
                    it.expect(record["outcome"] in ("met", "inconclusive"), lab.wrong([record]))
    finally:
        over.set()
        thread.join()
    it.note(f"{count[0]} entries were touched")
    lab.expect_usable(it, cache)


def entries(cache):
    """Objects of one mechanism, templates, images: lists of entries of one kind."""
    kinds = [*(cache.root / "objects").glob("*/*"), cache.root / "templates", cache.root / "images"]
    lists = [[path for path in kind.iterdir() if not path.name.startswith(".")] for kind in kinds
             if kind.is_dir()]
    return [kind for kind in lists if kind]


def remove(it, cache):
    try:
        path = it.chance.choice(it.chance.choice(entries(cache)))
        # As a user's rm does: name after name, not at once.
        shutil.rmtree(path, ignore_errors=True)
        return 1
    except (OSError, IndexError):  # gone meanwhile
        return 0


def swap(it, cache):
    """Two entries trade places, or one file of theirs does."""
    try:
        kind = it.chance.choice([kind for kind in entries(cache) if len(kind) > 1])
        one, other = it.chance.sample(kind, 2)
        aside = one.with_name(f".aside-{it.chance.getrandbits(32)}")
        one.rename(aside)
        other.rename(one)
        aside.rename(other)
        return 1
    except (OSError, IndexError):
        return 0
