"""Run every peer N times, round-robin, and append the records to RESULTS/runs.jsonl.

  run_all.py --data DIR [--epochs 3] [--threads 2] [--repeats 3] [--only REGEX] [--venvs DIR] [--results DIR]

Each run is its own process, started once nobody else computes (or after --patience seconds). A run during which
others used more than --foreign cores is kept in the file but marked dirty, and run again (at most twice more).
Resumable: runs already in the file are not repeated. The weights that the evaluations need are trained first, once.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--epochs", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--repeats", type=int, default=3)
    p.add_argument("--only", default="", help="a regular expression that a configuration's name must contain")
    p.add_argument("--venvs", default=".venvs")
    p.add_argument("--results", default="results")
    p.add_argument("--unlock", default="", help="libmkl_unlock.so, built from mkl_unlock.c: adds the +unlock runs")
    p.add_argument("--calibrator", default="", help="peak_fma, built from peak_fma.c: its rate is noted with each run")
    p.add_argument("--foreign", type=float, default=0.1, help="cores that others may use during a clean run")
    p.add_argument("--patience", type=int, default=90)
    return p.parse_args()


def configurations():
    """(name, virtual environment, script, arguments, environment) of each peer, variant and workload."""
    found = []

    def add(name, venv, script, *args, env=None):
        found.append((name, venv, script, args, env or {}))

    for v in ("eager_fused", "eager", "compile", "autotune", "eager_fused_bf16", "compile_bf16", "eager_fused_medium"):
        add(f"mlp/torch/{v}", "torch", "torch_vae.py", "--variant", v)
    for v in ("scan", "step", "nnx"):
        add(f"mlp/jax/{v}", "jax", "jax_vae.py", "--variant", v)
    add("mlp/numpyro/scan", "jax", "numpyro_vae.py", "--variant", "scan")
    for v in ("svi", "svi_jit"):
        add(f"mlp/pyro/{v}", "torch", "pyro_vae.py", "--variant", v)
    add("mlp/pythae/trainer", "torch", "pythae_vae.py")
    for v in ("keras_jit", "keras_graph", "function_jit"):
        add(f"mlp/tf/{v}", "tf", "tf_vae.py", "--variant", v)
    for w, limit in (("iwae", "5000"), ("conv", "10000")):
        for v in ("eager_fused", "compile", "autotune"):
            add(f"{w}/torch/{v}", "torch", "torch_vae.py", "--workload", w, "--limit", limit, "--variant", v)
        for v in ("scan", "step"):
            # XLA's convolutions inside a scan are so slow that fewer images must do
            few = "2000" if (w, v) == ("conv", "scan") else limit
            add(f"{w}/jax/{v}", "jax", "jax_vae.py", "--workload", w, "--limit", few, "--variant", v)
    for w in ("mlp", "iwae"):
        args = ("--workload", w, "--weights", weights(w), "--chunk", "1000")
        for v in ("eager", "compile"):
            add(f"eval_{w}/torch/{v}", "torch", "eval_torch.py", *args, "--variant", v)
        add(f"eval_{w}/jax/jit", "jax", "eval_jax.py", *args)
    if a.unlock:
        unlocked = [c for c in found if c[0] in ("mlp/torch/eager_fused", "mlp/torch/autotune", "iwae/torch/eager_fused", "eval_mlp/torch/eager")]
        for name, venv, script, args, _ in unlocked:
            add(name + "+unlock", venv, script, *args, "--tag", "+unlock", env={"LD_PRELOAD": os.path.abspath(a.unlock)})
    return [c for c in found if re.search(a.only, c[0])]


def weights(workload):
    return os.path.join(a.results, workload + ".npz")


def busy():
    f = [int(v) for v in open("/proc/stat").readline().split()[1:9]]
    return (f[0] + f[1] + f[2] + f[5] + f[6] + f[7]) / os.sysconf("SC_CLK_TCK")


def wait_for_quiet():
    for _ in range(a.patience):
        b = busy()
        time.sleep(1)
        if busy() - b < 0.08:
            break


def records():
    path = os.path.join(a.results, "runs.jsonl")
    return [json.loads(l) for l in open(path)] if os.path.exists(path) else []


def calibrate():
    """GFLOP/s of the register-only FMA loop now: tells a slow host from a slow program."""
    if not a.calibrator:
        return None
    o = subprocess.run([a.calibrator, str(a.threads)], capture_output=True, text=True, check=True).stdout
    return statistics.median(float(l.split()[2]) for l in o.splitlines())


def command(venv, script, *args):
    return [os.path.join(a.venvs, venv, "bin", "python"), os.path.join(HERE, script), "--data", a.data, "--threads", str(a.threads), *args]


def run(name, venv, script, args, env, seed):
    """One run's record, or None if it failed; its error is printed."""
    wait_for_quiet()
    before = calibrate()
    p = subprocess.run(command(venv, script, "--epochs", str(a.epochs), "--seed", str(seed), *args),
                       capture_output=True, text=True, env={**os.environ, **env})
    if p.returncode:
        print(f"{name} failed with exit status {p.returncode}:\n{p.stderr[-1500:]}", file=sys.stderr, flush=True)
        return None
    rec = json.loads(p.stdout.splitlines()[-1])
    rec.update(config=name, fma_gflops=[before, calibrate()], seed=seed, dirty=rec["foreign_cpu"] > a.foreign, when=time.strftime("%H:%M:%S"))
    with open(os.path.join(a.results, "runs.jsonl"), "a") as f:
        f.write(json.dumps(rec) + "\n")
    print(f"{rec['when']} {name:34s} {rec['rate']:9.1f} ex/s  foreign {rec['foreign_cpu']:.2f} {'DIRTY' if rec['dirty'] else ''}", flush=True)
    return rec


def train_weights(chosen):
    for w in ("mlp", "iwae"):
        if any(c[0].startswith("eval_" + w) for c in chosen) and not os.path.exists(weights(w)):
            limit = ("--limit", "5000") if w == "iwae" else ()
            subprocess.run(command("torch", "torch_vae.py", "--workload", w, *limit, "--epochs", "3", "--save", weights(w)),
                           check=True, stdout=subprocess.DEVNULL)


def main():
    os.makedirs(a.results, exist_ok=True)
    chosen = configurations()
    train_weights(chosen)
    failed = set()
    for repeat in range(a.repeats):
        for c in chosen:
            while c[0] not in failed:
                mine = [r for r in records() if r["config"] == c[0]]
                if sum(not r["dirty"] for r in mine) > repeat or len(mine) >= repeat + 3:
                    break
                if run(*c, seed=repeat) is None:
                    failed.add(c[0])
    if failed:
        sys.exit(f"failed: {', '.join(sorted(failed))}")


a = arguments()
main()
