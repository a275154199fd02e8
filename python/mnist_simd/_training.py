"""Training: settings, callbacks, Ctrl-C."""

import contextlib
import ctypes
import signal
import threading
from collections import namedtuple

from . import _arrays, _library
from ._data import as_dataset
from ._library import MnistSimdError, Status, check, lib
from ._network import Network
from ._start import start

Training = namedtuple("Training", "epochs_run best_epoch model_epoch stopped_early stopped seconds epoch_seconds")
Training.__doc__ = """How a network was trained. model_epoch is the epoch whose weights it has.

best_epoch: 0 without validation images. stopped_early: by the setting patience. stopped: by the callback.
seconds: of all; epoch_seconds: median of an epoch.
"""

_FIGURES = "epoch train_loss train_accuracy val_loss val_accuracy seconds improved sha256"


class Epoch(namedtuple("Epoch", _FIGURES)):
    """What callback gets at the end of each epoch, from 1. Losses are in nats, accuracies shares of 1.

    train_*: means over the epoch's batches as trained, with dropout. val_*: None without validation images. improved:
    of the monitored value. sha256: of the weights.
    """

    @property
    def network(self):
        """A copy of the network at the end of this epoch, made when it is first read, during the callback."""
        if not hasattr(self, "_copy"):
            if self._handle is None:
                raise RuntimeError("network: is to be read during the callback of its epoch")
            n = lib.ms_network_layers(self._handle)
            views = (_library.ms_layer_view * n)(*(lib.ms_network_layer(self._handle, i) for i in range(n)))
            handle = _library.pointer()
            check(lib.ms_network_from_layers(n, views, handle))
            self._copy = Network._of(handle)
        return self._copy


class _Observer:
    """The library's questions during training, and what stopped it: an exception of the callback, or Ctrl-C."""

    def __init__(self, callback):
        self.callback, self.exception, self.interrupted, self.in_callback = callback, None, False, False
        self.struct = _library.ms_observer(epoch=_library.on_epoch(self.epoch), stop=_library.on_stop(self.stop))

    def epoch(self, _context, found):
        """An exception must not end in C: it waits for train()."""
        try:
            return self.call(found.contents) if self.callback else Status.OK
        except BaseException as exception:
            self.exception = exception
            return Status.STOPPED

    def call(self, e):
        val = (e.val_loss, e.val_accuracy) if e.has_validation else (None, None)
        epoch = Epoch(e.epoch, e.train_loss, e.train_accuracy, *val, e.seconds, e.improved, e.weights_sha256.decode())
        epoch._handle = e.network
        try:
            self.in_callback = True
            return Status.STOPPED if self.callback(epoch) is False else Status.OK
        finally:
            self.in_callback = False
            epoch._handle = None

    def stop(self, _context):
        return self.interrupted

    def interrupt(self, *arguments):
        if self.in_callback:
            signal.default_int_handler(*arguments)
        self.interrupted = True

    @contextlib.contextmanager
    def catching_interrupts(self):
        """Python raises KeyboardInterrupt between its own instructions, of which training has none: stop() sees it."""
        default = signal.default_int_handler
        if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not default:
            yield
            return
        signal.signal(signal.SIGINT, self.interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, default)


# ---- Settings ----


def _setting_names():
    names, i = [], 0
    while lib.ms_setting_name(i):
        names.append(lib.ms_setting_name(i).decode())
        i += 1
    return names


def _as_text(value):
    """A setting's value as the library reads it: 0.5, cosine, 1024,512."""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return str(value)
    return ",".join(map(str, value)) or "none"


@contextlib.contextmanager
def _config(preset, settings):
    names = _setting_names()
    settings = {name.replace("_", "-"): _as_text(value) for name, value in settings.items()}
    for name in settings:
        if name not in names:
            raise TypeError(f"train() got an unexpected setting '{name.replace('-', '_')}', expected one of "
                            f"{', '.join(names).replace('-', '_')}")
    config = _library.pointer()
    check(lib.ms_config_preset(str(preset).encode(), config))
    try:
        for name in sorted(settings, key=names.index):  # hidden before the lists that have a value for each layer
            check(lib.ms_config_set(config, name.encode(), settings[name].encode()))
        yield config
    finally:
        lib.ms_config_free(config)


def _setting(config, name):
    value = ctypes.create_string_buffer(_library.MS_SETTING_SIZE)
    lib.ms_config_get(config, name.encode(), value)
    return value.value.decode()


# ---- Training ----


@contextlib.contextmanager
def _split(data, config):
    """Training and validation images, as the settings val and val_shuffle say."""
    n_val = int(_setting(config, "val"))
    if n_val >= data.n:
        raise ValueError(f"val: {n_val}, expected 0 to {data.n - 1}, one less than the images, or validation images")
    split = _library.ms_split()
    check(lib.ms_split_make(data, config, split))
    try:
        yield split.train, split.validation if n_val > 0 else None
    finally:
        lib.ms_split_free(split)


def _run(config, data, validation, initial, observer):
    handle, result = _library.pointer(), _library.ms_train_result()
    arguments = config, data, validation, observer.struct, handle, result
    start()
    with observer.catching_interrupts():
        status = lib.ms_train_from(initial._handle, *arguments) if initial is not None else lib.ms_train(*arguments)
    network = Network._of(handle) if handle else None
    if observer.exception:
        raise observer.exception
    if observer.interrupted:
        raise KeyboardInterrupt
    if status != Status.STOPPED:
        check(status, network)
    network.training = Training(result.epochs_run, result.best_epoch, result.model_epoch, result.stopped_early,
                                status == Status.STOPPED, result.elapsed_s, result.epoch_seconds_median)
    return network


def train(images, labels, *, validation=None, preset="final", seed=42, initial=None, classes=None, callback=None,
          **settings):
    """Trains a network on images (n, pixels) or (n, rows, columns) with labels (n,); returns a Network.

    validation: (images, labels) to monitor; otherwise the last `val` images, a setting that some presets have, or with
    val_shuffle=True as many drawn by the seed.
    preset: "final", "unregularised", "regularised" or "best", the settings to begin with; `mnist_simd train --help`
    explains each: epochs, batch, lr, schedule, hidden, input_dropout, dropout, l1, l2, maxnorm, val,
    val_shuffle, patience,
    min_delta, monitor. A list has a value for each hidden layer: hidden=[1024, 512], dropout=[0.6, 0.5].
    initial: a Network to begin with (fine-tuning). classes: default: of initial, or the largest label + 1.
    callback: called with an Epoch after each; training stops if it returns False, or raises.
    The network is that of the best epoch where patience is set, else that of the last.
    MnistSimdError: a setting or a label out of its range; the loss became infinite (.network is the model before).
    """
    if isinstance(settings.get("val_shuffle"), bool):
        settings["val_shuffle"] = "yes" if settings["val_shuffle"] else "no"
    if initial is not None and not classes:
        classes = initial.n_out
    data, _views = as_dataset("", images, labels, classes)
    seen = None
    if validation is not None:
        for name in "val", "val_shuffle":
            if name in settings:
                raise ValueError(f"{name}: validation images are given, leave it out")
        seen, _seen_views = as_dataset("validation ", *validation, data.n_classes, data.rows * data.cols)
        seen.rows, seen.cols = data.rows, data.cols
        settings["val"] = seen.n
    with _config(preset, {"seed": seed, **settings}) as config:
        if seen is not None:
            return _run(config, data, seen, initial, _Observer(callback))
        with _split(data, config) as (rest, kept_out):
            return _run(config, rest, kept_out, initial, _Observer(callback))
