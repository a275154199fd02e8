#!/usr/bin/env bash
# The program for Windows under wine, where the system shows: names, long paths, locks, faults, keys, bytes of what it writes. The
# other scripts are run on it by ci/windows.sh.
# Usage: test_windows.sh PROGRAM DATA_FOLDER [NATIVE_PROGRAM]     PROGRAM: mnist_simd.exe
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
native=${3:+$(realpath "$3")}
begin "$1" "$2"
export WINEDEBUG=-all

run() { # ARGUMENT...
  wine "$program" "$@" >out 2>err
  code=$?
}

trained() { # FOLDER ARGUMENT...
  run train --data small "${settings[@]}" --out "$@" && [ "$code" -eq 0 ]
}

same_model() { # FOLDER
  cmp whole/model.safetensors "$1/model.safetensors" && cmp whole/metrics.csv "$1/metrics.csv"
}

no_cr() { # FILE...
  ! grep -lq $'\r' "$@"
}

# In a terminal, with the keys that come from standard input.
in_terminal() { # ARGUMENT...
  TERM=xterm script -qec "wine '$program' $*" /dev/null >out 2>err
}

settings=(--preset regularised --hidden "96,50" --batch 60 --val 300 --epochs 4 --threads 2)
long_run=(--preset regularised --hidden "96,50" --batch 60 --val 300 --patience 0 --epochs 100000 --threads 2)
"$here/small_data.sh" "$data" small 1500 200
check "a run" trained whole
check "no carriage return in what it prints and writes" no_cr out whole/metrics.csv whole/times.csv whole/run.json

# ---- Names ----

check "a name with blanks, umlauts and Japanese" trained "ä 日本/ein Lauf"
check "the same model there" same_model "ä 日本/ein Lauf"
check "its name is printed in UTF-8" grep -qF "Saved in ä 日本/ein Lauf: model.safetensors" out
check "data in such a folder" cp -r small "データ"
MNIST_SIMD_DATA=データ run eval "ä 日本/ein Lauf"
check "named by the environment" test "$code" -eq 0
# shellcheck disable=SC1003
check "a name with backslashes" trained 'made\by\backslashes'
check "is three folders" test -f made/by/backslashes/model.safetensors
long=$(printf 'a-name-of-forty-nine-characters-to-be-repeated-%.0s' {1..2})
long=$long/$long/$long/$long
check "a path of ${#long} characters" trained "$long"
check "the same model there" same_model "$long"
run show train 3 --data small --model "$long"
check "is read again" test "$code" -eq 0
refused 1 "cannot be made: No such file or directory" -- train --data small "${settings[@]}" --out 'Q:\run'
refused 1 "a?b: the folder cannot be made: Invalid argument" -- train --data small "${settings[@]}" --out 'a?b'

# ---- Stopped, killed, resumed ----

wait_for_epoch() {
  for _ in $(seq 600); do
    ! grep -q '^epoch ' out 2>/dev/null || return 0
    sleep 0.05
  done
  return 1
}

wine "$program" train --data small "${long_run[@]}" --out killed --checkpoint-seconds 0.05 >out 2>err &
holder=$!
check "a long run is at work" wait_for_epoch
mv out out.holder
refused 1 "killed: is in use by another process: wait for its end" -- train --data small --resume killed
kill -KILL $holder
wait $holder 2>/dev/null
check "killed, it leaves a checkpoint" compgen -G 'killed/checkpoint-?.safetensors' >/dev/null
(sleep 6 && printf '\003') | in_terminal train --data small --resume killed
check "resumed, then Ctrl-C: exit code 130" test "${PIPESTATUS[1]}" -eq 130
check "it says where it stopped" grep -q 'stopped in epoch' out
check "it says how to resume it" grep -q 'A checkpoint is kept. To go on: ' out
check "it shows progress in one line" grep -q 'images/s' out

# ---- Faults ----

refused 1 "cannot be made" "choose a folder that you may write to" -- train --data small "${settings[@]}" --out /sys/run
refused 1 "small/train-images-idx3-ubyte is a file: choose another name" -- train --data small "${settings[@]}" --out small/train-images-idx3-ubyte/run
mkdir full
if mount -t tmpfs -o size=300k tmpfs full 2>/dev/null; then
  refused 1 "No space left on device: make room, or choose another folder" -- train --data small "${settings[@]}" --out full/run
  check "nothing unfinished is left" test -z "$(find full -name '*.tmp-*')"
  umount full
else
  echo "        a full disk: skipped, nothing can be mounted here"
fi

# ---- Both systems ----

if [ -n "$native" ]; then
  "$native" train --data small "${settings[@]}" --out native >out 2>err
  check "the native program writes the same model" same_model native
  run verify --data small native
  check "a native run is verified here" test "$code" -eq 0
  check "a run from here is verified there" "$native" verify --data small whole
  run compare --data small native whole
  check "compare finds no difference" test "$code" -eq 0
fi
finish
