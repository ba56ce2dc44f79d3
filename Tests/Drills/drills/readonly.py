# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""A whole cache that can't be written: mounted read-only, and another user's. Whatever is in it is used."""

import os
import shutil
import subprocess

import lab

COMMANDS = {
    "run": ["run", *lab.QUICK],
    "try a program": ["try", lab.frame.ROOT / "bpf" / "null_map_value.bpf.c"],
    "try a module": ["try", lab.frame.ROOT / "lkm" / "null_map_value.c"],
    "shell": ["shell", "null-map-value"],
    "bench": ["bench", "--rounds", "1"],
    "prepare": ["prepare", "null-map-value"],
    "kernel list": ["kernel", "list"],
    "doctor": ["doctor"],
    "list": ["list"],
}


def carry_out(drill):
    cache = lab.seed()
    # What the commands make is there, as in a cache that somebody has prepared for others.
    for name, command in COMMANDS.items():
        if name == "run":
            command = [*command, "--runs", drill.folder / "prepared"]
        answer = lab.run(command, cache, limit=1800)
        if answer.status != 0:
            raise RuntimeError(f"{name} with a cache that can be written: {answer.words}")
    for name, command in COMMANDS.items():
        with drill.attempt(f"{name}, mounted read-only") as it:
            if it:
                with Bound(cache):
                    carry(it, cache, name, command)
    nobody(drill, cache)


def carry(it, cache, name, command, **options):
    # Even an unwritable cache is looked at as it was before and after.
    before = stamps(cache)
    if name == "run":
        command = [*command, "--runs", it.folder / "runs"]
    answer = lab.run(command, cache, it.folder / "files", **options)
    it.expect(answer.status == 0, answer.words)
    it.expect(stamps(cache) == before, "the cache was written to")
    if name == "run" and (it.folder / "runs" / "latest").exists():
        records = lab.trials(it.folder / "runs")[2]
        it.expect(all(t["started"] == "restored" for t in records), "guests booted instead of being restored")


def nobody(drill, cache):
    """The cache of another user, who lets others read it."""
    if os.geteuid() != 0:
        return
    subprocess.run(["chmod", "-R", "a+rX", cache.home], check=True)
    before = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    for name in ("run", "try a program", "try a module", "shell"):
        with drill.attempt(f"{name}, another user's") as it:
            if it:
                shutil.chown(it.folder, 65534)
                (it.folder / "files").mkdir()
                os.chmod(it.folder / "files", 0o777)
                carry(it, cache, name, COMMANDS[name], before=before)


def stamps(cache):
    return {str(path): path.lstat().st_mtime_ns for path in cache.root.rglob("*")}


class Bound:
    """The cache's home, mounted over itself read-only."""

    def __init__(self, cache):
        self.path = cache.home

    def __enter__(self):
        subprocess.run(["mount", "--bind", self.path, self.path], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", self.path], check=True)

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)
