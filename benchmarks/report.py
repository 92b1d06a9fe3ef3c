#!/usr/bin/env python3
"""Turn RESULTS/runs.jsonl into Markdown tables: how our side compares with the fastest peer, every run, peak memory.

  report.py [--results results] [--tolerance 1.0]

Rates are medians over the clean runs (all runs, and marked ~, where none was clean). A ratio is ours over the peer's within
one round, the median over the rounds. Ends with exit status 1 if two sides' bounds on the test data are further apart than
the workload's tolerance below: then they did not do the same work, and no ratio means anything.
"""
import argparse
import json
import os
import re
import statistics
import sys

import machine

OURS = "jensen"
# nats per datum. Runs with other seeds end about 0.5 apart after four short epochs; another binarisation of the 200 test
# images moves their log p(x) by 0.5. A forgotten KL, log K or epoch is several nats.
TOLERANCE = {"mlp": 2.0, "mlp1000": 3.0, "iwae": 2.0, "conv": 3.0, "eval_mlp": 2.0, "eval_iwae": 2.0}
REDUCED = "bf16|medium"  # products of less than float32: another accuracy, so no side of a ratio


def read(results):
    path = os.path.join(results, "runs.jsonl")
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return [json.loads(line) for line in f]


def by_workload(records):
    """{workload: {side: [records]}}, in the order of the first run of each; clean runs only where a side has one."""
    found = {}
    for r in records:
        workload, side = r["config"].split("/", 1)
        found.setdefault(workload, {}).setdefault(side, []).append(r)
    return {w: {s: [r for r in rs if not r["dirty"]] or rs for s, rs in sides.items()} for w, sides in found.items()}


def median(runs, key):
    values = [r[key] for r in runs if r.get(key) is not None]
    return statistics.median(values) if values else None


def number(x, places):
    return "–" if x is None else f"{x:,.{places}f}".replace("-", "−")


def rate(x):
    return number(x, 1 if x < 300 else 0)


def fastest_peer(sides):
    peers = [s for s in sides if s != OURS and not re.search(REDUCED, s)]
    return max(peers, key=lambda s: median(sides[s], "rate"), default=None)


def ratios(ours, peer):
    """Ours over the peer's in each round that both have a run in."""
    rounds = {s: median([r for r in ours if r["seed"] == s], "rate") for s in {r["seed"] for r in ours}}
    return [rounds[s] / median([r for r in peer if r["seed"] == s], "rate") for s in sorted(rounds)
            if any(r["seed"] == s for r in peer)]


def trips(runs):
    """The least and the most that a word took from core to core and back, before or after a run."""
    found = [t for r in runs for t in r.get("round_trip_ns") or [] if t is not None]
    return f"{min(found):.0f}–{max(found):.0f}" if found else "–"


def disturbed(*sides):
    return "~" if any(r["dirty"] for rs in sides for r in rs) else ""


def summary(workloads):
    rows = []
    for w, sides in workloads.items():
        peer = fastest_peer(sides)
        if OURS not in sides or peer is None:
            continue
        ours, theirs = sides[OURS], sides[peer]
        found = ratios(ours, theirs)
        ratio = f"**{statistics.median(found):.2f}**{disturbed(ours, theirs)}" if found else "–"
        rows.append([w, rate(median(ours, "rate")), peer, rate(median(theirs, "rate")), ratio,
                     f"{min(found):.2f}–{max(found):.2f}" if found else "–", str(len(found)),
                     number(median(ours, "test_bound"), 2), number(median(theirs, "test_bound"), 2)])
    return machine.table(["workload", "Jensen, ex/s", "fastest peer", "its ex/s", "Jensen / peer", "over rounds", "rounds",
                          "test bound, Jensen", "the peer's"], rows)


def details(sides):
    rows = []
    for side, rs in sorted(sides.items(), key=lambda s: -median(s[1], "rate")):
        v = [r["rate"] for r in rs]
        rows.append([side, rate(statistics.median(v)) + disturbed(rs), f"{rate(min(v))}–{rate(max(v))}",
                     f"{(max(v) - min(v)) / statistics.median(v) * 100:.0f} %", str(len(rs)), number(median(rs, "test_bound"), 2),
                     number(median(rs, "peak_rss_mib"), 0), number(median(rs, "warmup_s"), 1), number(median(rs, "own_cpu"), 2), trips(rs)])
    return machine.table(["side", "ex/s", "min–max", "spread", "runs", "test bound", "peak resident MiB", "warm-up s", "cores used", "core to core, ns"], rows)


def memory(workloads):
    """Peak resident memory of ours beside the leanest variant of each peer."""
    peers = sorted({s.split("/")[0] for sides in workloads.values() for s in sides} - {OURS})
    rows = []
    for w, sides in workloads.items():
        of = {}
        for s, rs in sides.items():
            of.setdefault(s.split("/")[0], []).append(median(rs, "peak_rss_mib"))
        rows.append([w, *(number(min(of[p]), 0) if p in of else "" for p in [OURS, *peers])])
    return machine.table(["peak resident memory, MiB", "Jensen", *peers], rows)


def disagreements(records, factor=1.0):
    """A line for each peer whose bound on the test data is not ours, or that counted other examples."""
    lines = []
    for w, sides in by_workload(records).items():
        if OURS not in sides:
            continue
        tolerance = factor * TOLERANCE[w]
        ours = median(sides[OURS], "test_bound")
        examples = {r["examples"] for r in sides[OURS]}
        for side, rs in sides.items():
            theirs = median(rs, "test_bound")
            if ours is None or theirs is None or not abs(ours - theirs) <= tolerance:
                lines.append(f"not the same work: {w}: expected test bounds within {tolerance} nats, found {number(ours, 2)} ({OURS})"
                             f" and {number(theirs, 2)} ({side})")
            if {r["examples"] for r in rs} != examples:
                lines.append(f"not the same work: {w}: expected {sorted(examples)} timed examples as {OURS} has, found"
                             f" {sorted({r['examples'] for r in rs})} ({side})")
    return lines


def text(records, order=()):
    """All tables; workloads in the order of their first name in ORDER."""
    workloads = by_workload(records)
    first = list(dict.fromkeys(name.split("/")[0] for name in order))
    workloads = dict(sorted(workloads.items(), key=lambda w: first.index(w[0]) if w[0] in first else len(first)))
    parts = [summary(workloads), memory(workloads)]
    parts += [f"### {w}\n\n{details(sides)}" for w, sides in workloads.items()]
    if any(r["dirty"] for sides in workloads.values() for rs in sides.values() for r in rs):
        parts.append("~: others used the machine during these runs.")
    return "\n\n".join(parts)


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--results", default="results")
    p.add_argument("--tolerance", type=float, default=1.0, help="factor of the tolerances")
    args = p.parse_args()
    found = read(args.results)
    print(text(found))
    sys.exit("\n".join(disagreements(found, args.tolerance)) or 0)
