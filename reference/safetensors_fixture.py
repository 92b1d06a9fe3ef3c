# /// script
# requires-python = ">=3.11"
# dependencies = ["safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""Writes tensor/src/test/resources/jensen/tensor/reference.safetensors with the format's reference implementation.

    python reference/safetensors_fixture.py            writes it
    python reference/safetensors_fixture.py FILE       prints what the reference implementation reads from FILE
"""

import pathlib
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

FIXTURE = pathlib.Path(__file__).parent.parent / "tensor/src/test/resources/jensen/tensor/reference.safetensors"

if len(sys.argv) > 1:
    with safe_open(sys.argv[1], framework="np") as file:
        print("metadata", file.metadata())
        for name in file.keys():
            t = file.get_tensor(name)
            print(name, t.dtype, list(t.shape), t.ravel()[:8].tolist())
else:
    save_file(
        {
            "encoder.weight": (np.arange(6, dtype=np.float32) / 8).reshape(2, 3),
            "scale": np.array(-2.5, dtype=np.float64),
            "index": np.array([0, -1, 2**62], dtype=np.int64),
            "none": np.zeros((0, 4), dtype=np.float32),
            "größe": np.array([np.inf, np.nan, -0.0], dtype=np.float64),
        },
        FIXTURE,
        metadata={"format": "np", "σ": "1"},
    )
