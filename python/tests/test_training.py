"""Training: the published digests, the program's model and figures, callbacks, Ctrl-C; what wrong input reads like."""

import array
import json
import math
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mnist_simd
from common import FOLDER, PROGRAM, ROOT, Case, data, floats, small

GOLDEN = (ROOT / "tests/golden/verify_short.txt").read_text().split()

# The short run of `mnist_simd verify`: runtime/cli/cmd_verify.c, make_short.
SHORT = dict(preset="regularised", batch=32, epochs=8, lr=0.02, schedule="cosine", input_dropout=0.2, patience=2,
             min_delta=0.03, hidden=[131, 64], dropout=[0.3, 0.2], l1=[1e-37, 1e-6], l2=[0, 1e-4], maxnorm=[0.03, 3])


class Training(Case):
    def train_short(self, images, validation_images):
        digests = []
        network = mnist_simd.train(images, data.train_labels[:500], callback=lambda epoch: digests.append(epoch.sha256),
                                   validation=(validation_images, data.train_labels[50000:50300]), **SHORT)
        self.assertEqual(digests, GOLDEN)
        return network

    def test_published_digests(self):
        """Every epoch of the short run, with each ISA, from bytes and from floats."""
        images, validation = data.train_images[:500], data.train_images[50000:50300]
        mnist_simd.shutdown()
        for isa in mnist_simd.isas():
            for n_threads in 1, 3:
                mnist_simd.init(isa, n_threads)
                network = self.train_short(images, validation)
                mnist_simd.shutdown()
        self.train_short(floats(images), floats(validation))
        training = network.training
        self.assertEqual((training.epochs_run, training.stopped_early, training.stopped), (4, True, False))
        self.assertEqual(network.sha256, GOLDEN[training.model_epoch - 1])
        self.assertEqual(training.model_epoch, training.best_epoch)

    def test_as_the_program(self):
        """The same settings give the program's model, digests and figures; its file loads, and is written the same."""
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder, "run")
            settings = ["--preset", "regularised", "--hidden", "32,20", "--epochs", "2", "--batch", "500"]
            subprocess.run([PROGRAM, "train", *settings, "--out", run], check=True, stdout=subprocess.DEVNULL)
            summary = json.loads((run / "run.json").read_text())
            metrics = [line.split(",") for line in (run / "metrics.csv").read_text().splitlines()[1:]]
            epochs = []
            network = mnist_simd.train(data.train_images, data.train_labels, preset="regularised", hidden=(32, 20),
                                       epochs=2, batch=500, callback=epochs.append)
            self.assertEqual(network.sha256, summary["weights_sha256"])
            self.assertEqual([e.sha256 for e in epochs], [row[5] for row in metrics])
            for e, row in zip(epochs, metrics):
                for found, printed in zip(e[1:5], row[1:5]):
                    self.assertAlmostEqual(found, float(printed), 8)
            loaded = mnist_simd.Network.load(run / "model.safetensors")
            loaded.save(Path(folder, "model.safetensors"))
            self.assertEqual((run / "model.safetensors").read_bytes(), Path(folder, "model.safetensors").read_bytes())
            self.compare_evaluation(loaded, summary["test"], run)

    def compare_evaluation(self, network, summary, run):
        e = network.evaluate(data.test_images, data.test_labels)
        self.assertEqual((e.n, e.errors, e.accuracy), (summary["images"], summary["errors"], summary["accuracy"]))
        self.assertAlmostEqual(e.loss, summary["loss"], 12)
        self.assertAlmostEqual(e.macro_f1, summary["macro_f1"], 12)
        for found, expected in zip(e.f1.tolist(), summary["f1"]):
            self.assertAlmostEqual(found, expected, 12)
        printed = subprocess.run([PROGRAM, "eval", run], check=True, capture_output=True, text=True).stdout
        table = re.findall(r"^ +\d((?: +[\d.]+){10})$", printed, re.M)
        self.assertEqual(e.confusion.tolist(), [[int(x.replace(".", "0")) for x in row.split()] for row in table])
        probabilities = network.predict(data.test_images).tolist()
        for i, row in enumerate(probabilities):
            best = max(range(10), key=row.__getitem__)
            self.assertEqual((best, row[best]), (e.predicted[i], e.confidence[i]))
        shown = re.findall(r"image (\d+): \d.*?\npredicted (\d), *([\d.]+) %", re.sub(r"\n +", "\n", printed))
        self.assertTrue(shown)
        for image, label, percent in shown[:1]:
            self.assertEqual(e.predicted[int(image)], int(label))
            self.assertEqual(f"{100 * e.confidence[int(image)]:.2f}", percent)

    def test_callback(self):
        seen = []

        def stop_after_two(epoch):
            seen.append(epoch)
            self.assertEqual(epoch.network.sha256, epoch.sha256)
            return epoch.epoch < 2

        images, labels = data.train_images[:300], data.train_labels[:300]
        network = mnist_simd.train(images, labels, hidden=8, epochs=9, callback=stop_after_two)
        self.assertEqual((network.training.epochs_run, network.training.stopped), (2, True))
        self.assertEqual([e.epoch for e in seen], [1, 2])
        self.assertIsNone(seen[0].val_accuracy)
        self.assertEqual(network.sha256, seen[1].sha256)
        self.assertEqual(seen[0].network.sha256, seen[0].sha256)  # the copy that was made in time

    def test_late_network(self):
        seen = []
        small(callback=seen.append)
        self.assertRaisesRegex(RuntimeError, "network: is to be read during the callback", lambda: seen[0].network)

    def test_raising_callback(self):
        calls = []

        def fail(epoch):
            calls.append(epoch.epoch)
            raise KeyError("mine")

        with self.assertRaises(KeyError) as caught:
            mnist_simd.train(data.train_images[:300], data.train_labels[:300], hidden=8, epochs=9, callback=fail)
        self.assertEqual((caught.exception.args, calls), (("mine",), [1]))

    def test_initial(self):
        first = small()
        same = small(initial=first, lr=1e-12)
        for x, y in zip(first.layers, same.layers):
            for a, b in zip(x.bias.tolist(), y.bias.tolist()):
                self.assertAlmostEqual(a, b, 6)
        subset = mnist_simd.train(data.train_images[:3], bytes(3), hidden=16, epochs=1, initial=first)
        self.assertEqual(subset.n_out, 10)
        self.assertRaisesRegex(mnist_simd.MnistSimdError, "layer", mnist_simd.train, data.train_images[:9],
                               data.train_labels[:9], hidden=17, initial=first)

    def interrupt(self, settings, before=""):
        """What a program leaves that is interrupted half a second after its line "begin"."""
        program = (f"import mnist_simd, sys, time; d = mnist_simd.load_data(sys.argv[1])\n{before}\n"
                   f"mnist_simd.train(d.train_images, d.train_labels, {settings})")
        child = subprocess.Popen([sys.executable, "-c", program, FOLDER], text=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        self.assertEqual(child.stdout.readline(), "begin\n")
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        printed, errors = child.communicate(timeout=60)
        self.assertEqual(errors.splitlines()[-1], "KeyboardInterrupt")
        self.assertEqual(child.returncode, -signal.SIGINT)
        return printed

    def test_interrupt(self):
        """Ctrl-C in the middle of an epoch."""
        self.interrupt("hidden=[2000, 2000], epochs=500", "print('begin', flush=True)")

    def test_interrupted_callback(self):
        """Ctrl-C during the callback is raised there, where it can be caught."""
        callback = ("def callback(epoch):\n  print('begin', flush=True)\n  try:\n    time.sleep(50)\n"
                    "  except KeyboardInterrupt:\n    print('caught')\n    raise\n")
        self.assertEqual(self.interrupt("hidden=4, epochs=1, callback=callback", callback), "caught\n")

    def refused(self, kind, message, *arguments, **settings):
        settings = dict(dict(hidden=8, epochs=1), **settings)
        arguments = arguments or (data.train_images[:20], data.train_labels[:20])
        return self.refuses(kind, message, mnist_simd.train, *arguments, **settings)

    def test_wrong_settings(self):
        images, labels, error = data.train_images[:20], data.train_labels[:20], mnist_simd.MnistSimdError
        self.refused(TypeError, "train() got an unexpected setting 'learning_rate', expected one of seed, epochs, ",
                     learning_rate=1)
        found = self.refused(error, "lr: '-1' is not a number from 1e-12 to 10", lr=-1)
        self.assertIs(found.status, mnist_simd.Status.ARGUMENT)
        self.refused(error, "epochs: '1.5' is not a whole number from 1 to 100000", epochs=1.5)
        self.refused(error, "dropout 0.1,0.2,0.3: has 3 values for 2 hidden layers: give one, or one for each layer",
                     hidden=(8, 8), dropout=(0.1, 0.2, 0.3))
        self.refused(error, "preset 'last': unknown, must be unregularised, regularised, final or best", preset="last")
        self.refused(error, "patience is 3, but early stopping watches validation images: give val too", patience=3)
        self.refused(ValueError, "val: 20, expected 0 to 19, one less than the images", val=20)
        self.refused(ValueError, "val: validation images are given, leave it out", val=2, validation=(images, labels))

    def test_seeds(self):
        """Each whole number up to the largest is a seed of its own; none goes through a float."""
        largest = 2**53 - 1
        self.assertEqual(len({small(20, seed=seed).sha256 for seed in (0, 1, largest - 1, largest)}), 4)
        for seed in -1, largest + 1, 2**64, 2**64 + 42, 10**400, 1.5, 42.0, True, None, "":
            found = self.refused(mnist_simd.MnistSimdError, f"seed: '{seed}' is not a whole number from 0 to {largest}",
                                 seed=seed)
            self.assertIs(found.status, mnist_simd.Status.ARGUMENT)

    def test_wrong_images(self):
        images, labels, error = data.train_images[:20], data.train_labels[:20], mnist_simd.MnistSimdError
        self.refused(ValueError, "images: shape (20, 28, 28), expected (19, pixels) or (19, rows, columns)", images,
                     labels[:19])
        self.refused(ValueError, "validation images: shape (20, 1), expected (20, 784) or (20, rows, columns) with "
                     "rows * columns = 784", validation=(memoryview(bytes(20)).cast("B", (20, 1)), labels))
        self.refused(error, "validation label 1 is 200, must be under the number of classes, 10",
                     validation=(images[:2], bytes([1, 200])))
        self.refused(error, "training label 2 is 3, must be under the number of classes, 3",
                     images[:3], bytes([0, 1, 3]), classes=3)
        self.refused(TypeError, "labels: list, expected an array of uint8", images[:2], [1, 2])
        self.refused(TypeError, "labels: elements are int64, expected uint8: convert them, with numpy.asarray(labels, "
                     "'uint8')", images[:2], array.array("q", [1, 2]))
        self.refused(TypeError, "images: elements are float64, expected uint8 or float32: convert them, with "
                     "numpy.asarray(images, 'float32')", memoryview(bytes(16)).cast("d", (2, 1)), bytes(2))
        self.refused(ValueError, "labels: shape (0,), expected (n,) with n at least 1", images, b"")
        bad = floats(images)
        bad[7, 3, 3] = math.nan
        self.refused(error, "training image 7 holds a value that is not finite", bad, labels)
        for row in range(28):
            for column in range(28):
                bad[7, row, column] = 3e38 * (-1) ** column  # products that overflow
        found = self.refused(error, "epoch 1, step 1: the loss is not finite: train with a smaller lr", bad, labels)
        self.assertEqual((found.status, found.network), (mnist_simd.Status.NUMERIC, None))
