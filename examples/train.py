"""Trains a small network on MNIST and uses it: python3 train.py [FOLDER_OF_MNIST]"""
import sys

import mnist_simd

data = mnist_simd.load_data(sys.argv[1] if len(sys.argv) > 1 else "data/mnist")


def show(epoch):
    print(f"epoch {epoch.epoch}  loss {epoch.train_loss:.4f}  validation accuracy {100 * epoch.val_accuracy:.2f} %")
    return epoch.val_accuracy < 0.97  # False stops


network = mnist_simd.train(data.train_images, data.train_labels, seed=42, hidden=[256, 128], dropout=0.2, lr=0.001,
                           epochs=10, val=10000, callback=show)
print(f"{network}, {network.training.seconds:.1f} s on {mnist_simd.threads()} threads with {mnist_simd.isa()}")
print(f"test accuracy {100 * network.evaluate(data.test_images, data.test_labels).accuracy:.2f} %")
print("SHA-256 of the weights:", network.sha256)  # the same on every CPU

network.save("model.safetensors")
probabilities = mnist_simd.Network.load("model.safetensors").predict(data.test_images[:5])
print("the first five digits:", [max(range(10), key=row.__getitem__) for row in probabilities.tolist()])
