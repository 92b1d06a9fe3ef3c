"""The reproducible stream of normals that replaces shipped weights and noise: SplitMix64 and Box-Muller."""
import math

import numpy as np

import golden

MASK = (1 << 64) - 1


class SplitMix:
    """SplitMix64 (Steele, Lea and Flood 2014): the state starts at the seed and grows by the golden gamma."""

    def __init__(self, seed):
        self.state = seed & MASK

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        """The top 53 bits, in [0, 1)."""
        return (self.bits() >> 11) * 2.0**-53

    def normal(self):
        """Two uniforms a normal: sqrt(-2 ln(1 - u1)) cos(2 pi u2); the sine is not used."""
        u1 = self.uniform()
        u2 = self.uniform()
        return math.sqrt(-2.0 * math.log(1.0 - u1)) * math.cos(2.0 * math.pi * u2)

    def normals(self, *shape):
        """A row-major array of normals, in float64."""
        return np.array([self.normal() for _ in range(math.prod(shape))]).reshape(shape)


def signed(bits):
    return bits - (1 << 64) if bits >> 63 else bits


def rows():
    for seed in (0, 1, 2, 1234567, -1):
        b, u, z = SplitMix(seed), SplitMix(seed), SplitMix(seed)
        for index in range(5):
            yield seed, index, signed(b.bits()), u.uniform(), z.normal()


if __name__ == "__main__":
    golden.write(golden.STATCHECK, "splitmix.csv", """
Written by reference/splitmix.py. Three streams from the same seed: value number `index` of each.
bits: SplitMix64 as a signed 64-bit integer; uniform: (bits >>> 11) * 2^-53;
normal: two uniforms each, sqrt(-2 ln(1 - u1)) cos(2 pi u2).
""", ["seed", "index", "bits", "uniform", "normal"], rows())
