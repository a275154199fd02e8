#!/usr/bin/env python3
"""The same data set in every layout that is read, made of IDX files with MNIST's names.

Usage: layouts.py DATA_FOLDER NEW_FOLDER [LAYOUT...]     one folder for each layout, or for those named
       layouts.py --wrong DATA_FOLDER NEW_FOLDER         what is to be refused
       layouts.py --seeds NEW_FOLDER                     small archives for the fuzz target npz
Standard library alone; what is written depends on nothing but the data.
"""
import gzip
import io
import os
import struct
import sys
import zipfile

PARTS = "train", "t10k"


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def zipped(data):
    return gzip.compress(data, 6, mtime=0)


def idx(kind, sizes, data):
    return bytes([0, 0, kind, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + data


def npy(descr, shape, data, order="False"):
    text = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + data


def npz(path, arrays, method=zipfile.ZIP_DEFLATED):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        for name, data in arrays.items():
            archive.writestr(zipfile.ZipInfo(name + ".npy"), data, method)
    write(path, memory.getvalue())


class Part:
    def __init__(self, folder, name):
        with open(f"{folder}/{name}-images-idx3-ubyte", "rb") as file:
            header, self.pixels = file.read(16), file.read()
        with open(f"{folder}/{name}-labels-idx1-ubyte", "rb") as file:
            self.labels = file.read()[8:]
        self.n, self.rows, self.cols = struct.unpack(">3I", header[4:])

    def images_idx(self, kind=8, sizes=None, data=None):
        return idx(kind, sizes or (self.n, self.rows, self.cols), self.pixels if data is None else data)

    def labels_idx(self):
        return idx(8, (self.n,), self.labels)

    def packed(self, code, scale=1):
        values = self.pixels if scale == 1 else [p / 255 for p in self.pixels]
        return struct.pack(f"{code[0]}{len(values)}{code[1]}", *values)

    def transposed(self):
        size, out = self.rows * self.cols, bytearray(len(self.pixels))
        for row in range(self.rows):
            for col in range(self.cols):
                out[col * self.rows + row::size] = self.pixels[row * self.cols + col::size]
        return bytes(out)

    def csv(self, header):
        size = self.rows * self.cols
        numbers = [str(p) for p in range(256)]
        lines = ["label," + ",".join(f"{r}x{c}" for r in range(1, self.rows + 1) for c in range(1, self.cols + 1))] if header else []
        for i in range(self.n):
            lines.append(",".join([numbers[self.labels[i]]] + [numbers[p] for p in self.pixels[i * size:(i + 1) * size]]))
        return ("\r\n" if header else "\n").join(lines + [""]).encode()


def standard(folder, parts, images="{}-images-idx3-ubyte", labels="{}-labels-idx1-ubyte", names=PARTS, pack=lambda b: b,
             make=Part.images_idx, make_labels=Part.labels_idx):
    for name, part in zip(names, parts):
        write(f"{folder}/{images.format(name)}", pack(make(part)))
        write(f"{folder}/{labels.format(name)}", pack(make_labels(part)))


def keras(part):
    return npy("|u1", (part.n, part.rows, part.cols), part.pixels)


def qmnist_labels(part):
    return idx(0x0C, (part.n, 8), b"".join(struct.pack(">8i", label, 0, 1, 2, 3, 4, 5, 6) for label in part.labels))


def of_type(kind, code, scale=1):
    return lambda part: part.images_idx(kind, data=part.packed(code, scale))


def emnist(folder, parts, split):
    standard(folder, parts, f"emnist-{split}-{{}}-images-idx3-ubyte", f"emnist-{split}-{{}}-labels-idx1-ubyte",
             ("train", "test"), zipped, lambda part: part.images_idx(data=part.transposed()))


def emnist_splits(folder, parts):
    emnist(folder, parts, "digits")
    emnist(folder, parts[::-1], "balanced")


def torchvision(folder, parts):
    standard(f"{folder}/MNIST/raw", parts)
    standard(f"{folder}/MNIST/raw", parts, "{}-images-idx3-ubyte.gz", "{}-labels-idx1-ubyte.gz", pack=zipped)


def torchvision_two(folder, parts):
    torchvision(folder, parts)
    standard(f"{folder}/KMNIST/raw", parts[::-1])


def keras_npz(folder, parts, method=zipfile.ZIP_DEFLATED):
    arrays = {}
    for name, part in zip(("train", "test"), parts):
        arrays[f"x_{name}"] = keras(part)
        arrays[f"y_{name}"] = npy("|u1", (part.n,), part.labels)
    npz(f"{folder}/mnist.npz", arrays, method)


def medmnist(folder, parts):
    arrays = {}
    for name, part in zip(("train", "test"), parts):
        arrays[f"{name}_images"] = keras(part)
        arrays[f"{name}_labels"] = npy("<i8", (part.n, 1), struct.pack(f"<{part.n}q", *part.labels))
    npz(f"{folder}/medmnist.npz", arrays)


def kmnist_npz(folder, parts):
    for name, part in zip(("train", "test"), parts):
        npz(f"{folder}/kmnist-{name}-imgs.npz", {"arr_0": keras(part)})
        npz(f"{folder}/kmnist-{name}-labels.npz", {"arr_0": npy("|u1", (part.n,), part.labels)})


def csv(folder, parts, names, header=True, pack=lambda b: b):
    for name, part in zip(names, parts):
        write(f"{folder}/{name}", pack(part.csv(header)))


def kaggle(folder, parts):
    csv(folder, parts[:1], ["train.csv"])
    write(f"{folder}/test.csv", b"\n".join(line.partition(b",")[2] for line in parts[1].csv(True).splitlines()) + b"\n")


LAYOUTS = {
    "idx": standard,
    "dot": lambda f, p: standard(f, p, "{}-images.idx3-ubyte", "{}-labels.idx1-ubyte"),
    "gzip": lambda f, p: standard(f, p, "{}-images-idx3-ubyte.gz", "{}-labels-idx1-ubyte.gz", pack=zipped),
    "emnist": lambda f, p: emnist(f, p, "digits"),
    "emnist_splits": emnist_splits,
    "qmnist": lambda f, p: standard(f, p, "qmnist-{}-images-idx3-ubyte.gz", "qmnist-{}-labels-idx2-int.gz", ("train", "test"),
                                    zipped, make_labels=qmnist_labels),
    "torchvision": torchvision,
    "torchvision_two": torchvision_two,
    "flat": lambda f, p: standard(f, p, make=lambda part: part.images_idx(sizes=(part.n, part.rows * part.cols))),
    "channel": lambda f, p: standard(f, p, make=lambda part: part.images_idx(sizes=(part.n, 1, part.rows, part.cols))),
    "channel_last": lambda f, p: standard(f, p, make=lambda part: part.images_idx(sizes=(part.n, part.rows, part.cols, 1))),
    "int16": lambda f, p: standard(f, p, make=of_type(0x0B, ">h")),
    "int32": lambda f, p: standard(f, p, make=of_type(0x0C, ">i")),
    "float32": lambda f, p: standard(f, p, make=of_type(0x0D, ">f")),
    "float32_fractions": lambda f, p: standard(f, p, make=of_type(0x0D, ">f", 255)),
    "float64_fractions": lambda f, p: standard(f, p, make=of_type(0x0E, ">d", 255)),
    "keras": keras_npz,
    "keras_stored": lambda f, p: keras_npz(f, p, zipfile.ZIP_STORED),
    "medmnist": medmnist,
    "kmnist": kmnist_npz,
    "csv": lambda f, p: csv(f, p, ("mnist_train.csv", "mnist_test.csv")),
    "csv_plain": lambda f, p: csv(f, p, ("train.csv.gz", "test.csv.gz"), False, zipped),
    "kaggle": kaggle,
}


def with_images(part_images):
    return lambda f, p: standard(f, p, make=part_images)


def with_labels(part_labels):
    return lambda f, p: standard(f, p, make_labels=part_labels)


def with_archive(change):
    """The archive that Keras has, with other arrays."""

    def make(folder, parts):
        arrays = {"x_train": keras(parts[0]), "y_train": npy("|u1", (parts[0].n,), parts[0].labels)}
        change(arrays, parts[0])
        npz(f"{folder}/mnist.npz", arrays)

    return make


def with_lines(change):
    return lambda f, p: write(f"{f}/train.csv", b"\n".join(change(p[0].csv(True).splitlines())) + b"\n")


def changed(line, column, value):
    """That value of a line is another one."""
    values = line.split(b",")
    values[column] = value
    return b",".join(values)


def damaged(at, cut=0):
    def make(folder, parts):
        LAYOUTS["gzip"](folder, parts)
        path = f"{folder}/train-images-idx3-ubyte.gz"
        with open(path, "rb") as file:
            data = bytearray(file.read())
        data[at] ^= 0x10
        write(path, data[:len(data) - cut])

    return make


def broken_archive(change):
    def make(folder, parts):
        keras_npz(folder, parts, zipfile.ZIP_STORED)
        with open(f"{folder}/mnist.npz", "rb") as file:
            data = bytearray(file.read())
        write(f"{folder}/mnist.npz", change(data))

    return make


def flipped(data):
    data[len(data) // 3] ^= 1
    return data


def bomb(folder, parts):
    standard(folder, parts)
    os.remove(f"{folder}/train-images-idx3-ubyte")
    with gzip.GzipFile(f"{folder}/train-images-idx3-ubyte.gz", "wb", 9, mtime=0) as file:
        file.write(idx(8, (800000, 28, 28), b""))
        for _ in range(600):
            file.write(bytes(1 << 20))


def npz_bomb(folder, parts):
    shape = (1000000, 28, 28)
    header = npy("|u1", shape, b"")
    with zipfile.ZipFile(f"{folder}.npz", "w") as archive:
        archive.writestr(zipfile.ZipInfo("y_train.npy"), npy("|u1", shape[:1], bytes(shape[0])), zipfile.ZIP_DEFLATED)
        info = zipfile.ZipInfo("x_train.npy")
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w") as member:
            member.write(header)
            for _ in range(784):
                member.write(bytes(1000000))
    os.makedirs(folder)
    os.rename(f"{folder}.npz", f"{folder}/mnist.npz")


def two_tests(folder, parts):
    standard(folder, parts)
    write(f"{folder}/test-images-idx3-ubyte", parts[1].images_idx())


def mixed(folder, parts):
    emnist_splits(folder, parts)
    kmnist_npz(folder, parts)


def names(folder, parts):
    standard(folder, parts)
    write(f"{folder}/classes.txt", b"zero\none\n")


def mismatched(folder, parts):
    standard(folder, parts)
    write(f"{folder}/train-labels-idx1-ubyte", idx(8, (parts[0].n - 1,), parts[0].labels[:-1]))


def other_size(folder, parts):
    standard(folder, parts)
    write(f"{folder}/t10k-images-idx3-ubyte", idx(8, (parts[1].n, 14, 56), parts[1].pixels))


WRONG = {
    "nan": with_images(lambda part: part.images_idx(0x0D, data=part.packed(">f")[:-4] + struct.pack(">f", float("nan")))),
    "centred": with_images(lambda part: part.images_idx(0x0E, data=struct.pack(f">{len(part.pixels)}d",
                                                                               *(p / 127.5 - 1 for p in part.pixels)))),
    "negative": with_images(lambda part: part.images_idx(0x0B, data=part.packed(">h")[:-2] + b"\xff\xff")),
    "colour": with_images(lambda part: idx(8, (part.n // 3, 28, 28, 3), part.pixels)),
    "five": with_images(lambda part: idx(8, (part.n, 1, 1, 28, 28), part.pixels)),
    "exchanged": lambda f, p: standard(f, p, "{}-labels-idx1-ubyte", "{}-images-idx3-ubyte"),
    "one_hot": with_labels(lambda part: idx(8, (part.n, 10), b"".join(bytes(c == label for c in range(10)) for label in part.labels))),
    "large_label": with_labels(lambda part: idx(0x0C, (part.n,), struct.pack(f">{part.n}i", *part.labels[:-1], 300))),
    "test_label": lambda f, p: standard(f, [p[0], p[1]], make_labels=lambda part: idx(
        8, (part.n,), part.labels[:-1] + (bytes([77]) if part is p[1] else part.labels[-1:]))),
    "mismatched": mismatched,
    "other_size": other_size,
    "bomb": bomb,
    "truncated": damaged(4, 100),
    "damaged": damaged(-5),
    "csv_column": with_lines(lambda lines: lines[:6] + [lines[6].rpartition(b",")[0]] + lines[7:]),
    "csv_value": with_lines(lambda lines: lines[:3] + [changed(lines[3], 5, b"0.5")]),
    "csv_256": with_lines(lambda lines: lines[:3] + [changed(lines[3], 5, b"256")]),
    "csv_last": with_lines(lambda lines: [b",".join(line.split(b",")[1:] + line.split(b",")[:1]) for line in lines]),
    "csv_head": with_lines(lambda lines: lines[:1]),
    "pickle": with_archive(lambda arrays, part: arrays.update(y_train=npy("|O", (part.n,), b"\x80\x03]q\x00."))),
    "complex": with_archive(lambda arrays, part: arrays.update(y_train=npy("<c8", (part.n,), bytes(8 * part.n)))),
    "fortran": with_archive(lambda arrays, part: arrays.update(
        x_train=npy("|u1", (part.n, part.rows, part.cols), part.pixels, "True"))),
    "keys": with_archive(lambda arrays, part: arrays.update(labels=arrays.pop("y_train"))),
    "short": with_archive(lambda arrays, part: arrays.update(x_train=keras(part)[:-1])),
    "checksum": broken_archive(flipped),
    "cut": broken_archive(lambda data: data[:-30]),
    "npz_bomb": npz_bomb,
    "csv_blank": with_lines(lambda lines: lines[:4] + [b""] + lines[4:]),
    "csv_text": with_lines(lambda lines: lines[:3] + [changed(lines[3], 5, b"\xff\x00")]),
    "two_tests": two_tests,
    "mixed": mixed,
    "names": names,
}


def seeds(folder):
    images, labels = npy("|u1", (2, 2, 2), b"\0\xff\1\2\3\4\5\6"), npy("<i8", (2,), struct.pack("<2q", 1, 0))
    npz(f"{folder}/deflated", {"x_train": images, "y_train": labels, "x_test": images, "y_test": labels})
    npz(f"{folder}/stored", {"a": npy("<f4", (3, 1), struct.pack("<3f", 0, 0.5, 1)), "b": npy(">u2", (3,), b"\0\1\0\2\0\0")},
        zipfile.ZIP_STORED)


def main():
    if sys.argv[1] == "--seeds":
        return seeds(sys.argv[2])
    makers = WRONG if sys.argv[1] == "--wrong" else LAYOUTS
    data, folder, *names_of = sys.argv[2 if makers is WRONG else 1:]
    parts = [Part(data, name) for name in PARTS]
    for name in names_of or makers:
        makers[name](f"{folder}/{name}", parts)


if __name__ == "__main__":
    main()
