# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""The frame of a drill: numbered tries, what each found, and how to go on after an interruption."""

import contextlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORK = pathlib.Path(os.environ.get("PANICROOM_DRILLS") or ROOT / "runs" / "drills").resolve()


def remove(folder):
    """Python's own rmtree calls itself for each folder, and some drills make three thousand deep."""
    subprocess.run(["rm", "-rf", folder], check=True)


class Try:
    """One try: it held unless something was said against it."""

    def __init__(self, name, folder, chance):
        self.name = name
        # Evidence: kept if the try failed.
        self.folder = folder
        # The same numbers each time, whichever tries were done before.
        self.chance = chance
        self.failures = []
        self.notes = []

    def expect(self, holds, otherwise):
        """Something that must be so. `otherwise` says what was the case instead."""
        if not holds:
            self.failures.append(str(otherwise))
        return bool(holds)

    def note(self, words):
        """Something to be seen beside the figures."""
        self.notes.append(str(words))


class Drill:
    """A drill's tries. Each is written to a journal when it is over, so that it is made once."""

    def __init__(self, name, options):
        self.name = name
        self.options = options
        self.folder = WORK / name
        self.journal = self.folder / "tries.jsonl"
        self.done = {}

    def times(self, usual):
        return self.options.times or usual

    def __enter__(self):
        finished = self.folder / "finished"
        if self.options.again or finished.exists():
            remove(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.journal.exists():
            for line in self.journal.read_text().splitlines():
                record = json.loads(line)
                self.done[record["try"]] = record
        words = f", {len(self.done)} tries done before" if self.done else ""
        print(f"== {self.name}{words}", flush=True)
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            (self.folder / "finished").touch()
        held = sum(not record["failures"] for record in self.done.values())
        seconds = sum(record["seconds"] for record in self.done.values())
        print(f"{self.name}: tried {len(self.done)}, held {held}, in {seconds:.0f} s"
              + ("" if kind is None else " (interrupted)"), flush=True)

    @property
    def holds(self):
        return not any(record["failures"] for record in self.done.values())

    @contextlib.contextmanager
    def attempt(self, name):
        """Gives a Try, or None for one that was made before: `if it: …`."""
        if name in self.done:
            yield None
            return
        folder = self.folder / "evidence" / name.replace("/", "_").replace(" ", "-")
        if folder.exists():
            remove(folder)
        folder.mkdir(parents=True)
        it = Try(name, folder, random.Random(f"{self.options.seed} {self.name} {name}"))
        began = time.monotonic()
        try:
            yield it
        except Exception as error:  # a drill that breaks has not held
            it.failures.append(f"the drill itself failed: {error!r}")
            if os.environ.get("PANICROOM_DRILLS_TRACE"):
                raise
        record = {"try": name, "seconds": round(time.monotonic() - began, 3),
                  "failures": it.failures, "notes": it.notes}
        with open(self.journal, "a") as journal:
            journal.write(json.dumps(record) + "\n")
        self.done[name] = record
        if it.failures:
            for failure in it.failures:
                print(f"FAILED {self.name}, {name}: {failure}\n  evidence: {folder}", flush=True)
        else:
            remove(folder)
        for note in it.notes:
            print(f"  {name}: {note}", file=sys.stderr, flush=True)
