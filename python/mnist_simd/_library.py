"""libmnist_simd as ctypes sees it: the library, its structures and functions, its failures as exceptions."""

import ctypes
import ctypes.util
import enum
import os

__version__ = "0.1.0"


class Status(enum.IntEnum):
    """What a MnistSimdError is about: the library's enum ms_status."""

    OK = 0
    ARGUMENT = 1  # an argument or a setting is out of its range
    UNSUPPORTED = 2  # this CPU, or this version, cannot do it
    MEMORY = 3  # memory could not be allocated
    SYSTEM = 4  # the operating system refused: files, threads
    DATA = 5  # a data or model file is not what it should be
    NUMERIC = 6  # a loss or a logit became infinite or NaN
    BUILD = 7  # this build of the library computes other bits than it should
    STOPPED = 8


class MnistSimdError(Exception):
    """The library refused or failed: str() is its message, status a Status.

    network: of a training that became infinite, the model of its last finished epoch; else None.
    """

    def __init__(self, status, message, network=None):
        super().__init__(message)
        self.status = Status(status)
        self.network = network

    def __reduce__(self):  # to reach the parent of a multiprocessing worker
        return MnistSimdError, (self.status, str(self))


# ---- Structures, as mnist_simd.h has them ----

size_t, double = ctypes.c_size_t, ctypes.c_double
pointer, text = ctypes.c_void_p, ctypes.c_char_p
status = ctypes.c_int

MS_NO_TRANS, MS_TRANS = 111, 112
MS_LOGITS, MS_PROBABILITIES = 0, 1
MS_N_PHASES = 6
MS_SETTING_SIZE = 2048


class ms_dataset(ctypes.Structure):
    _fields_ = [("n", size_t), ("rows", size_t), ("cols", size_t), ("n_classes", size_t), ("images", pointer),
                ("labels", pointer), ("floats", pointer)]


class ms_data(ctypes.Structure):
    _fields_ = [("train", ms_dataset), ("test", ms_dataset), ("class_names", text * 256),
                ("description", ctypes.c_char * 256), ("owned", pointer * 5)]


class ms_data_options(ctypes.Structure):
    _fields_ = [("part", ctypes.c_int), ("split", text), ("transpose", ctypes.c_int)]


class ms_split(ctypes.Structure):
    _fields_ = [("train", ms_dataset), ("validation", ms_dataset), ("owned", pointer * 2)]


class ms_epoch(ctypes.Structure):
    _fields_ = [("epoch", size_t), ("train_loss", double), ("train_accuracy", double),
                ("has_validation", ctypes.c_bool), ("val_loss", double), ("val_accuracy", double),
                ("seconds", double), ("network", pointer), ("improved", ctypes.c_bool),
                ("weights_sha256", ctypes.c_char * 65)]


on_epoch = ctypes.CFUNCTYPE(status, pointer, ctypes.POINTER(ms_epoch))
on_stop = ctypes.CFUNCTYPE(ctypes.c_bool, pointer)


class ms_observer(ctypes.Structure):
    _fields_ = [("context", pointer), ("step", pointer), ("epoch", on_epoch), ("stop", on_stop), ("keep", pointer)]


class ms_train_result(ctypes.Structure):
    _fields_ = [("epochs_run", size_t), ("best_epoch", size_t), ("model_epoch", size_t),
                ("stopped_early", ctypes.c_bool), ("epoch_seconds_median", double), ("elapsed_s", double),
                ("phase_seconds", double * MS_N_PHASES)]


class ms_layer_view(ctypes.Structure):
    _fields_ = [("n_in", size_t), ("n_out", size_t), ("weight", pointer), ("bias", pointer)]


class ms_evaluation(ctypes.Structure):
    _fields_ = [("n", size_t), ("errors", size_t), ("n_classes", size_t), ("loss", double), ("accuracy", double),
                ("macro_f1", double), ("precision", pointer), ("recall", pointer), ("f1", pointer),
                ("support", pointer), ("confusion", pointer), ("predicted", pointer), ("confidence", pointer)]


STRUCTURES = (ms_dataset, ms_data, ms_data_options, ms_split, ms_epoch, ms_observer, ms_train_result, ms_layer_view, ms_evaluation)

_to = ctypes.POINTER
_dataset, _network_out = _to(ms_dataset), _to(pointer)
_training = (_dataset, _dataset, _to(ms_observer), _network_out, _to(ms_train_result))

# Name: result, arguments.
FUNCTIONS = {
    "ms_error_message": (text,),
    "ms_init": (status, text, size_t),
    "ms_shutdown": (None,),
    "ms_isa": (text,),
    "ms_isa_supported": (text, size_t),
    "ms_threads": (size_t,),
    "ms_sgemm": (status, ctypes.c_int, ctypes.c_int, size_t, size_t, size_t, ctypes.c_float, pointer, size_t, pointer,
                 size_t, ctypes.c_float, pointer, size_t),
    "ms_data_read": (status, text, _to(ms_data_options), _to(ms_data)),
    "ms_data_free": (None, _to(ms_data)),
    "ms_split_make": (status, _dataset, pointer, _to(ms_split)),
    "ms_split_free": (None, _to(ms_split)),
    "ms_config_preset": (status, text, _to(pointer)),
    "ms_setting_name": (text, size_t),
    "ms_config_set": (status, pointer, text, text),
    "ms_config_get": (None, pointer, text, text),
    "ms_config_free": (None, pointer),
    "ms_train": (status, pointer, *_training),
    "ms_train_from": (status, pointer, pointer, *_training),
    "ms_network_free": (None, pointer),
    "ms_network_layers": (size_t, pointer),
    "ms_network_layer": (ms_layer_view, pointer, size_t),
    "ms_network_from_layers": (status, size_t, _to(ms_layer_view), _network_out),
    "ms_network_sha256": (None, pointer, text),
    "ms_network_save": (status, pointer, text),
    "ms_network_load": (status, text, _network_out),
    "ms_predict_bytes": (status, pointer, size_t, pointer, ctypes.c_int, pointer),
    "ms_predict_floats": (status, pointer, size_t, pointer, ctypes.c_int, pointer),
    "ms_evaluate": (status, pointer, _dataset, _to(ms_evaluation)),
    "ms_evaluation_free": (None, _to(ms_evaluation)),
}


# ---- The library ----


def _minor(version):
    return version.rpartition(".")[0]


def _find():
    """The path that MNIST_SIMD_LIBRARY names, else a file in this folder, else what the system's loader finds."""
    soname = "libmnist_simd.so." + _minor(__version__)
    named = os.environ.get("MNIST_SIMD_LIBRARY")
    if named:
        return named
    for name in soname, "libmnist_simd.so":
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
        if os.path.exists(path):
            return path
    return ctypes.util.find_library("mnist_simd") or soname


def _load():
    path = _find()
    try:
        library = ctypes.CDLL(path)
        library.ms_version_string.restype = text
    except (OSError, AttributeError) as error:
        raise ImportError(f"libmnist_simd: {error}: install it with cmake --install, or set MNIST_SIMD_LIBRARY to its "
                          "path (build/libmnist_simd.so)") from None
    version = library.ms_version_string().decode()
    if _minor(version) != _minor(__version__):
        raise ImportError(f"libmnist_simd: {path} is version {version}, this module is for {_minor(__version__)}: set "
                          "MNIST_SIMD_LIBRARY to a library of that version, or use the module that came with this one")
    for name, (result, *arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


lib = _load()


def check(found, network=None):
    """Raises what a function returned, unless it is MS_OK."""
    if found != Status.OK:
        raise MnistSimdError(found, lib.ms_error_message().decode(errors="replace"), network)
