"""Labelled images: data sets of files, and arrays as the library takes them."""

import math
import os
from collections import namedtuple

from . import _arrays, _library
from ._library import check, lib

Data = namedtuple("Data", "train_images train_labels test_images test_labels")


PARTS = "both", "training", "test", "training and test if there"  # enum ms_data_part
TRANSPOSITIONS = None, True, False  # enum ms_transposition


def load_data(folder, *, part="both", split=None, transpose=None):
    """A data set as it is published: images (n, rows, columns), uint8 or float32, and labels (n), uint8.

    folder: of IDX files, gzip or not, with the names of MNIST, EMNIST or QMNIST, an NPZ archive or CSV files; or the
    path of an archive. part: "both", "training", "test", or "training and test if there"; what is not read is None.
    split: which of several data sets in the folder, "letters". transpose: whether to exchange rows and columns of the
    images; None: of EMNIST's, which lie on their sides.
    MnistSimdError: a file is missing or is not what its name says.
    """
    if part not in PARTS:
        raise ValueError(f"part: '{part}', expected one of {', '.join(PARTS)}")
    if transpose not in TRANSPOSITIONS:
        raise ValueError(f"transpose: {transpose!r}, expected None, True or False")
    path = os.fsencode(folder)
    if b"\0" in path:
        raise ValueError("folder: embedded null byte")
    data = _library.ms_data()
    options = _library.ms_data_options(PARTS.index(part), split.encode() if split else None,
                                       TRANSPOSITIONS.index(transpose))
    check(lib.ms_data_read(path, options, data))
    owner = _arrays.Owner(data, lib.ms_data_free)
    arrays = []
    for part in data.train, data.test:
        if part.n == 0:
            arrays += [None, None]
            continue
        shape = part.n, part.rows, part.cols
        arrays.append(_arrays.view(owner, part.images, shape, "B") if part.images else
                      _arrays.view(owner, part.floats, shape, "f"))
        arrays.append(_arrays.view(owner, part.labels, (part.n,), "B"))
    return Data(*arrays)


def as_images(name, value, n=None, n_in=None):
    """(view, format, (n, rows, columns)) of images; `n` and `n_in` are expected where they are given."""
    view, form = _arrays.contiguous(name, value, "Bf")
    shape, size = view.shape, math.prod(view.shape)
    if view.ndim == 1 and (n or n_in):  # one image after the other
        pixels = n_in or size // n
        shape = (size // pixels, 1, pixels) if pixels > 0 and size % pixels == 0 else shape
    elif view.ndim == 2:
        shape = (shape[0], 1, shape[1])
    if len(shape) != 3 or (n is not None and shape[0] != n) or (n_in and shape[1] * shape[2] != n_in):
        count = "n" if n is None else n
        product = f" with rows * columns = {n_in}" if n_in else ""
        raise ValueError(f"{name}: shape {view.shape}, expected ({count}, {n_in or 'pixels'}) or "
                         f"({count}, rows, columns){product}")
    return view, form, shape


def as_dataset(prefix, images, labels, n_classes=None, n_in=None):
    """(struct ms_dataset, what it views). The number of classes comes from the labels if it is not given."""
    label_view, _ = _arrays.contiguous(prefix + "labels", labels, "B")
    if label_view.ndim != 1 or len(label_view) == 0:
        raise ValueError(f"{prefix}labels: shape {label_view.shape}, expected (n,) with n at least 1")
    view, form, (n, rows, cols) = as_images(prefix + "images", images, len(label_view), n_in)
    made = _library.ms_dataset(n, rows, cols, n_classes or max(label_view.tobytes()) + 1)
    made.labels = _arrays.address(label_view)
    setattr(made, "images" if form == "B" else "floats", _arrays.address(view))
    return made, (view, label_view)
