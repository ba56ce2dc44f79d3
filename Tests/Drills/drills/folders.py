# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""Run directories that somebody else has prepared: every report of them ends soon and in bounded memory, shows
nothing of other files, and no number in them makes it crash."""

import json
import os
import pathlib
import shutil
import socket as sockets

import lab

SAMPLE = lab.frame.ROOT / "Tests" / "ReportsTests" / "Fixtures" / "sample-run"
FORMATS = ["terminal", "html", "markdown", "json", "junit", "ktap", "badge"]
SECRET = "the-secret-of-another-file"
MOST_MEMORY, MOST_SECONDS = 600 << 20, 30
NUMBERS = ["1e308", "-1e308", "1e-320", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
           "0", "-1", "2.5", "1" + "0" * 400, "\"1\"", "null", "true", "[]", "{}", "\"\\u0000\"",
           "\"" + "A" * 300_000 + "\"", "\"\\u001b]0;x\\u0007\\u202e\"", "\"../../../../etc/passwd\""]
FIELDS = ["seconds", "repetition", "observed", "source", "evidence", "verdict", "expected", "scenario", "kernel",
          "armed", "kind", "title", "evidence_dir", "outcome", "reason", "started", "mechanism", "profile"]
HEADER = ["began", "host", "id", "kernels", "profiles", "repetitions", "schema", "second_looks", "seconds", "seed",
          "trials", "command"]


def carry_out(drill):
    cache = lab.Cache(lab.frame.WORK / "caches" / drill.name)
    for name, prepare in FILES.items():
        with drill.attempt(name) as it:
            if it:
                run = sample(it)
                prepare(it, run)
                read(it, cache, run, FORMATS)
    for field in FIELDS:
        with drill.attempt(f"a trial's {field}") as it:
            if it:
                values(it, cache, lambda run, value: trial(run, field, value))
    for field in HEADER:
        with drill.attempt(f"the run's {field}") as it:
            if it:
                values(it, cache, lambda run, value: header(run, field, value))
    for place in ("line", "file", "seconds total"):
        with drill.attempt(f"a trial's inner {place}") as it:
            if it:
                values(it, cache, lambda run, value: inner(run, place, value))
    for number in range(1, drill.times(20) + 1):
        with drill.attempt(f"flipped bytes {number}") as it:
            if it:
                run = sample(it)
                flip(it, run)
                read(it, cache, run, FORMATS)
    cache.remove()


def sample(it):
    run = it.folder / "run"
    lab.frame.remove(run)
    shutil.copytree(SAMPLE, run)
    return run


def values(it, cache, put):
    """All values of a field, one after the other, in two formats that show all."""
    for value in NUMBERS:
        run = sample(it)
        put(run, value)
        read(it, cache, run, ["terminal", "html"], value[:40])
        if it.failures:
            return


def read(it, cache, run, formats, words=""):
    secret = it.folder / "secret"
    secret.write_text(SECRET + "\n")
    for name in formats:
        arguments = ["report", run, "--format", name]
        if name == "html":
            arguments += ["-o", it.folder / "page.html", "--with-evidence"]
        with lab.Harness(arguments, cache, it.folder / "files") as harness:
            peak = 0
            while harness.process.poll() is None and harness.age < MOST_SECONDS:
                peak = max(peak, lab.memory(harness.pid))
                lab.wait_until(lambda: harness.process.poll() is not None, 0.05)
            answer = harness.wait(0)
        it.expect(answer.status is not None, f"{name} {words}: still busy after {MOST_SECONDS} s")
        it.expect(answer.status is None or answer.status >= 0, f"{name} {words}: it crashed: {answer.words[:200]}")
        it.expect(answer.status != 2 or answer.err.strip(), f"{name} {words}: status 2 and not a word")
        it.expect(peak < MOST_MEMORY, f"{name} {words}: it took {peak >> 20} MiB")
        shown = answer.out + answer.err
        for path in [it.folder / "page.html", *(it.folder / "page-evidence").rglob("*"),
                     *(it.folder / "page.html-evidence").rglob("*")]:
            if path.is_symlink():
                it.expect(False, f"{name} {words}: the copy has a link, {path.name}")
            elif path.is_file():
                shown += path.read_text(errors="replace")
        it.expect(SECRET not in shown, f"{name} {words}: it shows another file")
        it.expect("\x1b]" not in answer.out + answer.err and "\u202e" not in answer.out + answer.err or name == "json",
                  f"{name} {words}: an escape reaches the terminal")
        if it.failures:
            return


def console(run):
    return next(iter(sorted((run / "evidence").glob("null-map-value.lkm.armed*")))) / "console.log"


def replaced(path, put):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    put(path)


def linked(choose):
    def prepare(it, run):
        secret = it.folder / "secret"
        secret.write_text(SECRET + "\n")
        replaced(choose(run), lambda path: path.symlink_to(secret))
    return prepare


def linked_folder(choose):
    def prepare(it, run):
        outside = it.folder / "outside"
        shutil.copytree(choose(run), outside)
        for path in outside.rglob("*"):
            if path.is_file():
                path.write_text(SECRET + "\n")
        replaced(choose(run), lambda path: path.symlink_to(outside))
    return prepare


def piped(choose):
    return lambda it, run: replaced(choose(run), os.mkfifo)


def device(choose, which):
    return lambda it, run: replaced(choose(run), lambda path: path.symlink_to(which))


def socket(choose):
    def put(path):
        with sockets.socket(sockets.AF_UNIX) as one:
            here = os.open(path.parent, os.O_RDONLY)
            one.bind(f"/proc/self/fd/{here}/{path.name}")
            os.close(here)
    return lambda it, run: replaced(choose(run), put)


def large(choose):
    """A file of 8 GiB with holes."""
    def put(path):
        with open(path, "wb") as file:
            file.truncate(8 << 30)
    return lambda it, run: replaced(choose(run), put)


def folder(choose):
    return lambda it, run: replaced(choose(run), pathlib.Path.mkdir)


def deep(it, run):
    """More folders in folders than a path has room for."""
    place = os.open(run / "evidence", os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=place)
        inner = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


def many(it, run):
    line = (run / "trials.jsonl").read_text().splitlines()[0]
    (run / "trials.jsonl").write_text((line + "\n") * 20_000)


def nested(it, run):
    (run / "run.json").write_text("[" * 200_000)


PARTS = {
    "run.json": lambda run: run / "run.json", "trials.jsonl": lambda run: run / "trials.jsonl",
    "a console": console, "a scenario's file": lambda run: next((run / "scenarios").glob("*.yaml")),
    "a source": lambda run: run / "scenarios" / "lkm" / "null_map_value.c",
}
FOLDERS = {
    "evidence": lambda run: run / "evidence", "a trial's folder": lambda run: console(run).parent,
    "scenarios": lambda run: run / "scenarios",
}
FILES = {
    **{f"{name} is a link": linked(choose) for name, choose in PARTS.items()},
    **{f"{name} is a FIFO": piped(choose) for name, choose in PARTS.items()},
    **{f"{name} is /dev/zero": device(choose, "/dev/zero") for name, choose in PARTS.items()},
    **{f"{name} is a socket": socket(choose) for name, choose in PARTS.items()},
    **{f"{name} has 8 GiB": large(choose) for name, choose in PARTS.items()},
    **{f"{name} is a folder": folder(choose) for name, choose in PARTS.items()},
    **{f"{name} is a link out": linked_folder(choose) for name, choose in FOLDERS.items()},
    "a folder 3000 deep": deep, "twenty thousand lines": many, "a header nested 200000 deep": nested,
}


def trial(run, field, value):
    lines = (run / "trials.jsonl").read_text().splitlines()
    (run / "trials.jsonl").write_text(
        "\n".join(with_value(line, field, value) if number < 3 else line for number, line in enumerate(lines)) + "\n")


def header(run, field, value):
    text = with_value((run / "run.json").read_text(), field, value)
    (run / "run.json").write_text(text)


def with_value(text, field, value):
    """The text of an object with a field's value replaced by text that JSON's writers would not write."""
    return json.dumps({**json.loads(text), field: "@@"}).replace('"@@"', value)


def inner(run, place, value):
    lines = []
    for line in (run / "trials.jsonl").read_text().splitlines():
        record = json.loads(line)
        if place == "seconds total":
            record["seconds"] = {"start": 0.1, "trial": "@@", "total": "@@"}
        else:
            record["source"] = {"file": "lkm/null_map_value.c", "line": 33, place: "@@"}
            record["evidence"] = [{"file": "console.log", "line": 1, "text": "x", place: "@@"}]
        lines.append(json.dumps(record).replace('"@@"', value))
    (run / "trials.jsonl").write_text("\n".join(lines) + "\n")


def flip(it, run):
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.stat().st_size)
    for _ in range(it.chance.randrange(1, 30)):
        path = it.chance.choice([run / "run.json", run / "trials.jsonl", it.chance.choice(files)])
        content = bytearray(path.read_bytes())
        content[it.chance.randrange(len(content))] = it.chance.choice(b'\x00"{}[],:-0129eE.\xff\x1b\n')
        path.write_bytes(content)
