#!/usr/bin/env python3
"""Turns the JSON files of the benchmarks into the tables and charts of bench/README.md.

Usage: plot.py FOLDER [README]

FOLDER holds what bench/run.sh leaves there: gemm*.json, kernel*.json, train*.json, compare.json; what is missing is
left out. Replaced is what stands between the two marker comments of README (bench/README.md); the charts go beside
it. Needs matplotlib (python3-matplotlib).
"""
import collections
import glob
import json
import os
import re
import statistics
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402 (after the choice of a backend)

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

# Of the tables; COLOURS has all contenders in their order.
ISAS = ["scalar", "avx2", "avx512", "sve128", "neon", "sve256", "sve512", "rvv128", "rvv256", "rvv512", "vsx"]

# The shapes of the chart; the tables have all that were measured.
CHARTED = ["512x784x1024", "512x1024x512", "784x512x1024-At", "512x512x1024-Bt", "256x256x256", "1024x1024x1024",
           "2048x2048x2048", "512x512x10", "64x64x64"]
NAMES = {"openblas": "OpenBLAS", "blis": "BLIS", "onednn": "oneDNN", "eigen": "Eigen", "libxsmm": "libxsmm"}
COLOURS = {"avx2": "#56b4e9", "avx512": "#0072b2", "sve128": "#56b4e9", "neon": "#0072b2", "sve256": "#56b4e9",
           "sve512": "#0072b2", "rvv128": "#0072b2", "rvv256": "#0072b2", "rvv512": "#0072b2", "vsx": "#0072b2",
           "openblas": "#e69f00", "blis": "#009e73",
           "onednn": "#d55e00", "eigen": "#cc79a7", "libxsmm": "#999999"}


def load(folder, pattern):
    files = []
    for path in sorted(glob.glob(os.path.join(folder, pattern))):
        with open(path, encoding="utf-8") as file:
            files.append(json.load(file))
    return files


def medians(files, prefix):
    """{parts of a benchmark's name: {counter: median over its repetitions}} of Google Benchmark's files."""
    values = collections.defaultdict(lambda: collections.defaultdict(list))
    for file in files:
        for run in sorted(file["benchmarks"], key=lambda run: run["family_index"]):  # they ran in any order
            name = tuple(run["run_name"].removesuffix("/real_time").split("/"))
            if run["run_type"] == "iteration" and name[0].startswith(prefix):
                for key, value in run.items():
                    if isinstance(value, (int, float)):
                        values[name][key].append(value)
    return {name: {key: statistics.median(v) for key, v in counters.items()} for name, counters in values.items()}


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def pretty(shape):
    size, _, transposed = shape.partition("-")
    note = {"": "", "At": ", A transposed", "Bt": ", B transposed"}[transposed]
    return size.replace("x", " x ") + note


def is_own(subject):
    return subject not in NAMES


def subjects_of(runs):
    found = {name[2] for name in runs}
    return [s for s in COLOURS if s in found]


def threads_of(runs):
    return sorted({int(name[3].split(":")[1]) for name in runs})


def peaks(runs, threads):
    """{ISA: its measured peak}"""
    return {name[2]: statistics.median(r["peak"] for n, r in runs.items() if n[2:4] == name[2:4])
            for name, run in runs.items() if is_own(name[2]) and "peak" in run and name[3] == f"threads:{threads}"}


def gemm_tables(runs):
    text = ""
    for warmth, threads in [(w, t) for w in ("warm", "cold") for t in threads_of(runs)]:
        chosen = {n: r for n, r in runs.items() if n[3:5] == (f"threads:{threads}", warmth)}
        if not chosen:
            continue
        subjects, rows = subjects_of(chosen), []
        for shape in dict.fromkeys(name[1] for name in chosen):
            cells = {n[2]: r for n, r in chosen.items() if n[1] == shape}
            best = max((r["GFLOP/s"] for s, r in cells.items()), default=0)
            row = [pretty(shape)]
            for subject in subjects:
                run = cells.get(subject)
                cell = f"{run['GFLOP/s']:.3g}" if run else ""
                if run and run["GFLOP/s"] == best:
                    cell = f"**{cell}**"
                row.append(cell + (f" ({run['%peak']:.0f} %)" if run and is_own(subject) else ""))
            rows.append(row)
        limit = ", ".join(f"{isa} {peak:.0f}" for isa, peak in peaks(chosen, threads).items())
        where = "operands in the cache" if warmth == "warm" else "operands in memory"
        text += f"GFLOP/s on {threads} thread{'s' if threads > 1 else ''}, {where}; measured peak: {limit} GFLOP/s.\n\n"
        text += table(["m x k x n"] + [NAMES.get(s, s) for s in subjects], rows) + "\n"
    return text


def gemm_chart(runs, title, path):
    warm = {n: r for n, r in runs.items() if n[4] == "warm" and n[1] in CHARTED}
    all_threads = threads_of(warm)
    subjects = subjects_of(warm)
    figure, panels = plt.subplots(len(all_threads), 1, figsize=(11, 3.4 * len(all_threads) + 0.8), squeeze=False)
    for panel, threads in zip(panels[:, 0], all_threads):
        width = 0.84 / len(subjects)
        for i, subject in enumerate(subjects):
            at, heights = [], []
            for j, shape in enumerate(CHARTED):
                run = warm.get(("gemm", shape, subject, f"threads:{threads}", "warm"))
                if run:
                    at.append(j + (i - (len(subjects) - 1) / 2) * width)
                    heights.append(run["GFLOP/s"])
            label = f"mnist_simd, {subject}" if is_own(subject) else NAMES[subject]
            panel.bar(at, heights, width * 0.92, label=label, color=COLOURS.get(subject, "#333333"),
                      edgecolor="black" if is_own(subject) else "none", linewidth=0.8)
        for isa, peak in peaks(warm, threads).items():
            panel.axhline(peak, color=COLOURS.get(isa), linestyle="--", linewidth=1)
            panel.text(len(CHARTED) - 0.45, peak, f"peak,\n{isa}", va="center", fontsize=8, color=COLOURS.get(isa))
        panel.set_xlim(-0.55, len(CHARTED) - 0.5)
        panel.set_xticks(range(len(CHARTED)))
        panel.set_xticklabels([re.sub("-(.)t", r"\n\1 transposed", s.replace("x", "×")) for s in CHARTED], fontsize=8)
        panel.set_ylabel(f"GFLOP/s, {threads} thread{'s' if threads > 1 else ''}")
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(axis="y", alpha=0.3)
        panel.set_axisbelow(True)
    panels[-1, 0].set_xlabel("m × k × n")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.suptitle(title, y=0.995)
    figure.legend(handles, labels, ncol=len(labels), fontsize=9, loc="upper center", bbox_to_anchor=(0.5, 0.965),
                  frameon=False)
    figure.tight_layout(rect=(0, 0, 1, 0.945))
    save(figure, path)


def skip_table(runs):
    dense = {(n[1], n[2]): r for n, r in runs.items() if n[0] == "gemm"}
    skip = {n[1:]: r for n, r in runs.items() if n[0] == "gemm_skip"}
    if not skip or not dense:
        return ""
    densities = sorted({int(n[2].split(":")[1]) for n in skip})
    rows = []
    for shape, isa in dense:
        row = [pretty(shape), isa]
        for density in densities:
            run = skip.get((shape, isa, f"density:{density}"))
            row.append(f"{run['GFLOP/s'] / dense[shape, isa]['GFLOP/s']:.2f}" if run else "")
        rows.append(row)
    head = ["m x k x n", "ISA"] + [f"{d} %" for d in densities]
    return ("The product that leaves out zeros, the making of the mask included, in speeds of the dense one on one "
            "thread, by the share of elements that are not 0:\n\n" + table(head, rows) + "\n")


def kernel_table(runs):
    """Of the fastest ISA on one thread."""
    chosen = {n: r for n, r in runs.items() if not n[0].startswith("gemm") and n[3] == "threads:1"}
    if not chosen:
        return ""
    isa = max((n[2] for n in chosen), key=ISAS.index)
    rows = []
    for slot in dict.fromkeys(n[0] for n in chosen):
        cells = {size: chosen.get((slot, size, isa, "threads:1")) for size in ("l1", "network", "memory")}
        scalar = chosen.get((slot, "network", "scalar", "threads:1"))
        network = cells["network"]
        row = [f"`{slot}`", f"{network['us/call']:.3g}" if network else ""]
        row.append(f"{scalar['us/call'] / network['us/call']:.1f}" if scalar and network else "")
        row += [f"{c['GB/s']:.3g} ({c['%limit']:.0f} %)" if c else "" for c in cells.values()]
        rows.append(row)
    head = ["kernel", "µs a call", "times scalar", "GB/s in L1", "GB/s in the network", "GB/s in memory"]
    text = (f"The other kernels, {isa}, one thread: a call at the size that the report's network has (µs), its speed "
            "in speeds of the scalar reference, and the traffic at three sizes, in brackets its share of what plain "
            "loops reach there:\n\n")
    return text + table(head, rows) + "\n"


def distance(epochs):
    """The shortest and the longest round trip between the first two threads' cores, in ns."""
    trips = [e["round_trip_ns"] for e in epochs if e.get("round_trip_ns")]
    return f"{min(trips):.0f} to {max(trips):.0f}" if trips else ""


def train_table(files):
    rows = []
    for f in sorted(files, key=lambda f: (f["preset"], f["threads"], f["isa"])):
        epoch = f["epoch"]
        ratio = epoch["seconds_median"] * epoch["fastest_peak_gflops"] / f["dense_gflop"]
        rows.append([f["preset"], f["isa"], str(f["threads"]), f"{epoch['seconds_median']:.3f}", f"{ratio:.2f}",
                     f"{epoch['steps_per_s']:.0f}", f"{f['evaluation']['images_per_s']:,.0f}",
                     f"{f['one_image']['median_us']:.1f} / {f['one_image']['p99_us']:.1f}", distance(f["epochs"])])
    head = ["preset", "ISA", "threads", "s an epoch", "/ dense limit", "steps/s", "test images/s",
            "one image, µs, median / 99 %", "round trip, ns"]
    text = ("Training; the dense limit is the time of an epoch's multiply-adds at the measured peak, none left out; the round "
            "trip is that of a cache line between two threads' cores, measured after every epoch:\n\n")
    return text + table(head, rows) + "\n" + phase_tables(files) if rows else ""


def phase_tables(files):
    """Where the time goes, in files that say so: an object "phases" of seconds an epoch by name."""
    text = ""
    for f in files:
        phases = f.get("phases")
        if phases:
            total = sum(phases.values())
            rows = [[name, f"{1e3 * s:.1f}", f"{100 * s / total:.1f} %"] for name, s in phases.items()]
            text += f"Where the time of an epoch goes, {f['preset']}, {f['isa']}, {f['threads']} threads:\n\n"
            text += table(["phase", "ms", "share"], rows) + "\n"
    return text


def result_name(result):
    return "mnist_simd" if result["program"] != "pytorch" else f"PyTorch, {result['variant']}"


def compare_table(comparison):
    own, rows = comparison["results"][0], []
    for r in comparison["results"]:
        seconds = r["epoch"]["seconds_median"]
        name = result_name(r) + (f" ({r['version']}, {r['blas']})" if "blas" in r else "")
        rows.append([name, f"{seconds:.3f}", f"{seconds / own['epoch']['seconds_median']:.2f}",
                     f"{r['evaluation']['images_per_s']:,.0f}", f"{r['one_image']['median_us']:.1f}"])
    head = ["final configuration", "s an epoch", "times mnist_simd's", "test images/s", "one image, µs"]
    return (f"Beside PyTorch, {comparison['threads']} threads, an epoch each in turn, medians of epochs 2 to "
            f"{len(own['epochs'])}:\n\n" + table(head, rows) + "\n")


def compare_chart(comparison, path):
    results = comparison["results"]
    own = results[0]
    figure, panel = plt.subplots(figsize=(9, 0.55 * len(results) + 1.6))
    seconds = [r["epoch"]["seconds_median"] for r in results]
    names = [result_name(r) + (f"\n({own['isa']})" if r is own else "") for r in results]
    bars = panel.barh(names, seconds, color=["#0072b2"] + ["#e69f00"] * (len(results) - 1))
    panel.bar_label(bars, [f"{s:.2f} s" for s in seconds], padding=4)
    limit = own["dense_gflop"] / own["epoch"]["fastest_peak_gflops"]
    panel.axvline(limit, color="black", linestyle="--", linewidth=1)
    panel.text(limit, -0.62, f" dense limit, {limit:.2f} s", fontsize=8, va="bottom")
    panel.invert_yaxis()
    panel.set_xlim(0, 1.12 * max(seconds))
    panel.set_xlabel("seconds an epoch, median")
    panel.spines[["top", "right"]].set_visible(False)
    panel.set_title(f"Training the report's network: {comparison['cpu']}, {comparison['threads']} threads, "
                    f"{comparison['date']}", fontsize=11, pad=14)
    figure.tight_layout()
    save(figure, path)


def save(figure, path):
    """As SVG without what differs from run to run."""
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.family": "sans-serif"})
    folder = sys.argv[1]
    here = os.path.dirname(os.path.abspath(__file__))
    readme = sys.argv[2] if len(sys.argv) == 3 else os.path.join(here, "README.md")
    beside = os.path.dirname(os.path.abspath(readme))
    gemm, kernel = load(folder, "gemm*.json"), load(folder, "kernel*.json")
    text = ""
    if gemm:
        context = gemm[0]["context"]
        runs = medians(gemm, "gemm")
        title = f"Single-precision matrix product: {context['cpu']}, {context['date'][:10]}"
        gemm_chart(runs, title, os.path.join(beside, "gemm.svg"))
        peers = "; ".join(context[name] for name in NAMES if name in context)
        text += f"{context['cpu']}, {context['num_cpus']} cores, {context['date'][:10]}. Beside it: {peers}.\n\n"
        text += "![GFLOP/s of each library for nine shapes](gemm.svg)\n\n" + gemm_tables(runs)
    text += skip_table(medians(kernel, "gemm")) + kernel_table(medians(kernel, ""))
    text += train_table(load(folder, "train*.json"))
    for comparison in load(folder, "compare.json"):
        compare_chart(comparison, os.path.join(beside, "training.svg"))
        text += "![Seconds an epoch of mnist_simd and PyTorch](training.svg)\n\n" + compare_table(comparison)

    with open(readme, encoding="utf-8") as file:
        old = file.read()
    if old.count(BEGIN) != 1 or old.count(END) != 1:
        sys.exit(f"{readme}: the markers {BEGIN} and {END} must stand there once each")
    new = old[: old.index(BEGIN)] + BEGIN + "\n\n" + text + old[old.index(END) :]
    with open(readme, "w", encoding="utf-8") as file:
        file.write(new)


if __name__ == "__main__":
    main()
