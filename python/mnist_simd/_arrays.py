"""Arrays of others as addresses, without a copy, and memory of the library as arrays."""

import ctypes
import math
import struct
import sys
import weakref

try:
    import numpy
except ImportError:
    numpy = None

_TYPES = {"B": "uint8", "f": "float32", "d": "float64", "e": "float16", "b": "int8", "h": "int16", "i": "int32",
          "l": "int64" if ctypes.sizeof(ctypes.c_long) == 8 else "int32", "q": "int64", "?": "bool"}
_NUMPY_TYPES = {"B": "u1", "f": "f4", "d": "f8", "N": "u" + str(ctypes.sizeof(ctypes.c_size_t))}
_NATIVE = "@=" + ("<" if sys.byteorder == "little" else ">")


class _PyBuffer(ctypes.Structure):  # Py_buffer
    _fields_ = [("buf", ctypes.c_void_p), ("obj", ctypes.c_void_p), ("len", ctypes.c_ssize_t),
                ("itemsize", ctypes.c_ssize_t), ("readonly", ctypes.c_int), ("ndim", ctypes.c_int),
                ("format", ctypes.c_void_p), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p),
                ("suboffsets", ctypes.c_void_p), ("internal", ctypes.c_void_p)]


_PyBUF_FULL_RO = 0x11C
_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [ctypes.py_object, ctypes.POINTER(_PyBuffer), ctypes.c_int]
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.argtypes, _release_buffer.restype = [ctypes.POINTER(_PyBuffer)], None


def address(view):
    """Of a memoryview's first element: valid as long as the view is."""
    raw = _PyBuffer()
    _get_buffer(view, ctypes.byref(raw), _PyBUF_FULL_RO)
    found = raw.buf
    _release_buffer(ctypes.byref(raw))
    return found


# ---- Arguments ----


def buffer(name, value, formats):
    """A memoryview of an argument with elements of one of `formats`, and that format. TypeError otherwise."""
    expected = " or ".join(_TYPES[f] for f in formats)
    try:
        view = memoryview(value)
    except (TypeError, ValueError, BufferError):
        raise TypeError(f"{name}: {type(value).__name__}, expected an array of {expected}, as numpy.asarray or "
                        "array.array make it") from None
    form = view.format[1:] if view.format[0] in _NATIVE else view.format
    if form not in formats:
        raise TypeError(f"{name}: elements are {_TYPES.get(form, repr(form))}, expected {expected}: convert them, with "
                        f"numpy.asarray({name}, '{_TYPES[formats[-1]]}') for one")
    return view, form


def contiguous(name, value, formats):
    """The same, of elements stored one after the other, the last index fastest. ValueError otherwise."""
    view, form = buffer(name, value, formats)
    if not view.c_contiguous:
        raise ValueError(f"{name}: rows are not stored one after the other: numpy.ascontiguousarray({name}) copies "
                         "them so")
    return view, form


def matrix(name, value):
    """(view, rows, columns, leading dimension, whether it is stored by columns) of a float32 matrix."""
    view, _ = buffer(name, value, "f")
    if view.ndim != 2:
        raise ValueError(f"{name}: shape {view.shape}, expected (rows, columns)")
    (rows, cols), (row_bytes, col_bytes) = view.shape, view.strides
    for by_columns, n, length, outer, inner in ((False, rows, cols, row_bytes, col_bytes),
                                                (True, cols, rows, col_bytes, row_bytes)):
        ld = outer // 4 if n > 1 else max(length, 1)
        if (inner == 4 or length <= 1) and ld >= max(length, 1) and (n <= 1 or outer % 4 == 0):
            return view, rows, cols, ld, by_columns
    raise ValueError(f"{name}: neither rows nor columns are contiguous: numpy.ascontiguousarray({name}) copies them so")


def check_finite(name, view, n):
    """ValueError if one of n inputs holds a NaN or an infinity."""
    flat = (ctypes.c_float * math.prod(view.shape)).from_address(address(view))
    if numpy:
        finite = numpy.isfinite(numpy.frombuffer(flat, "f4")).all()
    else:
        finite = math.isfinite(sum(flat))  # of floats, a sum of doubles cannot overflow
    if not finite:
        first = next(i for i, value in enumerate(flat) if not math.isfinite(value))
        raise ValueError(f"{name}: image {first // (len(flat) // n)} holds {flat[first]}, expected finite values")


# ---- Results ----


def new(shape, form):
    """An array of zeros, and a memoryview of it."""
    if numpy:
        made = numpy.zeros(shape, _NUMPY_TYPES[form])
        return made, memoryview(made)
    made = memoryview(bytearray(math.prod(shape) * struct.calcsize(form))).cast(form)
    made = made.cast("B").cast(form, shape) if 0 not in shape else made
    return made, made


class Owner:
    """Frees memory of the library when nothing views it any more."""

    def __init__(self, memory, free):
        self.memory = memory
        weakref.finalize(self, free, memory).atexit = False  # arrays may outlive the interpreter's exit functions


class _Memory:
    """The library's memory in NumPy's terms. An array of it keeps this, and this the owner."""

    def __init__(self, owner, start, shape, form):
        self.owner = owner
        self.__array_interface__ = {"version": 3, "shape": shape, "typestr": numpy.dtype(_NUMPY_TYPES[form]).str,
                                    "data": (start, True)}


def view(owner, start, shape, form):
    """Memory at an address: a read-only NumPy array that views it, or without NumPy a memoryview of a copy."""
    if numpy:
        return numpy.asarray(_Memory(owner, start, shape, form))
    return memoryview(ctypes.string_at(start, math.prod(shape) * struct.calcsize(form))).cast(form, shape)
