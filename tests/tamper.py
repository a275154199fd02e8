#!/usr/bin/env python3
"""A copy of a run's folder in which one claim was changed, with all that must agree with it made to agree: what somebody
would hand in who wants it to be believed. Usage: tamper.py RUN NEW_FOLDER WHAT [VALUE]. Standard library alone.
"""
import hashlib
import json
import shutil
import struct
import sys


def read_model(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    return data[:8 + length], json.loads(data[8:8 + length]), bytearray(data[8 + length:])


def digest_of(header, body):
    sha = hashlib.sha256()
    for layer in range(1, 100):
        for part in "weight", "bias":
            tensor = header.get(f"dense{layer}.{part}")
            if tensor:
                begin, end = tensor["data_offsets"]
                sha.update(body[begin:end])
    return sha.hexdigest()


def main(run, folder, what, value=None):
    shutil.copytree(run, folder)
    with open(f"{folder}/run.json", encoding="utf-8") as file:
        summary = json.load(file)
    with open(f"{folder}/metrics.csv", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split(",") for line in file]
    model = f"{folder}/model.safetensors"

    def write_weights(head, body, digest):
        """The model's file, whose metadata has the digest of its weights, and the digest wherever it is claimed."""
        old = summary["weights_sha256"]
        data = head.replace(old.encode(), digest.encode()) + body
        at = data.index(b'"file_sha256":"') + 15
        data = data[:at] + b"0" * 64 + data[at + 64:]
        with open(model, "wb") as file:
            file.write(data[:at] + hashlib.sha256(data).hexdigest().encode() + data[at + 64:])
        for row in rows:
            row[5] = digest if row[5] == old else row[5]
        summary["weights_sha256"] = digest

    if what in summary["config"] and what != "preset":
        summary["config"][what] = type(summary["config"][what])(value)
    elif what in ("seed", "numerics_contract"):
        summary[what] = int(value)
    elif what == "layer":
        summary["config"]["hidden"][0][value.split("=")[0]] = float(value.split("=")[1])
    elif what in ("data_sha256", "test_sha256"):
        summary[what] = "0" + summary[what][1:]
    elif what == "digit":  # the last one of a field of an epoch
        epoch, field = (int(v) for v in value.split(","))
        text = rows[epoch][field]
        rows[epoch][field] = text[:-1] + str((int(text[-1]) + 1) % 10)
    elif what == "shorter":  # the last epoch never was
        del rows[-1]
        summary["epochs_run"] -= 1
        for name in "best_epoch", "model_epoch":
            summary[name] = min(summary[name], summary["epochs_run"])
    elif what == "longer":
        rows.append([str(len(rows))] + rows[-1][1:])
        summary["epochs_run"] += 1
        summary["config"]["epochs"] += 1
    elif what.endswith(" errors"):
        part = summary[what.split()[0]]
        part["errors"] -= int(value)
        part["accuracy"] = 1 - part["errors"] / part["images"]
    elif what == "preset":
        summary["config"]["preset"] = value
    elif what == "no_test":
        summary["test"] = None
    elif what == "f1":
        summary["test"]["f1"][3] += .001
    elif what == "loss":
        summary["test"]["loss"] *= 1.000001
    elif what == "best":
        summary["best_epoch"] = int(value)
    elif what == "stopped":
        summary["stopped_early"] = not summary["stopped_early"]
    elif what == "bit":  # of a weight; all digests are made anew
        head, header, body = read_model(model)
        body[1000] ^= 1
        write_weights(head, body, digest_of(header, body))
    elif what == "swap":  # another run's model
        head, header, body = read_model(f"{value}/model.safetensors")
        old_head, _, _ = read_model(model)
        write_weights(old_head, body, digest_of(header, body))
    elif what == "predictions":
        with open(f"{folder}/predictions.csv", encoding="utf-8") as file:
            lines = file.readlines()
        fields = lines[17].split(",")
        fields[2] = str((int(fields[2]) + 1) % 10)
        lines[17] = ",".join(fields)
        with open(f"{folder}/predictions.csv", "w", encoding="utf-8") as file:
            file.writelines(lines)
    elif what == "from":
        summary["from"]["weights_sha256"] = "0" + summary["from"]["weights_sha256"][1:]
    elif what == "from_nothing":
        summary["from"] = None
    elif what == "moments":
        summary["from"]["moments"] = not summary["from"]["moments"]
    else:
        sys.exit(f"tamper.py: {what}: unknown")
    with open(f"{folder}/run.json", "w", encoding="utf-8") as file:
        json.dump(summary, file)
    with open(f"{folder}/metrics.csv", "w", encoding="utf-8") as file:
        file.writelines(",".join(row) + "\n" for row in rows)


main(*sys.argv[1:])
