# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""The entry: which drills there are, and what all of them said together."""

import argparse
import importlib
import signal
import sys

import frame

DRILLS = ["kill", "signals", "stop", "starve", "fill", "damage", "flip", "flood", "forge", "together",
          "readonly", "folders"]
# A module named signal would hide Python's own.
NAMES = [name.removesuffix("s") if name == "signals" else name for name in DRILLS]


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="Tests/Drills/run")
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(NAMES))
    parser.add_argument("--times", type=int, help="tries of each kind instead of the usual number")
    parser.add_argument("--again", action="store_true", help="begin anew")
    parser.add_argument("--seed", type=int, default=1, help="what chance is drawn from (1)")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no drill {unknown[0]}; there are {' '.join(NAMES)}")
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    failed = []
    for name in options.names or NAMES:
        module = importlib.import_module(DRILLS[NAMES.index(name)])
        with frame.Drill(name, options) as drill:
            module.carry_out(drill)
        if not drill.holds:
            failed.append(name)
    if failed:
        print(f"did not hold: {' '.join(failed)}")
    return 1 if failed else 0


try:
    sys.exit(main())
except KeyboardInterrupt:
    print("interrupted; the same command goes on", file=sys.stderr)
    sys.exit(130)
