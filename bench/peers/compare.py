#!/usr/bin/env python3
"""Trains the report's final configuration by mnist_simd and by PyTorch in turn, an epoch each, and prints the ratio.

All processes live at once and wait for their turn, so that what the machine does besides strikes all of them alike,
and every epoch is that of one uninterrupted training. compare.sh sees to what is needed and calls this.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# What steers threads or kernels: each library is to choose for itself, except where it is told to below.
STEERING = ("OPENBLAS_", "OMP_", "GOMP_", "MKL_", "BLIS_", "KMP_", "ATEN_")


def environment(openmp_blas):
    result = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    if openmp_blas:
        result["LD_LIBRARY_PATH"] = ":".join(filter(None, [openmp_blas, os.environ.get("LD_LIBRARY_PATH")]))
    return result


class Runner:
    def __init__(self, name, command, env, folder):
        self.name = name
        self.path = os.path.join(folder, name + ".json")
        self.process = subprocess.Popen(command + ["--on-demand", "--json", self.path], env=env, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)


    def wait_until_ready(self):
        """Until it has loaded everything, which says its first line."""
        print(f"{self.name:>17}  {self.process.stdout.readline()}", end="", flush=True)

    def run_epoch(self, last):
        """One epoch; after the last also what comes behind it."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            print(f"{self.name:>17}  {line}", end="", flush=True)
            if line.startswith("epoch") and not last:
                return
        if self.process.wait() != 0 or not last:
            sys.exit(f"{self.name} failed")

    def result(self):
        with open(self.path, encoding="utf-8") as file:
            return json.load(file)


def start(options, folder):
    common = ["--data", options.data, "--epochs", str(options.epochs), "--threads", str(options.threads)]
    torch = [sys.executable, os.path.join(HERE, "torch_train.py")] + common + ["--variant"]
    openmp = glob.glob("/usr/lib/*/openblas-openmp")
    if not openmp:
        print("OpenBLAS with OpenMP (libopenblas0-openmp) is not installed: PyTorch keeps the BLAS that it finds")
    runners = [Runner("mnist_simd", [options.train_bench] + common, environment(None), folder)]
    for variant in options.variants.split(","):
        tuned_blas = None if variant == "textbook" or not openmp else openmp[0]
        runners.append(Runner("pytorch-" + variant, torch + [variant], environment(tuned_blas), folder))
    return runners


def table(results):
    own = results[0]
    lines = ["| | seconds an epoch | times mnist_simd's | test images/s | one image, us |", "|---|---|---|---|---|"]
    for r in results:
        name = "mnist_simd" if r is own else f"PyTorch {r['version']}, {r['variant']}"
        seconds = r["epoch"]["seconds_median"]
        lines.append(f"| {name} | {seconds:.3f} | {seconds / own['epoch']['seconds_median']:.2f} | "
                     f"{r['evaluation']['images_per_s']:,.0f} | {r['one_image']['median_us']:.1f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description="mnist_simd and PyTorch, in turn.")
    parser.add_argument("--train-bench", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--epochs", type=int, default=10, help="the medians leave out the first")
    parser.add_argument("--variants", default="tuned,module,textbook", help="of torch_train.py, comma-separated")
    parser.add_argument("--json", help="writes all figures")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        runners = start(options, folder)
        for runner in runners:
            runner.wait_until_ready()
        for epoch in range(1, options.epochs + 1):
            for runner in runners:
                runner.run_epoch(epoch == options.epochs)
        results = [runner.result() for runner in runners]
    print(f"\n{results[0]['cpu']}, {options.threads} threads, medians of epochs 2 to {options.epochs}, interleaved\n")
    print(table(results))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"program": "compare", "cpu": results[0]["cpu"], "date": results[0]["date"],
                       "threads": options.threads, "results": results}, file, indent=2)


if __name__ == "__main__":
    main()
