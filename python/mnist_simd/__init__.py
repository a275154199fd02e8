"""mnist_simd from Python: dense networks that train to the same bits on every CPU, and their matrix product.

    import mnist_simd
    data = mnist_simd.load_data("data/mnist")
    network = mnist_simd.train(data.train_images, data.train_labels, epochs=5)
    print(network.sha256, network.evaluate(data.test_images, data.test_labels).accuracy)

It needs libmnist_simd.so and CPython 3.9 or newer, nothing else. Arguments are used where they are, never copied: NumPy
arrays, or whatever has the buffer protocol (bytes, array.array, memoryview). Images are uint8, p standing for p / 255,
or float32, finite; labels are uint8; matrices are float32. Results are NumPy arrays where there is NumPy, memoryviews
of the same shape (x[i, j], x.tolist()) where there is none.

A wrong type or shape raises TypeError or ValueError, what the library refuses MnistSimdError with its message. Several
threads may call at once: predictions run side by side, what divides its work over the library's threads takes turns.
"""

from ._data import Data, load_data
from ._library import MnistSimdError, Status, __version__
from ._network import Evaluation, Layer, Network
from ._product import sgemm
from ._start import init, isa, isas, shutdown, threads
from ._training import Epoch, Training, train

for _public in MnistSimdError, Status:
    _public.__module__ = __name__  # as tracebacks name them

__all__ = ["Data", "Epoch", "Evaluation", "Layer", "MnistSimdError", "Network", "Status", "Training", "__version__",
           "init", "isa", "isas", "load_data", "sgemm", "shutdown", "threads", "train"]
