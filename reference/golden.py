"""Where golden files go and how they are written: comment lines, a header, plain cells without quotes."""
import os
from pathlib import Path

import mpmath as mp

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "core" / "src" / "test" / "resources" / "golden"
DATASETS = ROOT / "datasets" / "src" / "test" / "resources" / "golden"
STATCHECK = ROOT / "statcheck" / "src" / "test" / "resources" / "golden"


def cell(value):
    """A cell's text: a float by its shortest exact form, an mpmath number by 25 digits, a vector by spaces."""
    if isinstance(value, mp.mpf):
        return mp.nstr(value, 25, min_fixed=-5, max_fixed=16)
    if isinstance(value, (list, tuple)):
        return " ".join(cell(v) for v in value)
    return repr(float(value)) if isinstance(value, float) else str(value)


def write(folder, name, comment, columns, rows):
    """Write folder/name, replacing it only when it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [("# " + line).rstrip() for line in comment.strip().splitlines()] + [",".join(columns)]
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{name}: {len(row)} cells in {row}, expected {len(columns)}")
        lines.append(",".join(cell(v) for v in row))
    temporary = folder / (name + ".tmp")
    temporary.write_text("\n".join(lines) + "\n", encoding="ascii")
    os.replace(temporary, folder / name)
    print(f"{name}: {len(lines) - len(comment.strip().splitlines()) - 1} rows")
