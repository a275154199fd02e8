"""ctypes against the header, finding the library, its start; the matrix product."""

import array
import ctypes
import math
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import mnist_simd
from common import NUMPY, PROGRAM, ROOT, Case, compile_c, matrix, transposed
from mnist_simd import _library


class Library(Case):
    def test_structures(self):
        """Sizes and offsets of the header, from a C compiler."""
        lines, expected = [], {}
        for structure in _library.STRUCTURES:
            name = structure.__name__
            lines.append(f'printf("{name} %zu\\n", sizeof(struct {name}));')
            expected[name] = str(ctypes.sizeof(structure))
            for field, kind in structure._fields_:
                lines.append(f'printf("{name}.{field} %zu+%zu\\n", offsetof(struct {name}, {field}), '
                             f'sizeof(((struct {name} *)0)->{field}));')
                expected[f"{name}.{field}"] = f"{getattr(structure, field).offset}+{ctypes.sizeof(kind)}"
        constants = {"MS_NO_TRANS": 111, "MS_TRANS": 112, "MS_LOGITS": 0, "MS_PROBABILITIES": 1, "MS_N_PHASES": 6,
                     "MS_SETTING_SIZE": 2048}
        for name in constants:
            self.assertEqual(constants[name], getattr(_library, name))
        for status in mnist_simd.Status:
            constants[("MS_" if status.name in ("OK", "STOPPED") else "MS_ERROR_") + status.name] = int(status)
        for name, value in constants.items():
            lines.append(f'printf("{name} %d\\n", (int){name});')
            expected[name] = str(value)
        source = ("#include <stdio.h>\n#include <stddef.h>\n#include \"runtime/mnist_simd.h\"\n"
                  "int main(void) {\n" + "\n".join(lines) + "\nreturn 0; }\n")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "sizes.c")
            path.write_text(source)
            compile_c("-std=c11", f"-I{ROOT}", path, "-o", f"{folder}/sizes")
            printed = subprocess.run([f"{folder}/sizes"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(dict(line.split() for line in printed.splitlines()), expected)

    def test_functions(self):
        """As many arguments as the header's declarations have."""
        header = re.sub(r"/\*.*?\*/", "", (ROOT / "runtime/mnist_simd.h").read_text(), flags=re.S)
        for name, (_, *arguments) in _library.FUNCTIONS.items():
            found = re.search(rf"\b{name}\(([^;]*)\);", header).group(1)
            self.assertEqual(len(arguments), 0 if found == "void" else found.count(",") + 1, name)

    def test_version(self):
        self.assertEqual(mnist_simd.__version__, _library.lib.ms_version_string().decode())

    def failing_import(self, library):
        environment = dict(os.environ, MNIST_SIMD_LIBRARY=str(library))
        found = subprocess.run([sys.executable, "-c", "import mnist_simd"], env=environment, stderr=subprocess.PIPE)
        self.assertEqual(found.returncode, 1)
        return found.stderr.decode().splitlines()[-1]

    def test_import(self):
        self.assertRegex(self.failing_import("nowhere.so"), "^ImportError: libmnist_simd: nowhere.so: cannot open .*: "
                         "install it .*, or set MNIST_SIMD_LIBRARY to its path")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "old.c")
            path.write_text('const char *ms_version_string(void) { return "0.0.7"; }')
            compile_c("-shared", "-fPIC", path, "-o", f"{folder}/old.so")
            self.assertRegex(self.failing_import(f"{folder}/old.so"),
                             "old.so is version 0.0.7, this module is for 0.1: set MNIST_SIMD_LIBRARY")

    def test_isas(self):
        mnist_simd.shutdown()
        names = mnist_simd.isas()
        table = subprocess.run([PROGRAM, "kernels"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(names, re.findall(r"^(\w+) +yes$", table, re.M))
        self.assertIsNone(mnist_simd.isa())
        mnist_simd.init("scalar", 3)
        mnist_simd.init("scalar")
        self.assertEqual((mnist_simd.isa(), mnist_simd.threads()), ("scalar", 3))
        self.assertEqual(mnist_simd.isas(), names)
        self.assertRaisesRegex(mnist_simd.MnistSimdError, "at work with scalar on 3 threads", mnist_simd.init, None, 2)
        mnist_simd.shutdown()
        self.assertEqual(mnist_simd.threads(), 0)
        with self.assertRaisesRegex(mnist_simd.MnistSimdError, "isa 'mmx': unknown, must be one of scalar") as caught:
            mnist_simd.init("mmx")
        self.assertIs(caught.exception.status, mnist_simd.Status.ARGUMENT)
        self.assertRaisesRegex(ValueError, "threads: -1, expected", mnist_simd.init, None, -1)


class Product(Case):
    def check(self, found, a, b, alpha=1, beta=0, c=None):
        """Against double precision; a, b, c as nested lists."""
        rows = found.tolist()
        for i, row in enumerate(a):
            for j in range(len(b[0])):
                exact = alpha * sum(x * b[q][j] for q, x in enumerate(row)) + (beta * c[i][j] if beta else 0)
                self.assertLessEqual(abs(rows[i][j] - exact), (len(row) + 4) * 2**-24 * (len(row) + 1))

    def test_products(self):
        a, b = matrix(9, 31), matrix(31, 17)
        a_t, b_t = transposed(a), transposed(b)
        expected = mnist_simd.sgemm(a, b)
        self.check(expected, a.tolist(), b.tolist())
        self.assertEqual(expected.shape, (9, 17))
        for found in (mnist_simd.sgemm(a_t, b, transpose_a=True), mnist_simd.sgemm(a, b_t, transpose_b=True),
                      mnist_simd.sgemm(a_t, b_t, transpose_a=True, transpose_b=True)):
            self.assertEqual(found.tolist(), expected.tolist())
        c = matrix(9, 17, 5)
        before = c.tolist()
        self.assertIs(mnist_simd.sgemm(a, b, 0.5, -2, c), c)
        self.check(c, a.tolist(), b.tolist(), 0.5, -2, before)

    @unittest.skipUnless(NUMPY, "parts and transposes are NumPy's")
    def test_views(self):
        x = matrix(40, 50)
        for a, b in ((x[3:20, 4:33], x[1:30, 5:7]), (x.T, x), (x, x.T), (x[::2, :9], x[:9, ::1]),
                     (x[5:6, ::7], x[:8, 3:4]), (x[:, 2:3], x[4:5])):
            a_copy, b_copy = NUMPY.array(a, order="C"), NUMPY.array(b, order="C")
            expected = mnist_simd.sgemm(a_copy, b_copy)
            self.assertTrue((mnist_simd.sgemm(a, b) == expected).all())
            self.assertTrue((mnist_simd.sgemm(b.T, a.T) == expected.T).all())
            self.assertTrue((mnist_simd.sgemm(b, a, transpose_a=True, transpose_b=True) == expected.T).all())
        c = NUMPY.zeros((50, 60), "f4")
        mnist_simd.sgemm(x, x.T, c=c[2:42, 10:50])
        self.assertTrue((c[2:42, 10:50] == mnist_simd.sgemm(x, x.T)).all())
        self.assertTrue(c[:2].any() == c[42:].any() == c[:, :10].any() == c[:, 50:].any() == False)  # noqa: E712

    def test_isas(self):
        a, b, found = matrix(65, 130), matrix(130, 70), []
        mnist_simd.shutdown()
        for isa in mnist_simd.isas():
            mnist_simd.init(isa)
            found.append(mnist_simd.sgemm(a, b, 0.75).tobytes())
            mnist_simd.shutdown()
        self.assertEqual(len(set(found)), 1)

    def test_wrong(self):
        a, b, square, sgemm = matrix(2, 3), matrix(3, 4), matrix(3, 3), mnist_simd.sgemm
        self.refuses(ValueError, "b: op(b) is 4 x 3, expected 3 rows, as many as op(a), 2 x 3, has columns",
                     sgemm, a, b, transpose_b=True)
        self.refuses(TypeError, "a: list, expected an array of float32, as numpy.asarray", sgemm, [[1.0]], b)
        self.refuses(TypeError, "b: elements are float64, expected float32: convert them, with numpy.asarray(b, "
                     "'float32') for one", sgemm, a, array.array("d", [1]))
        self.refuses(ValueError, "a: shape (3,), expected (rows, columns)", sgemm, array.array("f", [1, 2, 3]), b)
        self.refuses(ValueError, "beta: 1, expected 0 where c is not given", sgemm, a, b, beta=1)
        self.refuses(ValueError, "c: 2 x 3, expected 2 x 4, each row contiguous", sgemm, a, b, c=a)
        self.refuses(ValueError, "c: is a or b, expected memory of its own", sgemm, square, square, c=square)
        self.refuses(ValueError, "c: is read-only", sgemm, a, b, c=memoryview(bytes(32)).cast("f", (2, 4)))

    @unittest.skipUnless(NUMPY, "strides are NumPy's")
    def test_wrong_strides(self):
        x, sgemm = matrix(8, 8), mnist_simd.sgemm
        self.refuses(ValueError, "a: neither rows nor columns are contiguous: numpy.ascontiguousarray(a) copies them",
                     sgemm, x[::2, ::2], x[:4])
        self.refuses(ValueError, "a: neither", sgemm, x[:, ::-1], x)
        self.refuses(ValueError, "a: neither", sgemm, NUMPY.broadcast_to(x[:1], (8, 8)), x)
        self.refuses(ValueError, "c: 8 x 8 by columns, expected 8 x 8, each row contiguous",
                     sgemm, x, x, c=matrix(8, 8).T)

    def test_nan(self):
        a, b = matrix(3, 3), matrix(3, 3)
        a[1, 2] = math.nan
        found = mnist_simd.sgemm(a, b).tolist()
        self.assertEqual([[math.isnan(x) for x in row] for row in found], [[False] * 3, [True] * 3, [False] * 3])
