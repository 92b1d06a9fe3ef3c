#!/usr/bin/env python3
"""Run our side and every peer in turn, N times round, and print how they compare.

  compare.py --data DIR [--venvs .venvs] [--repeats 3] [--only REGEX] [--epochs 3] [--threads 2] [--limit N] [--results DIR]

A run is named WORKLOAD/SIDE/VARIANT: mlp/jensen, conv/torch/compile, eval_iwae/jax/jit; --list prints all names.
--only keeps the names in which the regular expression is found:

  --only '^mlp/'                                  one workload, every side
  --only '^[a-z0-9_]+/(jensen|torch/eager_fused|jax)'   every workload, some sides

Each run is its own process, started once nobody else computes (or after --patience seconds). A run during which
others used more than --foreign cores is kept in RESULTS/runs.jsonl but marked dirty, and run again (at most twice more).
Resumable: runs already in the file are not repeated. The weights that are evaluated are trained first, once, and are the
same for every side.

Ends with exit status 1 if a run fails, or if two sides' bounds on the test data say that they did not do the same work.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time

import machine
import report
from peers import dl4j_vae
from peers.common import BATCH

PEERS = os.path.join(machine.HERE, "peers")
# how many training images a workload needs for an epoch to last long enough; whole batches, since some sides drop the rest
IMAGES = {"mlp": 60000, "mlp1000": 60000, "iwae": 5000, "conv": 9984}


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, help="the folder of MNIST's files, for the peers (ours brings them)")
    p.add_argument("--epochs", type=int, default=3, help="timed epochs of a run")
    p.add_argument("--warmup", type=int, default=1, help="untimed epochs before them")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--repeats", type=int, default=3)
    p.add_argument("--limit", type=int, default=60000, help="training images at most, for a short run")
    p.add_argument("--only", default="", help="a regular expression that is found in the names of the wanted runs")
    p.add_argument("--list", action="store_true", help="print the names and end")
    p.add_argument("--venvs", default=".venvs", help="folder of the peers' virtual environments: torch, jax, tf")
    p.add_argument("--results", default="results")
    p.add_argument("--unlock", default="", help="libmkl_unlock.so, built from mkl_unlock.c: adds the +unlock runs")
    p.add_argument("--calibrator", default="", help="peak_fma, built from peak_fma.c: what it finds is noted with each run")
    p.add_argument("--foreign", type=float, default=0.1, help="cores that others may use during a clean run")
    p.add_argument("--patience", type=int, default=90)
    p.add_argument("--tolerance", type=float, default=1.0, help="factor of the tolerances in report.py")
    return p.parse_args()


def images(workload, limit):
    batch = BATCH[workload]
    return max(1, min(IMAGES[workload], limit) // batch) * batch


def configurations(a):
    """(name, command, environment) of each side, variant and workload, without the epochs and the seed."""
    found = []

    def ours(name, *args):
        found.append((name + "/jensen", [os.path.join(machine.HERE, "measure"), *args], {}))

    def add(name, venv, script, *args, env=None):
        found.append((name, peer(a, venv, script, *args), env or {}))

    for w in ("mlp", "mlp1000", "iwae", "conv"):
        work = ("--workload", w, "--limit", str(images(w, a.limit)))
        ours(w, *work)
        more = ("eager", "eager_fused_bf16", "compile_bf16", "eager_fused_medium") if w == "mlp" else ()
        for v in ("eager_fused", "compile", "autotune", *more):
            add(f"{w}/torch/{v}", "torch", "torch_vae.py", *work, "--variant", v)
        # XLA's convolutions inside a scan do 110 images a second
        for v in ("step",) if w == "conv" else ("scan", "step", "nnx") if w == "mlp" else ("scan", "step"):
            add(f"{w}/jax/{v}", "jax", "jax_vae.py", *work, "--variant", v)
        if not w.startswith("mlp"):
            continue
        add(f"{w}/numpyro/scan", "jax", "numpyro_vae.py", *work, "--variant", "scan")
        for v in ("svi", "svi_jit"):
            add(f"{w}/pyro/{v}", "torch", "pyro_vae.py", *work, "--variant", v)
        add(f"{w}/pythae/trainer", "torch", "pythae_vae.py", *work)
        for v in ("keras_jit", "keras_graph", "function_jit"):
            add(f"{w}/tf/{v}", "tf", "tf_vae.py", *work, "--variant", v)
        for v in ("pretrain", "pretrain_passive"):
            found.append((f"{w}/dl4j/{v}", [sys.executable, *script(a, "dl4j_vae.py"), *work, "--variant", v], {}))
    for w in ("mlp", "iwae"):
        work = ("--workload", w, "--weights", weights(a, w))
        ours("eval_" + w, "--evaluate", *work)
        for v in ("eager", "compile"):
            add(f"eval_{w}/torch/{v}", "torch", "eval_torch.py", *work, "--chunk", "1000", "--variant", v)
        add(f"eval_{w}/jax/jit", "jax", "eval_jax.py", *work, "--chunk", "1000")
    if a.unlock:
        env = {"LD_PRELOAD": os.path.abspath(a.unlock)}
        unlocked = ("/torch/eager_fused", "/torch/autotune", "/torch/eager")
        found += [(c[0] + "+unlock", [*c[1], "--tag", "+unlock"], env) for c in found if c[0].endswith(unlocked)]
    return [c for c in found if re.search(a.only, c[0])]


def weights(a, workload):
    return os.path.abspath(os.path.join(a.results, workload + ".safetensors"))


def peer(a, venv, name, *args):
    return [os.path.join(a.venvs, venv, "bin", "python"), *script(a, name), *args]


def script(a, name):
    return [os.path.join(PEERS, name), "--data", a.data]


def installed(chosen):
    """Those whose program is there, or can be built; the others are named."""
    there = [c for c in chosen if os.path.exists(c[1][0])]
    for program in sorted({c[1][0] for c in chosen} - {c[1][0] for c in there}):
        machine.say(f"left out, since there is no {program}:", ", ".join(c[0] for c in chosen if c[1][0] == program))
    dl4j = [c for c in there if "/dl4j/" in c[0]]
    wrong = dl4j_vae.build() if dl4j else None
    if wrong:
        machine.say(f"left out, since {wrong}:", ", ".join(c[0] for c in dl4j))
        there = [c for c in there if c not in dl4j]
    return there


def calibrate(a):
    """What the machine does now, which tells a slow host from a slow program: GFLOP/s of the register-only FMA loop, and the
    nanoseconds that a word takes from core to core and back."""
    if not a.calibrator:
        return {}
    lines = subprocess.run([a.calibrator, str(a.threads)], capture_output=True, text=True, check=True).stdout.splitlines()
    trips = [float(line.split()[2]) for line in lines if line.startswith("round trip")]
    return {"fma_gflops": statistics.median(float(line.split()[2]) for line in lines if "GFLOP/s" in line),
            "round_trip_ns": trips[0] if trips else None}


def run(a, name, command, env, seed):
    """Does one run and keeps its record; whether there is one."""
    machine.wait_for_quiet(a.patience)
    before = calibrate(a)
    how = ("--epochs", str(a.epochs), "--warmup", str(a.warmup), "--threads", str(a.threads), "--seed", str(seed))
    try:
        rec = machine.record([*command, *how], env)
    except RuntimeError as failed:
        machine.say(f"{name} failed: {failed}")
        return False
    after = calibrate(a)
    rec.update(config=name, **{k: [before[k], after[k]] for k in before}, seed=seed, dirty=rec["foreign_cpu"] > a.foreign,
               when=time.strftime("%Y-%m-%d %H:%M:%S"))
    with open(os.path.join(a.results, "runs.jsonl"), "a") as f:
        f.write(json.dumps(rec) + "\n")
    machine.say(f"{rec['when']} {name:34s} {rec['rate']:9.1f} ex/s  foreign {rec['foreign_cpu']:.2f}{'  DIRTY' if rec['dirty'] else ''}")
    return True


def train_weights(a, chosen):
    for w in ("mlp", "iwae"):
        if any(c[0].startswith("eval_" + w) for c in chosen) and not os.path.exists(weights(a, w)):
            machine.record(peer(a, "torch", "torch_vae.py", "--workload", w, "--limit", str(images(w, a.limit)), "--epochs", "3",
                                "--save", weights(a, w)))


def main(a):
    chosen = configurations(a)
    if a.list:
        print("\n".join(c[0] for c in chosen))
        return
    if not chosen:
        sys.exit(f"--only: expected a regular expression that is found in a name that --list prints, found {a.only}")
    os.makedirs(a.results, exist_ok=True)
    chosen = installed(chosen)
    train_weights(a, chosen)
    failed = set()
    for repeat in range(a.repeats):
        for c in chosen:
            while c[0] not in failed:
                mine = [r for r in report.read(a.results) if r["config"] == c[0]]
                if sum(not r["dirty"] for r in mine) > repeat or len(mine) >= repeat + 3:
                    break
                if not run(a, *c, seed=repeat):
                    failed.add(c[0])
    names = [c[0] for c in chosen]
    records = [r for r in report.read(a.results) if r["config"] in names]
    print(report.text(records, names))
    wrong = [f"failed: {name}" for name in sorted(failed)] + report.disagreements(records, a.tolerance)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(arguments())
