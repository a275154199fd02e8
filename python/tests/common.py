"""What the tests of the module share: data, matrices, a small network.

tests/test_python.sh runs them, with and without NumPy. MNIST_SIMD_LIBRARY, MNIST_SIMD_PROGRAM and MNIST_SIMD_DATA name
library, program and data.
"""

import array
import os
import random
import subprocess
import unittest
from pathlib import Path

import mnist_simd
from mnist_simd import _arrays

ROOT = Path(__file__).resolve().parents[2]
PROGRAM, FOLDER = os.environ["MNIST_SIMD_PROGRAM"], os.environ["MNIST_SIMD_DATA"]
NUMPY = _arrays.numpy

data = mnist_simd.load_data(FOLDER)


def _shaped(values, shape):
    view = memoryview(array.array("f", values)).cast("B").cast("f", shape)
    return NUMPY.array(view) if NUMPY else view


def matrix(rows, cols, seed=1):
    """(rows, cols) of float32 between -1 and 1: NumPy's, or a memoryview."""
    draw = random.Random(seed)
    return _shaped((draw.uniform(-1, 1) for _ in range(rows * cols)), (rows, cols))


def transposed(x):
    """A copy."""
    return _shaped((value for column in zip(*x.tolist()) for value in column), x.shape[::-1])


def floats(images):
    """p / 255 as float32, of the same shape."""
    return _shaped((p / 255 for p in bytes(images)), images.shape)


def small(n=200, **settings):
    """A network that is trained in no time."""
    return mnist_simd.train(data.train_images[:n], data.train_labels[:n], hidden=16, epochs=1, batch=50, **settings)


def compile_c(*arguments):
    subprocess.run([os.environ.get("CC", "cc"), *arguments], check=True)


class Case(unittest.TestCase):
    def refuses(self, kind, message, call, *arguments, **keywords):
        """The call raises this class, with a message that begins so."""
        with self.assertRaises(kind) as caught:
            call(*arguments, **keywords)
        self.assertEqual(str(caught.exception)[:len(message)], message)
        return caught.exception
