"""Start and end of the library: its kernels and threads."""

import itertools
import operator
import os
import threading

from ._library import check, lib

_lock = threading.Lock()
_started = False  # whether this module holds a start of the library


def init(isa=None, threads=0):
    """Starts the library; the first call that computes does it otherwise, as MNIST_SIMD_ISA and MNIST_SIMD_THREADS say.

    isa: one of isas(); None: the best. threads: 0 for all cores. Neither changes a result.
    MnistSimdError: another name, or the library is at work with others: call shutdown() first.
    """
    global _started
    threads = operator.index(threads)
    if not 0 <= threads < 1 << 31:
        raise ValueError(f"threads: {threads}, expected 1 or more, or 0 for all cores")
    with _lock:
        check(lib.ms_init(isa.encode() if isa else None, threads))
        if _started:
            lib.ms_shutdown()  # starts are counted, and this module needs one
        _started = True


def shutdown():
    """Ends the library's threads, when no call is in progress. The next call that computes starts it anew."""
    global _started
    with _lock:
        if _started:
            lib.ms_shutdown()
        _started = False


def start():
    """Before anything that computes."""
    if _started:
        return
    if lib.ms_threads() > 0:
        return init()  # another part of this process has chosen
    n_threads = os.environ.get("MNIST_SIMD_THREADS") or "0"
    if not n_threads.isdecimal():
        raise ValueError(f"MNIST_SIMD_THREADS: '{n_threads}' is not a whole number")
    init(os.environ.get("MNIST_SIMD_ISA"), int(n_threads))


def isa():
    """The name of the kernels in use; None before the start."""
    return lib.ms_isa().decode() if lib.ms_threads() > 0 else None


def threads():
    """The number of threads in use; 0 before the start."""
    return lib.ms_threads()


def isas():
    """The names that init takes on this CPU, the best last."""
    names = itertools.takewhile(bool, map(lib.ms_isa_supported, itertools.count()))
    return [name.decode() for name in names]
