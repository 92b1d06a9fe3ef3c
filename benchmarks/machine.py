"""The machine that measurements are taken on, and how our side is started there."""
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
QUIET = 0.08  # cores in use


def busy_seconds():
    """The time that all processes together have computed since the machine started."""
    f = [int(v) for v in open("/proc/stat").readline().split()[1:9]]
    return (f[0] + f[1] + f[2] + f[5] + f[6] + f[7]) / os.sysconf("SC_CLK_TCK")


def wait_for_quiet(patience):
    """Returns once nobody has computed for a second, or after PATIENCE seconds; whether it was quiet."""
    for _ in range(patience):
        before = busy_seconds()
        time.sleep(1)
        if busy_seconds() - before < QUIET:
            return True
    return False


def environment(more=None):
    """This process's environment without what would choose kernels or thread pools for one side and not for another."""
    chosen = ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_") and k not in chosen}
    return {**clean, **(more or {})}


def record(command, more=None):
    """The record that a command prints as its last line; its error, in words, if it fails."""
    p = subprocess.run(command, capture_output=True, text=True, env=environment(more))
    if p.returncode:
        raise RuntimeError(f"{' '.join(command)}\nended with exit status {p.returncode}:\n{p.stderr[-1500:]}")
    return json.loads(p.stdout.splitlines()[-1])


def measure(*options):
    """The record of benchmarks/measure."""
    return record([os.path.join(HERE, "measure"), *map(str, options)])


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def table(header, rows, left=1):
    """A Markdown table whose first LEFT columns are words and the others numbers."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * left + "---:|" * (len(header) - left)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
