"""Shared plumbing of the reference peers: arguments, MNIST loading, timing, records.

Only the standard library and NumPy are used.  Import this module and call
``parse`` BEFORE importing torch / jax / tensorflow: it sets the thread count.

Every script prints one JSON record (and appends it to --out if given).
"""
import argparse
import gc
import gzip
import json
import math
import os
import resource
import sys
import time

TEST_SEED = 20240  # seed of the one fixed Bernoulli binarisation of the test set


def parse(doc, variants, workloads=("mlp",), extra=None):
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, help="folder with MNIST's train-images-idx3-ubyte and t10k-images-idx3-ubyte, gzipped or not")
    p.add_argument("--epochs", type=int, default=3, help="timed epochs")
    p.add_argument("--warmup", type=int, default=1, help="untimed epochs before them")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--workload", choices=workloads, default=workloads[0])
    p.add_argument("--variant", choices=variants, default=variants[0])
    p.add_argument("--input", choices=("binary", "grey"), default="binary",
                   help="binary: Bernoulli-sampled anew each epoch; grey: the [0,1] grey values")
    p.add_argument("--limit", type=int, default=0, help="use only the first N training images (0: all)")
    p.add_argument("--out", default="", help="append the JSON record to this file")
    if extra:
        extra(p)
    a = p.parse_args()
    n = str(a.threads)
    for v in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"):
        os.environ[v] = n
    cpus = sorted(os.sched_getaffinity(0))
    if a.threads < len(cpus):  # XLA sizes its pool by the CPUs it may use
        os.sched_setaffinity(0, set(cpus[: a.threads]))
    return a


def read_idx_images(folder, name):
    """The images of folder/name or folder/name.gz, uint8 (n, 784)."""
    import numpy as np
    path = os.path.join(folder, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")) as f:
        raw = np.frombuffer(f.read(), dtype=np.uint8)
    magic, n, h, w = (int(v) for v in raw[:16].view(">i4"))
    if magic != 2051 or len(raw) != 16 + n * h * w:
        raise SystemExit(f"{path}: expected an IDX file of images, found magic {magic} and {len(raw)} bytes")
    return raw[16:].reshape(n, h * w)


def load(a):
    """(train [0,1] float32, test float32 as given by --input), both (n, 784)."""
    import numpy as np
    tr = read_idx_images(a.data, "train-images-idx3-ubyte")
    te = read_idx_images(a.data, "t10k-images-idx3-ubyte")
    if a.limit:
        tr = tr[: a.limit]
    tr = tr.astype(np.float32) / np.float32(255)
    te = te.astype(np.float32) / np.float32(255)
    if a.input == "binary":
        te = (np.random.default_rng(TEST_SEED).random(te.shape, dtype=np.float32) < te).astype(np.float32)
    return tr, te


# ---- the three models, as lists of (fan_in, fan_out) -------------------------------------
SIZES = {
    # name: encoder layers, latent size, decoder layers
    "mlp": ([784, 500], 20, [20, 500, 784]),
    "iwae": ([784, 200, 200], 50, [50, 200, 200, 784]),
}
SIZES["mlp1000"] = SIZES["mlp"]
BATCH = {"mlp": 100, "mlp1000": 1000, "iwae": 20, "conv": 128}
K_TRAIN = 50


def layer_sizes(workload):
    enc, z, dec = SIZES[workload]
    enc = enc + [2 * z]
    return list(zip(enc[:-1], enc[1:])), list(zip(dec[:-1], dec[1:]))


def glorot(rng, shape, fan_in, fan_out):
    import numpy as np
    lim = math.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-lim, lim, shape).astype(np.float32)


def init_dense(workload, seed):
    """The same Glorot-uniform start for every peer: {'enc0.w': (in,out), 'enc0.b': (out,), ...}."""
    import numpy as np
    rng = np.random.default_rng(seed)
    enc, dec = layer_sizes(workload)
    p = {}
    for name, ls in (("enc", enc), ("dec", dec)):
        for i, (fi, fo) in enumerate(ls):
            p[f"{name}{i}.w"] = glorot(rng, (fi, fo), fi, fo)
            p[f"{name}{i}.b"] = np.zeros(fo, np.float32)
    return p


def init_conv(seed):
    """Convolution weights in (out, in, kh, kw); transposed ones in (in, out, kh, kw)."""
    import numpy as np
    rng = np.random.default_rng(seed)
    p = {}
    for name, (i, o) in {"conv0": (1, 32), "conv1": (32, 64)}.items():
        p[name + ".w"] = glorot(rng, (o, i, 4, 4), i * 16, o * 16)
        p[name + ".b"] = np.zeros(o, np.float32)
    for name, (i, o) in {"fc0": (3136, 256), "fc1": (256, 32), "fc2": (16, 256), "fc3": (256, 3136)}.items():
        p[name + ".w"] = glorot(rng, (i, o), i, o)
        p[name + ".b"] = np.zeros(o, np.float32)
    for name, (i, o) in {"deconv0": (64, 32), "deconv1": (32, 1)}.items():
        p[name + ".w"] = glorot(rng, (i, o, 4, 4), i * 16, o * 16)
        p[name + ".b"] = np.zeros(o, np.float32)
    return p


# ---- weights in a file: the names and the layout of a Jensen run's weights.safetensors --------
def file_names(key):
    layer, what = key.split(".")
    net = {"enc": "phi.encoder", "dec": "theta.likelihood"}[layer[:3]]
    return f"{net}.net.{layer[3:]}.{ {'w': 'weight', 'b': 'bias'}[what]}"


def save_weights(path, p):
    """p as init_dense gives it."""
    import numpy as np
    header, data = {}, b""
    for k, v in sorted(p.items()):
        raw = np.ascontiguousarray(v.T, "<f4").tobytes()
        header[file_names(k)] = {"dtype": "F32", "shape": list(v.T.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + data)


def load_weights(path, workload):
    import numpy as np
    with open(path, "rb") as f:
        raw = f.read()
    start = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:start])
    p = {}
    for k in init_dense(workload, 0):
        e = header[file_names(k)]
        a, b = e["data_offsets"]
        p[k] = np.frombuffer(raw[start + a:start + b], "<f4").reshape(e["shape"]).T.copy()
    return p


# ---- timing ------------------------------------------------------------------------------
def _busy():
    f = [int(v) for v in open("/proc/stat").readline().split()[1:9]]
    return (f[0] + f[1] + f[2] + f[5] + f[6] + f[7]) / os.sysconf("SC_CLK_TCK")


def rss_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


class Recorder:
    """Times epochs; also how much CPU this process and everybody else used meanwhile."""

    def __init__(self, a, peer, **more):
        self.a, self.rec = a, dict(peer=peer, workload=a.workload, variant=a.variant, input=a.input,
                                   threads=a.threads, seed=a.seed, **more)
        self.epochs = []  # (examples, wall, own cpu, busy)
        self.rss0 = rss_mib()

    def start(self):
        gc.collect()
        self._t = (time.perf_counter(), time.process_time(), _busy())

    def stop(self, examples):
        w, c, b = (x - y for x, y in zip((time.perf_counter(), time.process_time(), _busy()), self._t))
        self.epochs.append((examples, w, c, b))

    def finish(self, train_bound=None, test_bound=None, **more):
        """train_bound: of the last epoch, while it went on; test_bound: the same of the test data, in nats per datum."""
        nw = self.a.warmup
        timed = self.epochs[nw:]
        n, w, c, b = (sum(e[i] for e in timed) for i in range(4))
        r = self.rec
        r.update(rate=n / w, examples=n, epoch_rates=[e[0] / e[1] for e in timed],
                 warmup_s=sum(e[1] for e in self.epochs[:nw]), timed_s=w,
                 own_cpu=c / w, foreign_cpu=max(0.0, b - c) / w,
                 train_bound=train_bound, test_bound=test_bound,
                 rss_before_training_mib=round(self.rss0, 1), peak_rss_mib=round(rss_mib(), 1), **more)
        line = json.dumps(r)
        print(line)
        if self.a.out:
            with open(self.a.out, "a") as f:
                f.write(line + "\n")
        return r
