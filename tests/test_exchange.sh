#!/usr/bin/env bash
# One run on several machines, of either byte order: models and checkpoints that one writes and another reads, and a run that
# is begun on the first, resumed on the second and ended on the third with the files of one that was never stopped.
# Usage: test_exchange.sh DATA_FOLDER COMMAND COMMAND COMMAND; a command is a program, with its emulator before it where it
# needs one: "qemu-s390x build-s390x/mnist_simd"
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
machines=()
for command in "${@:2}"; do
  program=${command##* }
  machines+=("${command%"$program"}$(realpath "$program")")
done
begin "$program" "$1"

on() { # MACHINE ARGUMENT...
  # shellcheck disable=SC2086 # the emulator and its options are words
  ${machines[$1]} "${@:2}" --data small >out 2>err
}

# SIGTERM in the middle of the epoch after the first that this machine finishes. Says whether the run was stopped, not too fast.
stopped_on() { # MACHINE ARGUMENT...
  : >out
  # shellcheck disable=SC2086
  ${machines[$1]} train "${@:2}" --data small >out 2>err &
  local pid=$!
  while ! grep -q '^epoch ' out && kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
  kill -TERM "$pid" 2>/dev/null
  wait "$pid"
  [ $? -eq 143 ]
}

# A new run, once more if it was too fast to be stopped, or where the signal kills, before its first checkpoint.
begun_on() { # MACHINE FOLDER
  for _ in $(seq 20); do
    rm -rf "$2"
    ! stopped_on "$1" "${settings[@]}" --out "$2" || ! compgen -G "$2/checkpoint-?.safetensors" >/dev/null || return 0
  done
  return 1
}

ended_as_whole() { # FOLDER
  local how='"(date|command|isa|threads|cpu|elapsed_s|checkpoints_s|epoch_seconds_median|compiler|commit)"'
  cmp whole/model.safetensors "$1/model.safetensors" && cmp whole/metrics.csv "$1/metrics.csv" &&
    cmp <(grep -vE "$how" whole/run.json) <(grep -vE "$how" "$1/run.json")
}

# Everything that has a state: input dropout, early stopping, a falling learning rate.
settings=(--preset regularised --hidden "96,50" --batch 60 --epochs 10 --val 300 --patience 9 --input-dropout 0.1 --schedule cosine
  --checkpoint-seconds 0.05)
"$here/small_data.sh" "$data" small 1500 200
for machine in 0 1 2; do
  echo "        machine $machine: ${machines[machine]}"
done

check "a run that is never stopped" on 0 train "${settings[@]}" --out whole
check "begun on 0" begun_on 0 chain
check "resumed and stopped on 1" stopped_on 1 --resume chain --threads 2
check "ended on 2" on 2 train --resume chain --threads 3
check "0, 1, 2: the files of the run that was never stopped" ended_as_whole chain

check "begun on 1" begun_on 1 back
check "ended on 0" on 0 train --resume back
check "1, 0: the files of the run that was never stopped" ended_as_whole back

on 0 eval --show 5 whole
grep -v '^kernels' out >of_whole
for machine in 1 2; do
  check "a run on $machine alone" on $machine train "${settings[@]}" --out alone$machine
  check "$machine writes the files of 0" ended_as_whole alone$machine
  check "$machine evaluates the model of 0" on $machine eval --show 5 whole
  check "$machine finds what 0 finds" cmp of_whole <(grep -v '^kernels' out)
  check "0 evaluates the model of $machine" on 0 eval --show 5 alone$machine
  check "0 finds the same in it" cmp <(sed 's/whole/alone/' of_whole) <(grep -v '^kernels' out | sed "s/alone$machine/alone/")
done
echo "        SHA-256 of the weights: $(sed -n 's/.*"weights_sha256": "\([0-9a-f]*\)".*/\1/p' whole/run.json)"
finish
