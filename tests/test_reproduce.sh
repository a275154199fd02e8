#!/usr/bin/env bash
# mnist_simd reproduce: its stages, going on after interruption, what it refuses, the claim table against the run folders, the
# spread over seeds against awk. On the first 10,240 training and 100 test images of MNIST, and on one thread: two that wait for
# each other are slow on a machine that others share.
# Usage: test_reproduce.sh PROGRAM DATA_FOLDER
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
begin "$1" "$2"

run() { # ARGUMENT...
  "$program" reproduce --data small --threads 1 "$@" >out 2>err
  code=$?
}

"$here/small_data.sh" "$data" small 10240 100

# The value behind a key within a section of a run's summary.
value() { # FOLDER SECTION KEY
  sed -n "/\"$2\": {/,/}/p" "$1/run.json" | sed -n "s/.*\"$3\": \([0-9.]*\).*/\1/p"
}

percent() { # SHARE
  awk -v share="$1" 'BEGIN { printf "%.2f %%", 100 * share }'
}

# ---- Wrong usage ----

for file in report.html claims.txt; do
  mkdir own && echo mine >own/$file
  refused 2 "own/$file" "left as it is" -- --out own
  check "a file of somebody else is not replaced, nothing is trained" test "$(cat own/$file)" = mine -a "$(ls own)" = $file
  rm -r own
done

refused 2 --seeds "'0'" -- --seeds 0
refused 2 --seed "'9007199254740992'" -- --seed 9007199254740992
refused 2 --seed "'9007199254740991'" -- --seed 9007199254740991 --seeds 2
refused 2 --out -- --out ''
"$here/small_data.sh" "$data" few 300 10
"$program" reproduce --data few --out few-runs >out 2>err
code=$?
check "too few images to validate with: refused" test "$code" -eq 1 -a ! -e few-runs
check "too few images to validate with: one line" one_line few "300 training images" 10000 --data

# ---- The stages and the table ----

run --out whole
check "three stages" test "$code" -eq 0 -a "$(grep -c '^---- Stage' out)" -eq 3
check "their folders" test "$(cd whole && echo *)" = "claims.txt final-seed42 regularised-seed42 report.html report_figures unregularised-seed42"
check "stages that validate do not look at the test images" test "$(grep -l '"test": null' whole/*/run.json)" = \
  "$(printf 'whole/regularised-seed42/run.json\nwhole/unregularised-seed42/run.json')"
sed -n '/^---- Claims/,$p' out | sed '1s/^---- //' | head -n "$(lines whole/claims.txt)" >table
check "the table is in claims.txt" cmp table whole/claims.txt
row() { # TEXT: a row of the table
  grep -F "  $1 " whole/claims.txt
}
check "stage 1: training accuracy" grep -qF " $(percent "$(value whole/unregularised-seed42 train accuracy)") " \
  <(row "training accuracy after 15 epochs")
check "stage 2: validation accuracy" grep -qF " $(percent "$(value whole/regularised-seed42 val accuracy)") " \
  <(row "validation accuracy of the best model")
check "stage 2: gap" grep -qF " $(awk -v t="$(value whole/regularised-seed42 train accuracy)" \
  -v v="$(value whole/regularised-seed42 val accuracy)" 'BEGIN { printf "%.2f points", 100 * (t - v) }') " \
  <(row "gap from training to validation")
check "stage 3: test accuracy" grep -qE " 98\.37 % +$(awk -v a="$(value whole/final-seed42 test accuracy)" 'BEGIN { printf "%.2f %%", 100 * a }') " \
  <(row "test accuracy")
check "stage 3: what is not MNIST is not judged" grep -qE "  163 +$(value whole/final-seed42 test errors) +- *$" \
  <(row "misclassified test images")
check "stage 3: F1" grep -qE " 0\.98 +$(awk -v f="$(value whole/final-seed42 test macro_f1)" 'BEGIN { printf "%.4f", f }') " \
  <(row "F1, mean of the classes")
lowest=$(sed -n '/"test": {/,/}/p' whole/final-seed42/run.json | sed -n '/"f1": \[/,/\]/p' | grep -oE '[0-9.]+,?$' | tr -d , | sort -g | head -1)
check "stage 3: lowest F1" grep -qE " 0\.975 +$(awk -v f="$lowest" 'BEGIN { printf "%.4f", f }') " <(row "F1 of the lowest class")
check "says that the data is not MNIST" grep -q 'not MNIST' out

"$program" train --data small --preset unregularised --out trained >/dev/null
digest() { # RUN
  sed -n 's/.*"weights_sha256": "\(.*\)".*/\1/p' "$1/run.json"
}
check "a stage is what train makes of its preset" test "$(digest trained)" = "$(digest whole/unregularised-seed42)"

# ---- Started again ----

check "a page of the three runs" test "$(grep -c '<svg' whole/report.html)" -gt 0 -a -n "$(ls whole/report_figures)"
find whole -name claims.txt -prune -o -type f -print0 | xargs -0 sha256sum >before
cp whole/claims.txt claims.before
run --out whole
check "again: nothing is trained" test "$code" -eq 0 -a "$(grep -c 'holds it, finished' out)" -eq 3 -a "$(grep -c '^epoch' out)" -eq 0
check "again: the runs are as they were" sha256sum --quiet -c before
check "again: the same table" cmp whole/claims.txt claims.before

# ---- Interrupted: by a signal in the second stage, killed in the third ----

# Background jobs of a script ignore SIGINT, those of a shell with job control do not.
set -m
interrupt() { # SIGNAL PATTERN
  : >out
  "$program" reproduce --data small --threads 1 --out broken >out 2>err &
  local pid=$!
  for _ in $(seq 6000); do
    grep -q "$2" out && break
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
  done
  sed "/$2/,\$!d" out | grep -q "$2" || echo "never came to $2"
  sleep 0.5
  kill "-$1" $pid
  wait $pid 2>/dev/null
  code=$?
}
interrupt INT 'Stage 2'
check "Ctrl-C in the second stage: exit code 130" test $code -eq 130
check "Ctrl-C in the second stage: says how to go on" grep -q 'the same command goes on' out
interrupt KILL 'Stage 3'
check "killed in the third stage" test $code -eq 137
check "gone on: the first stage is not run again" test "$(grep -c 'holds it, finished' out)" -eq 1
set +m
run --out broken
check "gone on: the first two stages are not run again" test "$code" -eq 0 -a "$(grep -c 'holds it, finished' out)" -eq 2
check "gone on: the same table in the end" cmp broken/claims.txt claims.before
for stage in unregularised regularised final; do
  check "gone on: the same $stage model" cmp broken/$stage-seed42/model.safetensors whole/$stage-seed42/model.safetensors
done

# ---- What is not the stage is refused ----

for change in 's/"lr": 0.00025/"lr": 0.0005/|lr|0.0005|--out' 's/"numerics_contract": [0-9]*/"numerics_contract": 1/|contract 1|--out' \
  's/"data_sha256": "..../"data_sha256": "0000/|training images|--out' 's/"weights_sha256": "..../"weights_sha256": "0000/|two runs'; do
  IFS='|' read -r -a parts <<<"$change"
  cp -r whole changed
  sed -i "${parts[0]}" changed/regularised-seed42/run.json
  refused 1 changed/regularised-seed42 "${parts[@]:1}" -- --out changed
  rm -r changed
done
cp -r whole changed
cp changed/regularised-seed42/model.safetensors changed/final-seed42/
refused 1 changed/final-seed42 "two runs" -- --out changed

# ---- Several seeds ----

run --out whole --seeds 2
check "two seeds: those that are there are not run again" test "$code" -eq 0 -a "$(grep -c 'holds it, finished' out)" -eq 3 -a \
  "$(grep -c '^---- Stage' out)" -eq 6
for seed in 42 43; do
  value whole/final-seed$seed test accuracy
done >test_accuracies
for seed in 42 43; do
  value whole/regularised-seed$seed val accuracy
done >accuracies
statistics() { # FILE FACTOR DIGITS UNIT: mean, standard deviation and range as the table has them
  awk -v k="$2" -v d="$3" -v unit="$4" '{ x[NR] = k * $1; sum += x[NR] }
    END { mean = sum / NR; min = max = x[1]
      for (i = 1; i <= NR; ++i) { s += (x[i] - mean) ^ 2; if (x[i] < min) min = x[i]; if (x[i] > max) max = x[i] }
      printf "%." d "f%s +%." d "f +%." d "f to %." d "f ", mean, unit, sqrt(s / (NR - 1)), min, max }' "$1"
}
spread=$(sed -n '/^Seeds 42 to 43/,$p' whole/claims.txt)
check "two seeds: test accuracy" grep -qE "test accuracy +98\.37 % +$(statistics test_accuracies 100 2 ' %')" <<<"$spread"
check "two seeds: validation accuracy" grep -qE "validation accuracy of the best model +98\.50 % +$(statistics accuracies 100 2 ' %')" \
  <<<"$spread"
check "two seeds: binomial standard error of 100 images at 98.37 %" grep -qE "test accuracy .* 1\.27$" <<<"$spread"
check "two seeds: they differ" test "$(sort -u accuracies | wc -l)" -eq 2

finish
