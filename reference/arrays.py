"""Small .npy and .npz files as NumPy writes them, and images as Pillow does; entry i, in C order, holds a value that a test can work out."""
import pathlib

import numpy as np
from PIL import Image

FOLDER = pathlib.Path(__file__).parent.parent / "core/src/test/resources/golden/arrays"
FOLDER.mkdir(parents=True, exist_ok=True)


def entries(shape, kind):
    i = np.arange(np.prod(shape)).reshape(shape)
    if kind == "b":
        return i % 3 == 0
    value = (i * 37 + 5) % 121
    if kind == "u":
        return value
    return value - 60 if kind == "i" else (value - 60) / 8


for descr in ["|b1", "|u1", "|i1", "<u2", ">i2", "<u4", ">u4", "<i4", ">u8", "<u8", ">i8", "<i8", "<f4", ">f4", "<f8", ">f8"]:
    dtype = np.dtype(descr)
    data = entries((5, 3), dtype.kind).astype(dtype)
    endian = "big" if descr[0] == ">" else "little"
    np.save(FOLDER / f"{descr[1:]}-{endian}.npy", data)
    if descr in ("<f4", "|u1", ">i8"):
        np.save(FOLDER / f"{descr[1:]}-{endian}-fortran.npy", np.asfortranarray(data))

np.save(FOLDER / "one-axis.npy", entries((6,), "f"))
np.save(FOLDER / "three-axes-fortran.npy", np.asfortranarray(entries((2, 3, 4), "f")))
np.save(FOLDER / "channels-first.npy", entries((2, 3, 4, 5), "f"))
np.save(FOLDER / "channels-last.npy", entries((2, 4, 5, 3), "f"))
np.savez(FOLDER / "labelled.npz", x=entries((4, 3), "f"), y=np.array([3, 1, 4, 1]), other=np.zeros(2))
np.savez_compressed(FOLDER / "single.npz", entries((4, 3), "u").astype(np.uint8))

grey = (np.arange(6).reshape(2, 3) * 40 + 20).astype(np.uint8)
colour = np.stack([grey, grey + 5, 255 - grey], axis=2)
Image.fromarray(grey).save(FOLDER / "grey.png")
Image.fromarray(grey.astype(np.uint16) * 257).save(FOLDER / "grey-16-bit.png")
Image.fromarray(grey > 100).save(FOLDER / "black-and-white.png")
Image.fromarray(colour).save(FOLDER / "colour.png")
Image.fromarray(np.stack([grey] * 3, axis=2)).quantize(6).save(FOLDER / "palette.png")
Image.fromarray(np.dstack([colour, np.full((2, 3), 255, np.uint8)])).save(FOLDER / "opaque.png")
Image.fromarray(np.dstack([colour, np.full((2, 3), 128, np.uint8)])).save(FOLDER / "transparent.png")
Image.fromarray(np.full((16, 16), 93, np.uint8)).save(FOLDER / "grey.jpg", quality=95)
