#!/usr/bin/env python3
"""Print how much of its rate the workload keeps while others compute: alone and beside busy loops, in turn.

  busy.py [--loops 2] [--workload mlp] [--repeats 3] [--threads 2] [--seconds 4]

Two threads on two cores beside two busy loops get half of the time; the ratio says what they make of it. Exit status 1 if it is
below --least (0.4).
"""
import argparse
import contextlib
import statistics
import subprocess
import sys

import machine


# it ends with whoever started it, however that ends
LOOP = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"


@contextlib.contextmanager
def busy(loops):
    running = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(loops)]
    try:
        yield
    finally:
        for p in running:
            p.kill()
            p.wait()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--loops", type=int, default=2)
    p.add_argument("--workload", default="mlp")
    p.add_argument("--repeats", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seconds", type=float, default=4, help="how long each process is timed, after twice as long to warm up")
    p.add_argument("--least", type=float, default=0.4)
    a = p.parse_args()
    how = ("--workload", a.workload, "--threads", a.threads, "--warmup", 2, "--epochs", 1,
           "--milliseconds", int(1000 * a.seconds), "--untested")
    rows, ratios = [], []
    for i in range(a.repeats):
        alone = machine.measure(*how)
        with busy(a.loops):
            beside = machine.measure(*how)
        ratios.append(beside["rate"] / alone["rate"])
        rows.append([str(i + 1), f"{alone['rate']:,.0f}", f"{alone['foreign_cpu']:.2f}", f"{beside['rate']:,.0f}",
                     f"{beside['own_cpu']:.2f}", f"{ratios[-1]:.2f}"])
        machine.say(f"round {i + 1}: {alone['rate']:.0f} examples/s alone, {beside['rate']:.0f} beside {a.loops} busy loops")
    print(machine.table(["round", "alone, ex/s", "cores that others used", f"beside {a.loops} busy loops, ex/s", "cores it got", "ratio"], rows))
    ratio = statistics.median(ratios)
    print(f"\nratio {ratio:.2f} (median; {a.least} or more is wanted)")
    sys.exit(0 if ratio >= a.least else 1)


if __name__ == "__main__":
    main()
