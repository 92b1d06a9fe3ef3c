#!/usr/bin/env python3
"""Print how long the command takes until its help is there, and until it has done its first step of training.

  startup.py [--repeats 5] [--data mnist]

Medians after one run that is not counted, so that everything is built and in the disk's cache. The first step is done when the
progress bar of a terminal first says a number of it. Exit status 1 if one takes longer than --help-seconds (0.5) or
--step-seconds (3).
"""
import argparse
import os
import pty
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import machine

JENSEN = os.path.join(os.path.dirname(machine.HERE), "jensen")


def help_seconds():
    begun = time.perf_counter()
    subprocess.run([JENSEN, "--help"], check=True, stdout=subprocess.DEVNULL, env=machine.environment())
    return time.perf_counter() - begun


def step_seconds(data):
    """Until the bar shows an ELBO; the run is then interrupted and thrown away."""
    folder = tempfile.mkdtemp()
    ours, theirs = pty.openpty()
    begun = time.perf_counter()
    p = subprocess.Popen([JENSEN, "train", data, "--out", os.path.join(folder, "run")], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=theirs, env=machine.environment({"TERM": "xterm"}))
    os.close(theirs)
    said = b""
    try:
        while b"ELBO" not in said:
            said += os.read(ours, 4096)
        return time.perf_counter() - begun
    except OSError:
        sys.exit(f"{JENSEN} train {data} ended before its first step: {said.decode(errors='replace')}")
    finally:
        p.send_signal(signal.SIGKILL)
        p.wait()
        os.close(ours)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--repeats", type=int, default=5)
    p.add_argument("--data", default="mnist")
    p.add_argument("--help-seconds", type=float, default=0.5)
    p.add_argument("--step-seconds", type=float, default=3)
    a = p.parse_args()
    rows, slow = [], []
    what = (("jensen --help", help_seconds, a.help_seconds),
            (f"jensen train {a.data}: first step", lambda: step_seconds(a.data), a.step_seconds))
    for name, measure, most in what:
        found = [measure() for _ in range(a.repeats + 1)][1:]
        rows.append([name, f"{statistics.median(found):.2f}", f"{min(found):.2f}–{max(found):.2f}", f"{most:g}"])
        if statistics.median(found) > most:
            slow.append(f"{name}: expected {most:g} s at most, found {statistics.median(found):.2f}")
    print(machine.table(["", "seconds", "min–max", "at most"], rows))
    sys.exit("\n".join(slow) or 0)


if __name__ == "__main__":
    main()
