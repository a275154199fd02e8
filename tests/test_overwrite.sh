#!/usr/bin/env bash
# train --force over an earlier run, finished or stopped, killed or failing at each call that changes a file: what is left is the
# earlier run as it was, or a run that can be gone on with; and model, metrics, times and summary are of one run at any moment.
# Usage: test_overwrite.sh PROGRAM PRELOAD DATA_FOLDER
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
preload=$(realpath "$2")
begin "$1" "$3" memory
"$here/small_data.sh" "$data" data 100 20

train=(train --data data --batch 50 --threads 1 --hidden 10)
results="model.safetensors metrics.csv times.csv run.json"

fail_call() { # CALL AT ERRNO ARGUMENT...
  MS_FAIL_CALL=$1 MS_FAIL_AT=$2 MS_FAIL_ERRNO=$3 MS_FAIL_REPORT=$work/report LD_PRELOAD=$preload "$program" "${@:4}" \
    >out 2>err
}

# ---- The runs: earlier ones of seed 42, new ones of seed 7 ----

"$program" "${train[@]}" --epochs 3 --out finished >/dev/null
"$program" "${train[@]}" --epochs 5 --out stopped-whole >/dev/null
# Killed after its third checkpoint: two are there.
MS_FAIL_PATH=checkpoint- fail_call rename 4 0 "${train[@]}" --epochs 5 --checkpoint-every 1 --out stopped 2>/dev/null
rm -f stopped/run.lock stopped/*.tmp-??????
sed -i 's/,0\..*/,9.999/' finished/times.csv stopped/times.csv # told from any other
check "a stopped run has two checkpoints" test "$(cd stopped && echo checkpoint-?.*)" = "checkpoint-0.safetensors checkpoint-1.safetensors"
for epochs in 1 3; do
  "$program" "${train[@]}" --seed 7 --epochs $epochs --out new-$epochs >/dev/null
done

# ---- What is left ----

same_results() { # FOLDER WHOLE: but for times
  cmp -s "$1/model.safetensors" "$2/model.safetensors" && cmp -s "$1/metrics.csv" "$2/metrics.csv" && [ -e "$1/run.json" ] &&
    [ "$(wc -l <"$1/times.csv")" = "$(wc -l <"$2/times.csv")" ]
}

is_old() { # FILE
  cmp -s "left/$1" "$old/$1"
}

is_new() { # FILE
  case $1 in
    model.safetensors) cmp -s "left/$1" "$new/$1" ;;
    metrics.csv) cmp -s -n "$(stat -c %s left/metrics.csv)" left/metrics.csv "$new/metrics.csv" ;;
    times.csv) ! is_old times.csv ;;
    run.json) grep -q '"seed": 7,' left/run.json ;;
  esac
}

# Prints what is wrong; nothing if nothing is.
faults() {
  local file n_old=0 n_new=0 n=0 kept=old
  for file in $results; do
    [ -e "left/$file" ] || continue
    n=$((n + 1))
    ! is_old "$file" || n_old=$((n_old + 1))
    ! is_new "$file" || n_new=$((n_new + 1))
  done
  [ $n -eq $n_old ] || [ $n -eq $n_new ] || echo "a mix: $(cd left && echo *)"
  if ! compgen -G 'left/checkpoint-?.safetensors' >/dev/null; then
    rm -f left/*.tmp-?????? left/run.lock left/run.probe
    same_results left "$new" || diff -r "$old" left >/dev/null || echo "neither the earlier run nor a new one: $(cd left && echo *)"
    return
  fi
  for file in left/checkpoint-?.safetensors; do
    cmp -s "$file" "$old/${file#left/}" || kept=new # once there is one of the new run, none of the old counts
  done
  "$program" train --data data --threads 1 --resume left >out 2>err || echo "cannot be gone on with: $(cat err)"
  same_results left "$new" || { [ "$kept" = old ] && same_results left "$old-whole"; } || echo "gone on with, it is another run"
}

# Every call in turn until there is no such call any more.
try_all() { # CALL ERRNO SUFFIX
  local at wrong fault n=0
  wrong=0
  for ((at = 1; at < 100; ++at)); do
    rm -rf left report
    cp -r "$old" left
    fail_call "$1" "$at$3" "$2" "${train[@]}" --seed 7 --epochs "$epochs" --checkpoint-every 2 --out left --force 2>/dev/null
    code=$?
    [ $code -ne 0 ] || [ "$(cut -d' ' -f2 report)" != 0 ] || break
    n=$((n + 1))
    fault=$(faults)
    [ -z "$fault" ] || { wrong=1; echo "        $1 $at$3: exit code $code: $fault"; }
  done
  total=$((total + n))
  check "$([ "$2" = 0 ] && echo killed at || echo failing:) each of $n calls of $1$3, $epochs epochs over $old" \
    test $wrong -eq 0 -a $n -gt 0
}

total=0
for old in finished stopped; do
  for epochs in 1 3; do
    new=new-$epochs
    for call in rename unlink fsync; do
      try_all $call 0 ""
    done
    for call in create write fsync rename; do
      try_all $call 28 +
    done
    try_all unlink 30 ""
  done
done
echo "$total moments"
finish
