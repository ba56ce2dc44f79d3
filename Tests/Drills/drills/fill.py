# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""No space: small file systems of their own under the runs folder, the cache and TMPDIR. The message names
the true cause and the place, the status is 2 or 3, nothing half stays, and with room again it works."""

import os
import re
import subprocess

import lab

SPACE = re.compile(r"[Nn]o space (is )?left|MiB are free|no inodes left")


def carry_out(drill):
    cache = lab.seed()
    # The runs folder: less and more than what a header, a trial's evidence and a few trials take.
    for kibibytes in (16, 64, 160, 256, 512, 1024):
        with drill.attempt(f"runs folder of {kibibytes} KiB") as it:
            if it:
                with Small(it.folder / "runs", f"{kibibytes}k") as small:
                    command = ["run", *lab.QUICK, "--repeat", "4", "--runs", small.path]
                    answer = lab.run(command, cache, it.folder / "files")
                    judge(it, answer, small.path, certain=kibibytes < 100)
                    small.resize("64m")
                    if (small.path / "latest" / "trials.jsonl").exists():
                        resumed = lab.run(["run", "--resume", small.path / "latest"], cache,
                                          it.folder / "resumed")
                        it.expect(resumed.status == 0, f"--resume with room: {resumed.words}")
    # Compilers write there.
    for kibibytes in (4, 64, 1024):
        for command in (["try", lab.frame.ROOT / "lkm" / "null_map_value.c"],
                        ["try", lab.frame.ROOT / "bpf" / "null_map_value.bpf.c"]):
            with drill.attempt(f"TMPDIR of {kibibytes} KiB, {command[1].name}") as it:
                if it:
                    with Small(it.folder / "small", f"{kibibytes}k") as small:
                        cache.empty("objects", "tries")
                        answer = lab.run(command, cache, it.folder / "files",
                                         environment={"TMPDIR": str(small.path)})
                        judge(it, answer, small.path)
    # What is made anew in a cache that is nearly full.
    cases = [("templates", 20), ("templates", 200), ("images", 5), ("objects", 0), ("objects", 1), ("kernels", 30)]
    names = {case: f"cache, {case[0]} with {case[1]} MiB left" for case in cases}
    if all(name in drill.done for name in names.values()):
        return
    full = lab.Cache(lab.frame.WORK / "caches" / "fill")
    full.remove()
    with Small(full.home, "6g") as small:
        lab.copy(cache.root, full.root)
        for case in cases:
            with drill.attempt(names[case]) as it:
                if it:
                    nearly(it, full, small, *case)
    full.remove()


def nearly(it, full, small, kind, free):
    before = lab.run(["run", "null-map-value", "--runs", it.folder / "before"], full, it.folder / "warm")
    it.expect(before.status == 0, f"before: {before.words}")
    full.empty(kind, *(["templates"] if kind == "images" else []))
    small.resize(f"{small.used() + free * 1024}k")
    command = ["run", "null-map-value", "--runs", it.folder / "runs"]
    if kind == "kernels":
        command = ["kernel", "fetch", lab.default_kernel(full)]
    answer = lab.run(command, full, it.folder / "files", limit=600)
    judge(it, answer, full.root)
    it.expect(not full.staging(), f"unfinished work lies in the cache: {full.staging()}")
    small.resize("6g")
    lab.expect_usable(it, full)


def judge(it, answer, place, certain=False):
    """The answer of a command that found little room; `certain`: too little for anything."""
    it.note(answer.words[:200])
    if answer.status == 0:
        it.expect(not certain, "it says that all went well")
        return
    it.expect(answer.status in (2, 3), answer.words)
    it.expect(SPACE.search(answer.err), f"the true cause isn't named: {answer.words}")
    it.expect(str(place) in answer.err, f"the place isn't named: {answer.words}")


class Small:
    """A file system in memory of a given size. The drills run in a mount namespace of their own."""

    def __init__(self, path, size):
        self.path, self.size = path, size

    def __enter__(self):
        self.path.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "drill", self.path], check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.path], check=True)

    def used(self):
        """Kibibytes."""
        status = os.statvfs(self.path)
        return (status.f_blocks - status.f_bfree) * status.f_frsize // 1024
