#!/usr/bin/env python3
"""The report's final configuration in PyTorch on the CPU, timed: to be held against train_bench (see compare.sh).

The same network, penalties, MaxNorm, dropout, Adam and batches as `mnist_simd train --preset final`; the images are
float tensors before the clock starts. An epoch is shuffling, gathering, training and the sums of loss and errors.
Denormals are not flushed, as in mnist_simd. Three variants:

textbook  what a tutorial shows: torch.nn, penalties as terms of the loss, torch.optim.Adam as it comes.
module    the same made fast within torch.nn: penalties added to the gradients without autograd, MaxNorm in place, Adam
          with foreach. (Adam with fused=True needs a GPU in this version.)
tuned     no autograd: forward and backward written with in-place operations into buffers made once, all parameters
          in one tensor, so that Adam is a few passes over it, and dropout from 16 random bits an element instead of
          bernoulli_, whose generator runs on one thread.

Tried for 'tuned' and not kept, being within 3 % or slower: weights stored (in, out), where the column norms cost 0.2
s an epoch; renorm_ for MaxNorm; Adam over chunks that fit the L2 cache; OMP_PROC_BIND=true, OMP_WAIT_POLICY=active;
OPENBLAS_CORETYPE=SkylakeX. By far the most for all three comes from OpenBLAS with OpenMP threads in place of its own,
which fight PyTorch's: compare.sh sees to that, except for the textbook.
"""
import argparse
import json
import math
import os
import re
import statistics
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

SIZES = [784, 1024, 512, 10]
DROPOUT = [0.6, 0.5]
L1, L2, MAX_NORM = 1e-6, 1e-4, 0.5
LEARNING_RATE, BETA1, BETA2, EPSILON = 0.00025, 0.9, 0.999, 1e-7
BATCH = 512


def load(folder, name):
    def read(kind, header):
        with open(os.path.join(folder, f"{name}-{kind}"), "rb") as file:
            return numpy.frombuffer(file.read(), numpy.uint8)[header:]

    images = read("images-idx3-ubyte", 16).reshape(-1, SIZES[0]).astype(numpy.float32) / 255
    return torch.from_numpy(images), torch.from_numpy(read("labels-idx1-ubyte", 8).astype(numpy.int64))


def initialise(weight):
    """Glorot-uniform, as Keras does."""
    nn.init.xavier_uniform_(weight)


class Module:
    """torch.nn and autograd; fast: the variant 'module', else 'textbook'."""

    def __init__(self, fast):
        self.fast = fast
        layers = []
        for i, share in enumerate(DROPOUT):
            layers += [nn.Linear(SIZES[i], SIZES[i + 1]), nn.ReLU(inplace=True), nn.Dropout(share)]
        self.model = nn.Sequential(*layers, nn.Linear(SIZES[-2], SIZES[-1]))
        linear = [layer for layer in self.model if isinstance(layer, nn.Linear)]
        for layer in linear:
            initialise(layer.weight)
            nn.init.zeros_(layer.bias)
        self.penalised = [layer.weight for layer in linear[:-1]]
        options = {"foreach": True} if fast else {}
        self.adam = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE, eps=EPSILON, **options)

    def step(self, x, y):
        self.adam.zero_grad(set_to_none=self.fast)
        logits = self.model(x)
        loss = functional.cross_entropy(logits, y)
        if self.fast:
            loss.backward()
            with torch.no_grad():
                for w in self.penalised:
                    w.grad.add_(w, alpha=2 * L2).add_(torch.sign(w), alpha=L1)
        else:
            (loss + sum(L1 * w.abs().sum() + L2 * w.square().sum() for w in self.penalised)).backward()
        self.adam.step()
        with torch.no_grad():
            for w in self.penalised:
                limit_norms(w)
            return loss.detach(), (logits.argmax(1) != y).sum()

    def parameters(self):
        linear = [layer for layer in self.model if isinstance(layer, nn.Linear)]
        return [(layer.weight.detach(), layer.bias.detach()) for layer in linear]


def limit_norms(w):
    """MaxNorm; w is (units, inputs)."""
    w.mul_((MAX_NORM / torch.linalg.vector_norm(w, dim=1, keepdim=True)).clamp_(max=1))


def parameter_views(flat):
    views, at = [], 0
    for n_in, n_out in zip(SIZES, SIZES[1:]):
        weight = flat[at : at + n_in * n_out].view(n_out, n_in)
        at += n_in * n_out
        views.append((weight, flat[at : at + n_out]))
        at += n_out
    return views


class Tuned:
    def __init__(self):
        n = sum((n_in + 1) * n_out for n_in, n_out in zip(SIZES, SIZES[1:]))
        self.flat, self.gradient, self.m, self.v, self.scratch = (torch.zeros(n) for _ in range(5))
        self.layers, self.gradients = parameter_views(self.flat), parameter_views(self.gradient)
        self.signs = [w for w, _ in parameter_views(self.scratch)]
        for weight, _ in self.layers:
            initialise(weight)
        self.random = torch.empty(BATCH * max(SIZES[1:]) // 4, dtype=torch.int64)
        self.z = [torch.empty(BATCH, width) for width in SIZES[1:]]
        self.dz = [torch.empty(BATCH, width) for width in SIZES[1:]]
        self.steps = 0

    def mask(self, n, width, share):
        """1 / (1 - share) where an element is kept, else 0; 16 random bits each: the share is exact to 1/65536."""
        bits = self.random[: n * width // 4].random_(-(2**63), None).view(torch.int16).view(n, width)
        kept = bits >= round(share * 65536) - 32768
        return kept.to(torch.float32).mul_(1 / (1 - share))

    def step(self, x, y):
        with torch.no_grad():
            inputs, masks, logits = self.forward(x)
            loss, errors, dz = self.derivative(logits, y)
            self.backward(inputs, masks, dz)
            self.update()
            return loss, errors

    def forward(self, x):
        n, inputs, masks = len(x), [x], []
        for i, (weight, bias) in enumerate(self.layers):
            z = torch.addmm(bias, inputs[-1], weight.t(), out=self.z[i][:n])
            if i < len(DROPOUT):
                masks.append(self.mask(n, SIZES[i + 1], DROPOUT[i]))
                inputs.append(z.relu_().mul_(masks[-1]))
        return inputs, masks, z

    @staticmethod
    def derivative(logits, y):
        errors = (logits.argmax(1) != y).sum()
        log_p = torch.log_softmax(logits, 1)
        loss = functional.nll_loss(log_p, y)
        dz = log_p.exp_()
        dz[torch.arange(len(y)), y] -= 1
        return loss, errors, dz.mul_(1 / len(y))

    def backward(self, inputs, masks, dz):
        for i in reversed(range(len(self.layers))):
            torch.mm(dz.t(), inputs[i], out=self.gradients[i][0])
            torch.sum(dz, 0, out=self.gradients[i][1])
            if i > 0:
                dx = torch.mm(dz, self.layers[i][0], out=self.dz[i - 1][: len(dz)]).mul_(masks[i - 1])
                dz = torch.ops.aten.threshold_backward.grad_input(dx, inputs[i], 0, grad_input=dx)

    def update(self):
        for i in range(len(DROPOUT)):
            weight, gradient = self.layers[i][0], self.gradients[i][0]
            gradient.add_(weight, alpha=2 * L2).add_(torch.sign(weight, out=self.signs[i]), alpha=L1)
        self.steps += 1
        step_size = LEARNING_RATE * math.sqrt(1 - BETA2**self.steps) / (1 - BETA1**self.steps)
        self.m.lerp_(self.gradient, 1 - BETA1)
        self.v.mul_(BETA2).addcmul_(self.gradient, self.gradient, value=1 - BETA2)
        self.flat.addcdiv_(self.m, torch.sqrt(self.v, out=self.scratch).add_(EPSILON), value=-step_size)
        for weight, _ in self.layers[: len(DROPOUT)]:
            limit_norms(weight)

    def parameters(self):
        return self.layers


def train_epoch(trainer, x, y):
    start = time.perf_counter()
    loss_sum, errors = torch.zeros(()), torch.zeros((), dtype=torch.int64)
    for batch in torch.randperm(len(x)).split(BATCH):
        loss, wrong = trainer.step(x.index_select(0, batch), y.index_select(0, batch))
        loss_sum += loss * len(batch)
        errors += wrong
    return time.perf_counter() - start, float(loss_sum) / len(x), 1 - int(errors) / len(x)


def infer(parameters, x):
    for weight, bias in parameters[:-1]:
        x = torch.addmm(bias, x, weight.t()).relu_()
    return torch.addmm(parameters[-1][1], x, parameters[-1][0].t())


def measure_inference(parameters, x, y):
    """The evaluation in the fastest of some batch sizes, the prediction of one image."""
    best = {}
    with torch.inference_mode():
        for batch in (512, 2000, 10000):
            times = []
            for _ in range(9):
                start = time.perf_counter()
                correct, loss = 0, 0.0
                for images, labels in zip(x.split(batch), y.split(batch)):
                    logits = infer(parameters, images)
                    correct += int((logits.argmax(1) == labels).sum())
                    loss += float(functional.cross_entropy(logits, labels, reduction="sum"))
                times.append(time.perf_counter() - start)
            rate = len(x) / statistics.median(times)
            if not best or rate > best["images_per_s"]:
                best = {"images": len(x), "batch": batch, "images_per_s": rate, "accuracy": correct / len(x)}
        times = []
        for i in range(2000):
            start = time.perf_counter()
            int(infer(parameters, x[i : i + 1]).argmax())
            times.append(1e6 * (time.perf_counter() - start))
    times.sort()
    return best, {"images": len(times), "median_us": statistics.median(times), "p99_us": times[len(times) * 99 // 100]}


def loaded_blas():
    """The BLAS in this process' memory."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        names = re.findall(r"/([^/\s]+/lib(?:open)?blas[^/\s]*|lib(?:mkl|blis)[^/\s]*)$", maps.read(), re.MULTILINE)
    return ", ".join(sorted(set(names))) or "built in"


def main():
    parser = argparse.ArgumentParser(description="Times the report's final configuration in PyTorch.")
    parser.add_argument("--data", default=os.environ.get("MNIST_SIMD_DATA", "data/mnist"))
    parser.add_argument("--variant", choices=["textbook", "module", "tuned"], default="tuned")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--epochs", type=int, default=10, help="the median leaves out the first")
    parser.add_argument("--json", help="writes the figures")
    parser.add_argument("--on-demand", action="store_true", help="waits for a line on standard input before each epoch")
    options = parser.parse_args()

    torch.manual_seed(42)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(False)
    x, y = load(options.data, "train")
    trainer = Tuned() if options.variant == "tuned" else Module(options.variant == "module")
    print(f"{torch.__version__}, {options.variant}, {options.threads} threads, BLAS {loaded_blas()}", flush=True)
    seconds = []
    for epoch in range(1, options.epochs + 1):
        if options.on_demand:
            sys.stdin.readline()
        elapsed, loss, accuracy = train_epoch(trainer, x, y)
        seconds.append(elapsed)
        print(f"epoch {epoch:2}  {elapsed:.3f} s  loss {loss:.4f}  accuracy {100 * accuracy:.2f} %", flush=True)
    evaluation, one_image = measure_inference(trainer.parameters(), *load(options.data, "t10k"))
    median = statistics.median(seconds[1:] or seconds)
    print(f"median    {median:.3f} s; test {evaluation['images_per_s']:.0f} images/s, accuracy "
          f"{100 * evaluation['accuracy']:.2f} %; one image {one_image['median_us']:.1f} us")
    if options.json:
        result = {
            "program": "pytorch", "version": torch.__version__, "variant": options.variant, "blas": loaded_blas(),
            "threads": options.threads, "epochs": [{"seconds": s} for s in seconds],
            "epoch": {"seconds_median": median, "images_per_s": len(x) / median},
            "evaluation": evaluation, "one_image": one_image,
        }
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=2)


if __name__ == "__main__":
    main()
