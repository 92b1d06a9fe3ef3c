"""Shapes of the tails of importance weights (Vehtari et al. 2024, arXiv 1507.02646), by ArviZ."""
import math

import numpy as np
from arviz import psislw

import golden
from splitmix import SplitMix

# log w of a normal z and a uniform u
KINDS = {
    "normal": lambda scale, z, u: scale * z,
    "pareto": lambda scale, z, u: -scale * math.log(1.0 - u),
    "square": lambda scale, z, u: -scale * z * z,
}


def log_weights(kind, scale, n, seed):
    stream = SplitMix(seed)
    return np.array([KINDS[kind](scale, stream.normal(), stream.uniform()) for _ in range(n)])


def rows():
    for kind, scales in (("normal", (0.1, 1.0, 3.0)), ("pareto", (0.2, 0.5, 0.7, 1.5)), ("square", (0.5, -0.2, -0.45))):
        for scale in scales:
            for n in (30, 100, 1000, 5000):
                seed = 10_000 + n
                _, shape = psislw(log_weights(kind, scale, n, seed))
                yield kind, scale, n, seed, float(shape)


if __name__ == "__main__":
    golden.write(golden.CORE, "psis.csv", """
Written by reference/psis.py: the shape of the tail of n importance weights by ArviZ' psislw.
Each log-weight takes a normal z and then a uniform u from SplitMix(seed).
normal: scale z; pareto: -scale log(1 - u); square: -scale z^2.
""", ["kind", "scale", "n", "seed", "shape"], rows())
