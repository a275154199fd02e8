"""Networks: files, arrays, prediction, evaluation."""

import ctypes
import os
from collections import namedtuple

from . import _arrays, _library
from ._data import as_dataset, as_images
from ._library import check, lib
from ._start import start

Layer = namedtuple("Layer", "weight bias")  # float32 (n_in, n_out) and (n_out,)

Evaluation = namedtuple("Evaluation", "n errors loss accuracy macro_f1 precision recall f1 support confusion predicted "
                                      "confidence")
Evaluation.__doc__ = """Of a network on labelled images; loss is the mean cross-entropy in nats, accuracy a share of 1.

precision, recall, f1, support: (classes,), nan where there is nothing to divide; macro_f1 is the mean of the f1 that
are numbers. confusion: (classes, classes), true class, predicted class. predicted, confidence: (n,), the class of the
largest logit and its probability.
"""


class Network:
    """Dense layers with ReLU between them: from train(), Network.load() or Network.from_arrays(). Never changes.

    training: the Training that made it; None for others.
    """

    def __init__(self, *_arguments):
        raise TypeError("Network: comes from Network.load(path), Network.from_arrays(layers) or train(), not from a call")

    @classmethod
    def _of(cls, handle):
        """Of a struct ms_network, which it owns from here on."""
        self = cls.__new__(cls)
        self._handle = handle
        self._owner = _arrays.Owner(handle, lib.ms_network_free)
        self.training = None
        first = lib.ms_network_layer(handle, 0)
        last = lib.ms_network_layer(handle, lib.ms_network_layers(handle) - 1)
        self.n_in, self.n_out = first.n_in, last.n_out
        return self

    @classmethod
    def load(cls, path):
        """Of a model.safetensors. MnistSimdError: missing, or not such a file."""
        handle = _library.pointer()
        check(lib.ms_network_load(os.fsencode(path), handle))
        return cls._of(handle)

    @classmethod
    def from_arrays(cls, layers):
        """Of (weight, bias) for each layer, float32 (n_in, n_out) and (n_out,), which are copied."""
        views, structs = [], []
        for i, (weight, bias) in enumerate(layers):
            w, _ = _arrays.contiguous(f"layers[{i}].weight", weight, "f")
            b, _ = _arrays.contiguous(f"layers[{i}].bias", bias, "f")
            if w.ndim != 2:
                raise ValueError(f"layers[{i}].weight: shape {w.shape}, expected (n_in, n_out)")
            if b.shape != w.shape[1:]:
                raise ValueError(f"layers[{i}].bias: shape {b.shape}, expected {w.shape[1:]}, a value for each column "
                                 "of weight")
            views += w, b
            structs.append(_library.ms_layer_view(*w.shape, _arrays.address(w), _arrays.address(b)))
        handle = _library.pointer()
        check(lib.ms_network_from_layers(len(structs), (_library.ms_layer_view * len(structs))(*structs), handle))
        return cls._of(handle)

    def save(self, path):
        """Writes a safetensors file: dense1.weight, dense1.bias, ... An existing file is replaced."""
        check(lib.ms_network_save(self._handle, os.fsencode(path)))

    @property
    def layers(self):
        """A Layer for each, read-only; as NumPy arrays they are views, and keep the network alive."""
        found = []
        for i in range(lib.ms_network_layers(self._handle)):
            x = lib.ms_network_layer(self._handle, i)
            found.append(Layer(_arrays.view(self._owner, x.weight, (x.n_in, x.n_out), "f"),
                               _arrays.view(self._owner, x.bias, (x.n_out,), "f")))
        return found

    @property
    def sha256(self):
        """Over all parameters, in hex: equal for networks of the same bits."""
        digest = ctypes.create_string_buffer(65)
        lib.ms_network_sha256(self._handle, digest)
        return digest.value.decode()

    def predict(self, images, logits=False):
        """Probabilities (n, classes), or logits, of images (n, n_in) or (n, rows, columns)."""
        view, form, (n, _, _) = as_images("images", images, n_in=self.n_in)
        if form == "f" and n > 0:
            _arrays.check_finite("images", view, n)
        out, out_view = _arrays.new((n, self.n_out), "f")
        start()
        predict = lib.ms_predict_bytes if form == "B" else lib.ms_predict_floats
        output = _library.MS_LOGITS if logits else _library.MS_PROBABILITIES
        check(predict(self._handle, n, _arrays.address(view), output, _arrays.address(out_view)))
        return out

    def evaluate(self, images, labels):
        """An Evaluation on images with labels (n,). MnistSimdError: a label that the network does not know."""
        data, _views = as_dataset("", images, labels, n_classes=min(self.n_out, 256), n_in=self.n_in)
        e = _library.ms_evaluation()
        start()
        check(lib.ms_evaluate(self._handle, data, e))
        owner = _arrays.Owner(e, lib.ms_evaluation_free)
        n = (e.n_classes,)
        arrays = [("precision", n, "d"), ("recall", n, "d"), ("f1", n, "d"), ("support", n, "N"),
                  ("confusion", n + n, "N"), ("predicted", (e.n,), "B"), ("confidence", (e.n,), "f")]
        return Evaluation(e.n, e.errors, e.loss, e.accuracy, e.macro_f1,
                          *(_arrays.view(owner, getattr(e, name), shape, form) for name, shape, form in arrays))

    def __reduce__(self):  # for pickle, which takes a network to another process
        return _from_bytes, ([(x.weight.shape, x.weight.tobytes(), x.bias.tobytes()) for x in self.layers],)

    def __repr__(self):
        sizes = [self.n_in] + [len(layer.bias) for layer in self.layers]
        return f"<mnist_simd.Network {'-'.join(map(str, sizes))}>"


def _from_bytes(layers):
    return Network.from_arrays((memoryview(w).cast("f", shape), memoryview(b).cast("f")) for shape, w, b in layers)
