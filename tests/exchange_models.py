#!/usr/bin/env python3
"""The other side of test_exchange_models.sh: NumPy and PyTorch as peers.

Usage: exchange_models.py numpy MODEL.npz IMAGES LOGITS          the product by NumPy, from an exported archive
       exchange_models.py torch MODEL.safetensors IMAGES LOGITS    a forward pass by PyTorch, of an exported file
IMAGES: an IDX file. LOGITS: float32, native, (images, classes).
"""
import json
import struct
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


def load_safetensors(path):
    """What safetensors.torch.load_file gives: the package is seldom installed."""
    import torch
    with open(path, "rb") as file:
        header = json.loads(file.read(*struct.unpack("<Q", file.read(8))))
        data = bytearray(file.read())
    assert header.pop("__metadata__") == {"format": "pt"}
    return {name: torch.frombuffer(data, dtype=torch.float32, offset=t["data_offsets"][0],
                                   count=(t["data_offsets"][1] - t["data_offsets"][0]) // 4).reshape(t["shape"])
            for name, t in header.items()}


def sequential(units):
    from torch import nn
    layers = [layer for n_in, n_out in zip(units, units[1:]) for layer in (nn.Linear(n_in, n_out), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


def predict_by_torch(model, data, logits):
    import torch
    with torch.no_grad():
        model(torch.from_numpy(images(data))).numpy().tofile(logits)


def by_torch(path, data, logits):
    tensors = load_safetensors(path)
    weights = [t for t in tensors.values() if t.dim() == 2]
    model = sequential([weights[0].shape[1]] + [t.shape[0] for t in weights])
    model.load_state_dict(tensors)  # strict: all names and shapes are PyTorch's own
    predict_by_torch(model, data, logits)


if __name__ == "__main__":
    {"numpy": by_numpy, "torch": by_torch}[sys.argv[1]](*sys.argv[2:])
