"""Networks: their arrays and whose memory they are, predictions, wrong input; several processes and threads."""

import array
import gc
import math
import multiprocessing
import pickle
import threading
import unittest

import mnist_simd
from common import NUMPY, Case, data, floats, matrix, small


class Networks(Case):
    def test_layers(self):
        network = small()
        digest, layers = network.sha256, network.layers
        self.assertEqual([(x.weight.shape, x.bias.shape) for x in layers], [((784, 16), (16,)), ((16, 10), (10,))])
        self.assertEqual(repr(network), "<mnist_simd.Network 784-16-10>")
        before = layers[0].weight.tobytes(), layers[1].bias.tobytes()
        del network
        gc.collect()
        others = [small(seed=s) for s in range(3)]  # memory that was freed would be theirs
        self.assertEqual((layers[0].weight.tobytes(), layers[1].bias.tobytes()), before)
        self.assertEqual(mnist_simd.Network.from_arrays(layers).sha256, digest)
        self.assertNotIn(digest, [n.sha256 for n in others])
        with self.assertRaises((TypeError, ValueError)):
            layers[0].weight[0, 0] = 1

    @unittest.skipUnless(NUMPY, "views are NumPy's")
    def test_views(self):
        network = small()
        x, y = network.layers[0].weight, network.layers[0].weight
        self.assertEqual(x.ctypes.data, y.ctypes.data)
        self.assertIs(x.base.owner, network._owner)

    def test_pickle(self):
        network = small()
        self.assertEqual(pickle.loads(pickle.dumps(network)).sha256, network.sha256)

    def test_predict(self):
        network, images = small(), data.test_images[:50]
        expected = network.predict(images)
        self.assertEqual(expected.shape, (50, 10))
        for row in expected.tolist():
            self.assertAlmostEqual(sum(row), 1, 5)
        logits = network.predict(images, logits=True).tolist()
        for row, probabilities in zip(logits, expected.tolist()):
            total = sum(math.exp(x) for x in row)
            self.assertAlmostEqual(math.exp(row[3]) / total, probabilities[3], 5)
        flat = bytes(images)
        as_floats = floats(images)
        for same in (flat, bytearray(flat), memoryview(flat).cast("B", (50, 784)), as_floats,
                     array.array("f", as_floats.tobytes())):
            self.assertEqual(network.predict(same).tobytes(), expected.tobytes())
        self.assertEqual(network.predict(b"").shape[0], 0)
        if NUMPY:
            self.assertEqual(network.predict(images[:0]).shape, (0, 10))

    def test_wrong_images(self):
        network, error = small(), mnist_simd.MnistSimdError
        images, labels, predict = data.test_images[:4], data.test_labels[:4], network.predict
        for wrong, shape in ((bytes(783), "(783,)"), (memoryview(bytes(12)).cast("B", (4, 3)), "(4, 3)"),
                             (memoryview(bytes(784)).cast("B", (28, 28)), "(28, 28)")):
            self.refuses(ValueError, f"images: shape {shape}, expected (n, 784) or (n, rows, columns) with rows * "
                         "columns = 784", predict, wrong)
        self.refuses(TypeError, "images: str, expected an array of uint8 or float32", predict, "digits")
        bad = floats(images)
        bad[2, 0, 5] = math.inf
        self.refuses(ValueError, "images: image 2 holds inf, expected finite values", predict, bad)
        self.refuses(error, "evaluated image 2 holds a value that is not finite", network.evaluate, bad, labels)
        self.refuses(error, "evaluated label 1 is 10, must be under the number of classes, 10",
                     network.evaluate, images, bytes([1, 10, 2, 3]))
        self.refuses(ValueError, "images: shape (4, 28, 28), expected (3, 784) or (3, rows, columns)", network.evaluate,
                     images, labels[:3])
        if NUMPY:
            self.refuses(ValueError, "images: rows are not stored one after the other: numpy.ascontiguousarray(images)",
                         predict, data.test_images[:8:2])

    def test_overflow(self):
        large = matrix(2, 2)
        large[0, 1] = large[1, 1] = 3e38
        network = mnist_simd.Network.from_arrays([(large, array.array("f", 2 * [0]))])
        found = self.refuses(mnist_simd.MnistSimdError, "ms_predict: a logit of input 1 is not finite",
                             network.predict, memoryview(bytes((1, 1, 255, 255, 0, 9))).cast("B", (3, 2)))
        self.assertIs(found.status, mnist_simd.Status.NUMERIC)

    def test_wrong_calls(self):
        for arguments in (), ("model.safetensors",), (5,), (None,), (small()._handle,):
            self.refuses(TypeError, "Network: comes from Network.load(path), ", mnist_simd.Network, *arguments)

    def test_wrong_files(self):
        error = mnist_simd.MnistSimdError
        found = self.refuses(error, "nowhere.safetensors: ", mnist_simd.Network.load, "nowhere.safetensors")
        self.assertIs(found.status, mnist_simd.Status.DATA)
        self.refuses(error, "/nowhere/x: ", small().save, "/nowhere/x")
        self.refuses(error, "nowhere: there is no such folder: get MNIST with ci/get_data.sh", mnist_simd.load_data,
                     "nowhere")

    def test_wrong_layers(self):
        error, from_arrays = mnist_simd.MnistSimdError, mnist_simd.Network.from_arrays
        w, b = matrix(3, 2), array.array("f", 2 * [1])
        self.refuses(ValueError, "layers[0].bias: shape (3,), expected (2,), a value for each column of weight",
                     from_arrays, [(w, array.array("f", 3 * [1]))])
        self.refuses(ValueError, "layers[0].weight: shape (2,), expected (n_in, n_out)", from_arrays, [(b, b)])
        self.refuses(TypeError, "layers[1].weight: list", from_arrays, [(w, b), ([1], b)])
        self.assertIn("layer 2", str(self.refuses(error, "", from_arrays, [(w, b), (w, b)])))
        self.refuses(error, "", from_arrays, [])
        w[2, 1] = math.nan
        self.assertIn("finite", str(self.refuses(error, "", from_arrays, [(w, b)])))


def predict_in_child(network):
    product = mnist_simd.sgemm(matrix(100, 300), matrix(300, 90))
    return network.predict(data.test_images[:40]).tobytes(), product.tobytes()


def fail_in_child(path):
    return mnist_simd.Network.load(path)


class Processes(Case):
    def test_fork(self):
        """The child of a fork has threads of its own; what it raises reaches the parent."""
        network = small()
        expected = predict_in_child(network)
        with multiprocessing.get_context("fork").Pool(2) as pool:
            self.assertEqual(pool.map_async(predict_in_child, [network] * 4).get(60), [expected] * 4)
            with self.assertRaisesRegex(mnist_simd.MnistSimdError, "nowhere") as caught:
                pool.apply_async(fail_in_child, ["nowhere"]).get(60)
        self.assertEqual(caught.exception.status, mnist_simd.Status.DATA)
        self.assertEqual(predict_in_child(network), expected)

    def test_threads(self):
        network, found = small(), [None] * 6

        def predict(i):
            for _ in range(20):
                found[i] = predict_in_child(network)

        callers = [threading.Thread(target=predict, args=(i,)) for i in range(len(found))]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        self.assertEqual(found, [predict_in_child(network)] * len(found))
