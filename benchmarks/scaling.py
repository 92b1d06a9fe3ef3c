#!/usr/bin/env python3
"""Print how throughput and memory grow with the data, the latents, the hidden units and the draws, in Markdown.

  scaling.py [--only rows|latents|hidden|draws] [--warm-seconds 6] [--seconds 2] [--repeats 3]

The 784–500–20 model, one size changed at a time; batch 100, and 20 for the draws. Each point is the median of --repeats
processes, in turn with those of the other sizes; each trains for --warm-seconds until it is compiled and for --seconds
again. An exponent is the slope of log cost in log size: over all points, by least squares, and between the last two. A
cost that is linear with a constant beside it comes to its exponent from below.
"""
import argparse
import math
import os
import random
import statistics
import tempfile

import machine

WIDTH = 28
AXES = {
    "rows": ("rows", (10_000, 100_000, 1_000_000)),
    "latents": ("latent", (2, 8, 32, 128, 512)),
    "hidden": ("hidden", (64, 256, 1024, 4096)),
    "draws": ("samples", (1, 10, 100, 1000, 5000)),
}


def exponent(sizes, costs):
    """(slope of log cost in log size over all points, slope between the last two)."""
    x, y = [math.log(v) for v in sizes], [math.log(v) for v in costs]
    mx, my = statistics.mean(x), statistics.mean(y)
    slope = sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)
    return slope, (y[-1] - y[-2]) / (x[-1] - x[-2])


def images(folder, rows):
    """An IDX file of so many pictures of noise, which is read in place."""
    path = os.path.join(folder, f"{rows}.idx3-ubyte")
    if os.path.exists(path):
        return path
    block = random.Random(0).randbytes(10_000 * WIDTH * WIDTH)
    with open(path, "wb") as f:
        f.write(bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (rows, WIDTH, WIDTH)))
        for at in range(0, rows, 10_000):
            f.write(block[: min(10_000, rows - at) * WIDTH * WIDTH])
    return path


def measured(a, axis, sizes, folder):
    """At each size the medians of the rate, ms a step, resident MiB at most, and of that what is no file; in turn."""
    option, _ = AXES[axis]
    batch = 20 if axis == "draws" else 100
    how = ["--threads", a.threads, "--warmup", math.ceil(a.warm_seconds / a.seconds), "--epochs", 1,
           "--milliseconds", int(1000 * a.seconds), "--untested", "--batch", batch]
    records = {size: [] for size in sizes}
    for _ in range(a.repeats):
        for size in sizes:
            of = ["--data", images(folder, size)] if axis == "rows" else [f"--{option}", size]
            r = machine.measure(*how, *of)
            machine.say(f"{axis} {size}: {r['rate']:.1f} examples/s, others used {r['foreign_cpu']:.2f} cores")
            records[size].append(r)
    keys = ("rate", "peak_rss_mib", "rss_anonymous_mib", "foreign_cpu")
    medians = [{k: statistics.median(r[k] for r in records[size]) for k in keys} for size in sizes]
    return [{**m, "ms": 1e3 * batch / m["rate"]} for m in medians]


def lines(axis, sizes, points):
    """The table of one axis and its exponents."""
    rows = [[f"{s:,}", f"{p['rate']:,.0f}" if p["rate"] >= 100 else f"{p['rate']:,.1f}", f"{p['ms']:,.2f}",
             f"{p['peak_rss_mib']:,.0f}", f"{p['rss_anonymous_mib']:,.0f}"] for s, p in zip(sizes, points)]
    found = [machine.table([axis, "examples a second", "ms a step", "peak resident MiB", "at the end, no file's"], rows, left=0)]
    for what, key in (("time of a step", "ms"), ("memory that is no file's", "rss_anonymous_mib")):
        if len(points) > 1:
            all_points, last = exponent(sizes, [p[key] for p in points])
            found.append(f"{what}: exponent {all_points:.2f}, between the last two {last:.2f}")
    return "\n\n".join(found)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--only", choices=AXES, default="")
    p.add_argument("--sizes", default="", help="other sizes than those, as 10,100")
    p.add_argument("--warm-seconds", type=float, default=6, help="how long each process trains before it is timed")
    p.add_argument("--seconds", type=float, default=2, help="how long it is timed")
    p.add_argument("--repeats", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    foreign = []
    with tempfile.TemporaryDirectory() as folder:
        for axis, (_, sizes) in AXES.items():
            if a.only in ("", axis):
                sizes = [int(s) for s in a.sizes.split(",")] if a.sizes else sizes
                points = measured(a, axis, sizes, folder)
                foreign += [q["foreign_cpu"] for q in points]
                print(lines(axis, sizes, points) + "\n", flush=True)
    print(f"Others used {max(foreign):.2f} cores at most meanwhile.")


if __name__ == "__main__":
    main()
