#!/usr/bin/env python3
"""The other side of test_exchange_models.sh: NumPy and PyTorch as peers, and files to import.

Usage: exchange_models.py numpy MODEL.npz IMAGES LOGITS          the product by NumPy, from an exported archive
       exchange_models.py torch MODEL.safetensors IMAGES LOGITS    a forward pass by PyTorch, of an exported file
       exchange_models.py from-torch NEW.safetensors IMAGES LOGITS       a network that PyTorch trains on the training
                                                                   images beside IMAGES
       exchange_models.py files FOLDER     one network in files of many kinds, FOLDER/good/, and what is to be refused,
                                           FOLDER/wrong/; by the standard library alone
IMAGES: an IDX file. LOGITS: float32, native, (images, classes).
"""
import json
import struct
import sys
import zipfile

from layouts import npy, npz, write


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


def safetensors(tensors, change=lambda header: None):
    """tensors: name -> (type, shape, bytes). change: of the header, before it is written."""
    header, data = {}, b""
    for name, (kind, shape, values) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    change(header)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


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


def from_torch(path, data, logits):
    import numpy
    import torch
    torch.manual_seed(1)
    model = sequential([784, 32, 10, 10])
    x = torch.from_numpy(images(data.replace("t10k", "train")))
    labels = data.replace("t10k-images-idx3", "train-labels-idx1")
    y = torch.from_numpy(numpy.fromfile(labels, numpy.uint8, offset=8)).long()
    adam = torch.optim.Adam(model.parameters(), 0.01)
    for batch in torch.arange(20000).split(100):
        adam.zero_grad()
        torch.nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        adam.step()
    write(path, safetensors({f"net.{name}": ("F32", list(tensor.shape), tensor.numpy().tobytes())
                             for name, tensor in model.state_dict().items()}))
    predict_by_torch(model, data, logits)


# ---- Files, of a network 4 -> 3 -> 3 -> 2 ----

UNITS = 4, 3, 3, 2
FLOATS = {"F32": "f", "F64": "d", "F16": "e"}


def values(n, start, kind="F32", order="<"):
    return struct.pack(f"{order}{n}{FLOATS[kind]}", *((i * 37 % 41 - 20) / 16 for i in range(start, start + n)))


def transposed(data, rows, cols):
    items = [data[4 * i:4 * i + 4] for i in range(rows * cols)]
    return b"".join(items[i * cols + j] for j in range(cols) for i in range(rows))


def layers(weights, biases, out_in, units=UNITS, kind="F32", order="<"):
    """Tensors of these names."""
    tensors = {}
    for l, (n_in, n_out) in enumerate(zip(units, units[1:])):
        weight = values(n_in * n_out, 100 * l, kind, order)
        tensors[weights[l]] = kind, [n_in, n_out], weight
        if out_in:
            tensors[weights[l]] = kind, [n_out, n_in], transposed(weight, n_in, n_out)
        tensors[biases[l]] = kind, [n_out], values(n_out, 100 * l + 50, kind, order)
    return tensors


def named(pattern, numbers, weight="weight", **options):
    prefixes = [pattern.format(n) for n in numbers]
    return layers([f"{p}.{weight}" for p in prefixes], [f"{p}.bias" for p in prefixes], weight == "weight", **options)


def ours(out_in=False, **options):
    return layers([f"dense{l}.weight" for l in (1, 2, 3)], [f"dense{l}.bias" for l in (1, 2, 3)], out_in, **options)


def keras(scope="", suffix=":0"):
    prefixes = [scope + "dense", scope + "dense_1", scope + "dense_2"]
    return layers([f"{p}/kernel{suffix}" for p in prefixes], [f"{p}/bias{suffix}" for p in prefixes], False)


def arrays(tensors, order="<", code="f4"):
    return {name: npy(order + code, tuple(shape), data) for name, (_, shape, data) in tensors.items()}


def broken(path, change):
    """An archive whose bytes are changed."""
    npz(path, arrays(ours()), zipfile.ZIP_STORED)
    with open(path, "rb") as file:
        data = file.read()
    write(path, change(data))


def good(folder):
    for name, tensors in {
            "sequential": named("{}", (0, 2, 4)),
            "prefix": named("model.layers_2.{}.linear", (2, 9, 10)),  # a number that all share, and 10 behind 9
            "fc": named("fc{}", (1, 2, 3)),
            "backwards": dict(reversed(named("{}", (0, 2, 4)).items())),
            "flax": named("Dense_{}", (0, 1, 2), "kernel"),
            "ours": ours()}.items():
        write(f"{folder}/{name}.safetensors", safetensors(tensors))
    npz(f"{folder}/stored.npz", arrays(ours()), zipfile.ZIP_STORED)
    npz(f"{folder}/deflated.npz", arrays(named("{}", (0, 2, 4))))
    npz(f"{folder}/big_endian.npz", arrays(ours(order=">"), ">"))
    npz(f"{folder}/keras.npz", arrays(keras()))
    npz(f"{folder}/keras_scope.npz", arrays(keras("sequential_1/", "")))


def wrong(folder):
    sequence = named("{}", (0, 2, 4))
    n_bytes = sum(len(data) for _, _, data in sequence.values())
    square = (3, 3, 3)

    def changed(**other):
        return {**sequence, **other}

    def without(name):
        return {key: tensor for key, tensor in sequence.items() if key != name}

    def lies(name, **entry):
        return safetensors(sequence, lambda header: header[name].update(entry))

    nan = struct.pack("<3f", 0, float("nan"), 0)
    for name, data in {
            "float16": safetensors(changed(**{"2.bias": ("F16", [3], values(3, 0, "F16"))})),
            "bfloat16": safetensors(changed(**{"2.bias": ("BF16", [3], bytes(6))})),
            "float64": safetensors(changed(**{"2.bias": ("F64", [3], values(3, 0, "F64"))})),
            "by_shapes": safetensors(layers(["0.weight", "2.weight", "4.weight"], ["0.bias", "2.bias", "4.bias"],
                                            False)),
            "dense_by_shapes": safetensors(ours(out_in=True)),
            "square": safetensors(named("{}", (0, 2), units=square)),
            "square_dense": safetensors(named("dense{}", (1, 2), units=square)),
            "mixed": safetensors({**named("{}", (0, 2), units=square),
                                  **named("{}", (4,), "kernel", units=square[:2])}),
            "nan": safetensors(changed(**{"2.bias": ("F32", [3], nan)})),
            "no_bias": safetensors(without("2.bias")),
            "no_weight": safetensors(without("4.weight")),
            "norm": safetensors(changed(**{"1.running_mean": ("F32", [3], nan)})),
            "convolution": safetensors(changed(**{"1.weight": ("F32", [3, 1, 1, 1], nan)})),
            "no_number": safetensors({**named("fc{}", (1,), units=(4, 3)), **named("output", "x", units=(3, 2))}),
            "same_number": safetensors({**named("a{}", (1,), units=(4, 3)), **named("b{}", (1,), units=(3, 2))}),
            "large_number": safetensors(named("{}", (0, 10**9), units=(4, 3, 2))),
            "chain": safetensors({**named("{}", (0,), units=(4, 3)), **named("{}", (2,), units=(5, 2))}),
            "bias_length": safetensors(changed(**{"0.bias": ("F32", [5], bytes(20))})),
            "many": safetensors(named("{}", range(66), units=[2] * 67)),
            "two_weights": safetensors(changed(**{"0.kernel": ("F32", [4, 3], bytes(48))})),
            "long_name": safetensors({"x" * 200 + ".weight": ("F32", [1, 1], bytes(4))}),
            "overlap": lies("2.bias", data_offsets=[0, 12]),
            "beyond": lies("4.bias", data_offsets=[n_bytes, n_bytes + 8]),
            "gap": safetensors(sequence) + bytes(4),
            "large_shape": lies("0.weight", shape=[2**62, 4]),
            "shape": lies("0.weight", shape=[4, 4]),
            "cut": safetensors(sequence)[:40],
            "header": struct.pack("<Q", 2**63) + bytes(100),
            "text": b"import torch\n" * 20,
            "no_tensors": safetensors({}),
            "empty": b""}.items():
        write(f"{folder}/{name}", data)
    npz(f"{folder}/float64.npz", arrays(ours(kind="F64"), code="f8"))
    npz(f"{folder}/float16.npz", arrays(ours(kind="F16"), code="f2"))
    npz(f"{folder}/no_names.npz", {f"arr_{i}": array for i, array in enumerate(arrays(ours()).values())})
    npz(f"{folder}/empty.npz", {})
    broken(f"{folder}/checksum.npz", lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:])
    broken(f"{folder}/directory.npz", lambda data: b"XX".join(data.rsplit(b"PK\1\2", 1)))
    broken(f"{folder}/cut.npz", lambda data: data[:-30])


def files(folder):
    good(f"{folder}/good")
    wrong(f"{folder}/wrong")


if __name__ == "__main__":
    {"numpy": by_numpy, "torch": by_torch, "from-torch": from_torch, "files": files}[sys.argv[1]](*sys.argv[2:])
