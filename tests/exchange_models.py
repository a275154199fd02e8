#!/usr/bin/env python3
"""The other side of test_exchange_models.sh: NumPy and PyTorch as peers.

Usage: exchange_models.py numpy MODEL.npz IMAGES LOGITS     the product by NumPy, from an exported archive
IMAGES: an IDX file. LOGITS: float32, native, (images, classes).
"""
import sys


def images(path):
    import numpy
    return numpy.fromfile(path, numpy.uint8, offset=16).reshape(-1, 784).astype(numpy.float32) / numpy.float32(255)


def by_numpy(model, data, logits):
    import numpy
    arrays = numpy.load(model)
    assert list(arrays) == [f"dense{i // 2 + 1}.{('weight', 'bias')[i % 2]}" for i in range(len(arrays))], list(arrays)
    assert all(a.dtype == numpy.float32 and a.flags.c_contiguous for a in arrays.values())
    x = images(data)
    for layer in range(1, len(arrays) // 2 + 1):
        x = (x if layer == 1 else numpy.maximum(x, 0)) @ arrays[f"dense{layer}.weight"] + arrays[f"dense{layer}.bias"]
    x.tofile(logits)


if __name__ == "__main__":
    {"numpy": by_numpy}[sys.argv[1]](*sys.argv[2:])
