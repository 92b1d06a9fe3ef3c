"""Write every golden file anew but that of safetensors_fixture.py, which has pins of its own: python generate.py"""
import runpy
from pathlib import Path

for script in ("splitmix.py", "distributions.py", "parity.py", "ppca.py", "psis.py", "arrays.py"):
    runpy.run_path(str(Path(__file__).with_name(script)), run_name="__main__")
