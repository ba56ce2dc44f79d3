# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""The program under drill: started with a cache and a folder for temporary files of its own, and found
again with all its children: what it leaves becomes the drill's own child (prctl(2), PR_SET_CHILD_SUBREAPER)."""

import ctypes
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import time
import uuid

import frame

PROGRAM = os.environ["PANICROOM_PROGRAM"]
# Names of quick scenarios that hold all kinds of ends: refused, contained, unnoticed, oopsed.
QUICK = ["null-map-value", "divide-by-zero", "array-out-of-bounds-write", "reference-leak"]
# Each spins until a watchdog reports it.
SPINNING = ["infinite-loop", "legal-deadlock"]


PR_SET_CHILD_SUBREAPER = 36
if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
    raise OSError(ctypes.get_errno(), "prctl")
# What a drill has started itself.
STARTED = set()


class Cache:
    """A cache of a drill's own, below the folder that XDG_CACHE_HOME names."""

    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.root = self.home / "panicroom"

    def entry(self, kind, prefix=""):
        """The one entry of this kind, such as a template."""
        found = sorted(path for path in (self.root / kind).iterdir()
                       if not path.name.startswith(".") and path.name.startswith(prefix))
        if not found:
            raise RuntimeError(f"{self.root / kind} has no entry {prefix}")
        return found[0]

    def empty(self, *kinds):
        """Takes out what can be made again: "objects", "templates", "images". What unfinished work left stays."""
        for kind in kinds:
            for path in (self.root / kind).glob("*/*/[!.]*" if kind == "objects" else "[!.]*"):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def staging(self):
        """What unfinished work has left."""
        return [str(path) for path in self.root.rglob(".staging-*")]

    def remove(self):
        shutil.rmtree(self.home, ignore_errors=True)


def seed():
    """The cache that the drills share unless they spoil theirs: the default kernel, one template, the quick
    scenarios' objects; made once. The user's own cache is copied from, and never written to."""
    home = frame.WORK / "seed"
    cache = Cache(home)
    if (home / "ready").exists():
        return cache
    own = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    kernels = own / "panicroom" / "kernels"
    name = default_kernel(cache)
    if (kernels / name).is_dir() and not (cache.root / "kernels" / name).exists():
        (cache.root / "kernels").mkdir(parents=True, exist_ok=True)
        copy(kernels / name, cache.root / "kernels" / name)
    print("making a cache to start from", flush=True)
    answer = run(["run", *QUICK, *SPINNING, "--runs", str(frame.WORK / "seed-runs")], cache, limit=1800)
    if answer.status != 0:
        raise RuntimeError(f"no cache to start from: {answer.words}")
    (home / "ready").touch()
    return cache


def default_kernel(cache):
    listed = json.loads(run(["kernel", "list", "--format", "json"], cache).out)
    return next(kernel["name"] for kernel in listed if kernel["default"])


def copy(source, target):
    subprocess.run(["cp", "-a", "--reflink=auto", "--sparse=always", str(source), str(target)], check=True)


def copied(name):
    """A copy of the seed that a drill may spoil."""
    source = seed()
    target = Cache(frame.WORK / "caches" / name)
    target.remove()
    target.home.parent.mkdir(parents=True, exist_ok=True)
    copy(source.home, target.home)
    return target


class Answer:
    """How a command ended. A negative status is a signal's number."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    @property
    def words(self):
        return f"status {self.status}: " + " / ".join((self.err or self.out).strip().splitlines()[-4:])


def heed_signals():
    """A shell starts what it puts into the background with INT and QUIT ignored, which is inherited."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)


class Harness:
    """A running program. `log` receives standard output and error, a terminal's as they come."""

    def __init__(self, arguments, cache, folder, terminal=False, before=(), environment=None,
                 output=None):
        self.name = uuid.uuid4().hex[:8]
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.temporary = self.folder / f"tmp-{self.name}"
        self.temporary.mkdir()
        # Like /tmp: the program may run as another user.
        self.temporary.chmod(0o1777)
        self.out, self.err = self.folder / f"{self.name}.out", self.folder / f"{self.name}.err"
        variables = {
            **os.environ, "XDG_CACHE_HOME": str(cache.home),
            "TMPDIR": str(self.temporary),
            "PANICROOM_REPOSITORY": str(frame.ROOT), "TERM": "xterm-256color",
            **(environment or {}),
        }
        command = [*before, PROGRAM, *arguments]
        (self.folder / f"{self.name}.command").write_text(" ".join(map(str, command)) + "\n")
        self.began = time.monotonic()
        self.terminal = None
        if terminal:
            self.terminal, slave = pty.openpty()
            # setsid gives no controlling terminal; opening one does (setsid(2), TIOCSCTTY).
            self.process = subprocess.Popen(
                ["setsid", "-c", *command], stdin=slave, stdout=slave, stderr=slave, env=variables,
                cwd=self.folder, preexec_fn=heed_signals)
            os.close(slave)
        else:
            with open(self.out, "wb") as out, open(self.err, "wb") as err:
                self.process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=output or out, stderr=err,
                    env=variables, cwd=self.folder, start_new_session=True,
                    preexec_fn=heed_signals)
        STARTED.add(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    @property
    def pid(self):
        return self.process.pid

    @property
    def age(self):
        """Seconds since it was started."""
        return time.monotonic() - self.began

    def family(self):
        """It and all below it: (pid, words of the command)."""
        return below({self.pid}) if self.process.poll() is None else []

    def guests(self):
        return [pid for pid, words in self.family() if "qemu-system" in words.split(" ")[0]]

    def await_guest(self, limit=60):
        """Returns the guests once there is one, or none if the harness ended before."""
        return wait_until(lambda: self.guests() or self.process.poll() is not None, limit) and self.guests()

    def read(self, seconds):
        """What the terminal shows within this time."""
        text, end = b"", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.terminal], [], [], left)[0]:
                break
            try:
                piece = os.read(self.terminal, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            text += piece
        with open(self.out, "ab") as out:
            out.write(text)
        return text

    def send(self, number, group=False):
        try:
            (os.killpg if group else os.kill)(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def wait(self, limit):
        """The answer, or one with status None if it did not end in time; it is killed then."""
        end = time.monotonic() + limit
        while self.process.poll() is None and time.monotonic() < end:
            if self.terminal is not None:
                self.read(0.05)
            else:
                time.sleep(0.04)
        status = self.process.poll()
        if status is None:
            self.end()
        if self.terminal is not None:
            self.read(0.05)
            os.close(self.terminal)
            self.terminal = None
        out = self.out.read_text(errors="replace") if self.out.exists() else ""
        err = self.err.read_text(errors="replace") if self.err.exists() else out
        return Answer(status, out, err, time.monotonic() - self.began)

    def end(self):
        """Kills all that is left of it."""
        for pid, _ in self.family() + orphans():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        STARTED.discard(self.pid)

    def left(self, patience=5):
        """What is left of an ended harness after a short while: processes, sockets, temporary files."""
        wait_until(lambda: not orphans(), patience)
        found = [f"process {pid}: {words[:80]}" for pid, words in orphans()]
        found += [f"temporary file {path}" for path in self.temporary.rglob("*")]
        return found


def processes():
    """All that live: pid → (parent, words of the command). Zombies are left out."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # gone meanwhile
            continue
        if fields[0] != "Z":
            found[int(pid)] = (int(fields[1]), words)
    return found


def below(roots):
    """These and what descends from them: (pid, words of the command)."""
    living = processes()
    wanted = set(roots)
    while more := {pid for pid, (parent, _) in living.items() if parent in wanted} - wanted:
        wanted |= more
    return [(pid, living[pid][1]) for pid in sorted(wanted) if pid in living]


def orphans():
    """What ended harnesses have left: children of the drill that it has not started."""
    children = {pid for pid, (parent, _) in processes().items() if parent == os.getpid()} - STARTED
    return below(children)


def memory(pid):
    """The most that a process had in memory so far, in bytes; 0 for one that is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


def wait_until(condition, limit):
    end = time.monotonic() + limit
    while not (result := condition()):
        if time.monotonic() > end:
            return result
        time.sleep(0.04)
    return result


def run(arguments, cache, folder=None, limit=300, **options):
    """Runs the program to its end."""
    folder = pathlib.Path(folder or frame.WORK / "answers")
    with Harness(arguments, cache, folder, **options) as harness:
        return harness.wait(limit)


def trials(runs):
    """The plan's length and the trials' lines of the only run directory in a folder."""
    directories = [path for path in pathlib.Path(runs).iterdir() if path.is_dir() and not path.is_symlink()]
    if len(directories) != 1:
        raise RuntimeError(f"{runs} has {len(directories)} run directories")
    header = json.loads((directories[0] / "run.json").read_text())
    lines = (directories[0] / "trials.jsonl").read_text().splitlines()
    return directories[0], len(header["trials"]), [json.loads(line) for line in lines]


def wrong(records):
    """Trials that did not end as declared, in words."""
    return [f"{t['scenario']} {t['mechanism']} {'armed' if t['armed'] else 'disarmed'}: "
            f"{t['verdict']} {t.get('kind', '')}, {t['outcome']} ({t.get('reason', '')})"
            for t in records if t["outcome"] not in ("met", "skipped") and not t.get("superseded")]


def expect_usable(it, cache, name="null-map-value", swept=True):
    """The cache serves: a run of one scenario ends as declared, and nothing unfinished lies in it, unless it
    was left by a harness that had no time to clean up."""
    answer = run(["run", name, "--runs", str(it.folder / "after")], cache, it.folder / "after-files")
    it.expect(answer.status == 0, f"the cache doesn't serve afterwards: {answer.words}")
    it.expect(not swept or not cache.staging(), f"unfinished work lies in the cache: {cache.staging()}")
    return answer


class Load:
    """Busy loops beside the harness, as many as a load is to have."""

    def __init__(self, number):
        self.number = number

    def __enter__(self):
        self.processes = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(self.number)]
        STARTED.update(process.pid for process in self.processes)
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
            STARTED.discard(process.pid)
