#!/usr/bin/env bash
# verify RUN: honest runs are verified, by every ISA and number of threads; of those that somebody has changed, with all that
# must agree made to agree, the first claim that is not true is named. Runs that began from others; spot checks; compare.
# Usage: test_verify_runs.sh PROGRAM DATA_FOLDER
set -uo pipefail
# shellcheck source=tests/checks.sh
source "$(dirname "$0")/checks.sh"
command -v python3 >/dev/null || { echo "skipped: without python3 no run is changed"; exit 77; }
begin "$1" "$2" memory
export XDG_STATE_HOME=$work/state
"$here/small_data.sh" "$data" small 3000 500
"$here/small_data.sh" "$data" other 3000 500 inverted

run() {
  "$program" "$@" >out 2>err
  code=$?
}

count() { # FILE...: of those that are there
  local n=0 file
  for file; do [ ! -e "$file" ] || n=$((n + 1)); done
  echo $n
}

train() {
  "$program" train --data small --batch 64 --threads 2 "$@" >/dev/null || exit 1
}

verified() { # RUN [OPTION]...
  run verify --data small "$@"
  [ "$code" -eq 0 ]
}

# ---- Honest ----

train --hidden 24,16 --dropout 0.2 --epochs 6 --val 300 --keep-checkpoints 2 --out honest --author "A. Student" --name "first try"
train --hidden 24 --dropout 0 --lr 0.001 --epochs 30 --val 300 --val-shuffle --patience 2 --out early
train --hidden none --epochs 2 --out no_val
train --hidden 24,16 --dropout 0.2 --epochs 6 --val 300 --seed 43 --out other_seed
train --preset unregularised --hidden 20 --epochs 2 --val-data other --out val_data
run eval honest --data small --predictions honest/predictions.csv
for isa in $("$program" kernels | awk '/^ *(scalar|avx2|avx512|neon)/ { print $1 }' | sort -u) ""; do
  for threads in 1 3; do
    check "verified by ${isa:-default kernels}, $threads threads" verified honest early no_val other_seed ${isa:+--isa $isa} --threads $threads
  done
done
check "        says what is not checked" grep -q "^Not checked: name, author, " out
check "        in a line each" grep -q '^verified  *honest: epochs 1 to 6 of 6, test accuracy' out
run verify --data small val_data
check "validation images of other data: named where they are missing" \
  test "$code" -eq 1 -a "$(grep -c '^not here .*data_sha256 is .*name the data of the run' out)" -eq 1
check "        verified with them" verified val_data --val-data other
timeout --foreground -s INT 2 "$program" train --data small --hidden 64,64 --epochs 2000 --out stopped >/dev/null 2>&1
check "a run that was stopped" verified stopped
run verify --data small honest early --csv
check "CSV" test "$(head -n 1 out)" = run,outcome,what,seconds,test_accuracy,weights_sha256 -a "$(grep -c ',verified,' out)" -eq 2
check "        with accuracy and digest" grep -q "^honest,verified,.*,$(sed -n '/"test": {/,/}/p' honest/run.json | sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p'),$(sed -n 's/.*"weights_sha256": "\(.*\)".*/\1/p' honest/run.json)$" out
run verify --data small honest early no_val --shard 2/2
check "a share of them" test "$(grep -c '^verified' out)" -eq 1 -a "$(grep -c '^verified  *early' out)" -eq 1
OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=3 run verify --data small honest early no_val
check "        by a launcher's variables" test "$(grep -c '^verified' out)" -eq 1 -a "$(grep -c '^verified  *honest' out)" -eq 1
mkdir before && cp no_val/{metrics.csv,model.safetensors} before
python3 - <<'PYTHON'
import json
summary = json.load(open("no_val/run.json"))
for name in "name", "author", "date", "command", "commit", "compiler", "keep_epochs", "from":
    del summary[name]
json.dump(summary, open("before/run.json", "w"))
PYTHON
check "a run.json of before" verified before

# ---- Changed ----

changed() { # RUN WHAT VALUE WORDS
  rm -rf changed
  "$here/tamper.py" "$1" changed "$2" ${3:+"$3"}
  run verify --data small changed
  check "changed: $2 $3: $4" test "$code" -eq 1 -a "$(grep -cE "^(differs|not here|contract|unreadable) .*$4" out)" -eq 1
}

changed honest seed 44 "epoch 1: weights_sha256 is "
changed honest lr 0.0003 "epoch 1: weights_sha256 is "
changed honest batch 65 "epoch 1: weights_sha256 is "
changed honest schedule cosine "epoch 1: weights_sha256 is "
changed honest layer dropout=0.25 "epoch 1: weights_sha256 is "
changed honest epochs 7 "epochs_run is 6, training gives 7"
changed honest digit 3,1 "epoch 3: train_loss is "
changed honest digit 6,2 "epoch 6: train_accuracy is "
changed honest digit 2,3 "epoch 2: val_loss is "
changed honest digit 4,4 "epoch 4: val_accuracy is "
changed honest digit 5,5 "epoch 5: weights_sha256 is |unreadable"
changed honest shorter "" "the files are of two runs"
changed honest longer "" "epoch 7: weights_sha256 is "
changed honest "train errors" 1 "train: errors is "
changed honest "val errors" 2 "val: errors is "
changed honest "test errors" 3 "test: errors is "
changed honest preset champion "preset is champion, training gives none of that name"
changed no_val no_test "" "test is missing, training gives one"
changed honest f1 "" "test: f1 of class 3 is "
changed honest loss "" "test: loss is "
changed honest bit "" "epoch 6: weights_sha256 is "
changed honest swap other_seed "epoch 6: weights_sha256 is "
changed honest data_sha256 "" "data_sha256 is "
changed honest test_sha256 "" "test_sha256 is "
changed honest predictions "" "predictions.csv: line 18 is not what the model predicts"
changed honest numerics_contract 1 "of numerics contract 1, this program's is 2"
changed early patience 3 "epochs_run is "
changed early best 1 "best_epoch is 1, training gives "
changed early stopped "" "stopped_early is 0, training gives 1"
changed early min-delta 0.5 "epochs_run|best_epoch"
run verify --data other honest
check "other data" grep -q '^not here .*data_sha256 is .*name the data of the run' out

# ---- From another run ----

train --hidden 24 --epochs 5 --val 300 --keep-checkpoints 5 --out five
train --from five --epochs 9 --out nine
train --hidden 24 --epochs 9 --val 300 --out at_once
check "5 + 4 epochs with Adam's moments are 9 at once" cmp nine/metrics.csv at_once/metrics.csv
check "        the same model" cmp nine/model.safetensors at_once/model.safetensors
train --hidden 24 --epochs 5 --val 300 --schedule cosine --keep-checkpoints 5 --out cosine_five
train --from cosine_five --epochs 9 --out cosine_nine
train --hidden 24 --epochs 9 --val 300 --schedule cosine --out cosine_at_once
check "with a schedule they are not" eval '! cmp -s cosine_nine/metrics.csv cosine_at_once/metrics.csv'
cp -r five no_moments && rm no_moments/epoch-5.safetensors
train --from no_moments --epochs 9 --out new_moments
check "with new moments they are not, after the same five" eval \
  'cmp -s <(head -n 6 new_moments/metrics.csv) <(head -n 6 nine/metrics.csv) && ! cmp -s new_moments/metrics.csv nine/metrics.csv'
train --from early --epochs 40 --out longer
train --from nine --epochs 11 --lr 0.0001 --out eleven
check "verified: with moments, with a schedule, with new ones, after early stopping, twice" \
  verified nine cosine_nine new_moments longer eleven
changed nine from "" "from: no run five with weights 0"
changed nine moments "" "epoch 6: weights_sha256 is "
changed cosine_nine from_nothing "" "epoch 1: weights_sha256 is "
mkdir elsewhere && mv five elsewhere
run verify --data small nine
check "the run before is missing" grep -q '^not here .*nine: from: no run five' out
cp -r nine elsewhere
check "        found beside it" verified elsewhere/nine
mv elsewhere/five . && sed -i '3s/\(,[^,]*,0\.\)/\11/' five/metrics.csv
run verify --data small nine
check "        changed" grep -q '^differs .*nine: from five: epoch 2: train_accuracy is ' out
refused 2 "hidden 12: must be 24, as in the run that it begins from" -- train --data small --from at_once --hidden 12 --epochs 12 --out no
refused 2 "epochs 9: the model that it begins from is of epoch 9: must be more" -- train --data small --from at_once --out no
timeout --foreground -s INT 1 "$program" train --data small --from stopped --epochs 99999 --out further >/dev/null 2>err
check "from a run that was interrupted: it is said" grep -qE "^mnist_simd train: warning: stopped: was interrupted after epoch [0-9]+ of 2000" err
refused 2 "leave out --preset" -- train --data small --from at_once --preset final --epochs 12 --out no
refused 1 "nowhere: there is no such folder" -- train --data small --from nowhere --epochs 12 --out no
check "        nothing is left" test ! -e no

# ---- Spot checks ----

check "a spot check" verified honest --spot-check
check "        says what it does not prove" grep -q 'It does not prove' out
check "        of chosen epochs" verified honest --epochs 3-4
check "        in one line" grep -q '^in part  *honest: epochs 3 to 4 of 6' out
refused 2 "'3-' is not FIRST-LAST" -- verify --data small honest --epochs 3-
run verify --data small honest --epochs 4-5
check "        none was kept" grep -q '^not done .*no checkpoint was kept before them' out
rm -rf changed && "$here/tamper.py" honest changed digit 3,1
run verify --data small changed --epochs 3-4
check "        finds a change in it" grep -q '^differs .*epoch 3: train_loss is ' out
check "        but not one elsewhere" verified changed --epochs 5-6
for file in changed/epoch-*; do cp other_seed/model.safetensors "$file"; done
run verify --data small changed --epochs 5-6
check "        a file that is no checkpoint" test "$code" -eq 1 -a "$(grep -c '^not done .*epoch-4.safetensors: not a checkpoint' out)" -eq 1

check "        does not take the place of a whole verification" eval \
  'verified honest && verified honest --spot-check && grep -q "\"whole\": true" honest/verified.json'

# ---- Changed while it is verified, stopped, resumed ----

train --hidden 64,64 --epochs 60 --val 300 --out swapped
("$program" verify --data small swapped >swap.out 2>&1; echo $? >swap.code) &
sleep 0.3
sed -i 's/"errors": 1/"errors": 0/' swapped/run.json
wait
check "changed in the middle: the word is of what was read" \
  test "$(sha256sum <swapped/run.json | cut -c-64)" != "$(sed -n 's/.*"run.json": "\(.*\)".*/\1/p' swapped/verified.json)"
for signal in INT KILL; do
  timeout --foreground -s $signal 1.5 "$program" train --data small --hidden 64,64 --epochs 900 --val 300 --keep-checkpoints 5 --out resumed >/dev/null 2>&1
done
kept=$(count resumed/epoch-*)
timeout --foreground -s INT 1.5 "$program" train --data small --resume resumed >/dev/null 2>&1
check "a resumed run keeps its checkpoints, and keeps more" test "$kept" -gt 0 -a "$(count resumed/epoch-*)" -gt "$kept" -a -e resumed/epoch-5.safetensors
check "        verified" verified resumed
for delay in 0.02 0.05 0.1; do
  rm -rf soon && timeout --foreground -s INT $delay "$program" train --data small --from at_once --epochs 9999 --out soon >/dev/null 2>&1
  [ ! -e soon/run.json ] || check "        stopped after $delay s" verified soon
done
refused 2 "at_once is the folder of the new run too" -- train --data small --from at_once --epochs 12 --out at_once --force
refused 2 "leave out --name and --author" -- train --data small --resume resumed --name other
refused 2 "leave out --name and --author" -- train --data small --resume resumed --author other
refused 2 "--name: must be UTF-8 without control characters" -- train --data small --name $'a\nb' --out no
refused 2 "--author: must be UTF-8 without control characters" -- train --data small --author $'\xe9' --out no

# ---- Overwritten ----

check "kept checkpoints, of a run" test "$(count honest/epoch-*)" -eq 3
train --hidden 8 --epochs 1 --val 300 --out honest --force
check "        go with it when it is overwritten" test "$(count honest/epoch-* honest/verified.json honest/predictions.csv)" -eq 0

# ---- report ----

reported() { # RUN WORDS
  run report "$1" --data small --out page.html
  check "report: $2" grep -qF "$2" page.html
}

run verify --data small other_seed
reported other_seed "<b class=\"met\">yes</b>, epochs 1 to 6, "
XDG_STATE_HOME=$work/nobody reported other_seed "not by this user: verify it"
sed -i 's/"author": null/"author": "x"/' other_seed/run.json
reported other_seed "no: its files have changed since "
rm other_seed/verified.json
reported other_seed ">no<"

# ---- compare ----

run compare other_seed early --data small --show 2
check "compare" test "$code" -eq 0
check "        settings that differ" grep -qE '^lr +0.00025 +0.001$' out
check "        McNemar's p and the interval are right" python3 - out <<'PYTHON'
import math
import re
import sys
text = open(sys.argv[1], encoding="utf-8").read()
n, both, a, b, none = map(int, re.search(r"Of (\d+) test images: right by both (\d+), by A alone (\d+), by B alone (\d+), by none (\d+)", text).groups())
p = min(1, 2 * sum(math.comb(a + b, k) for k in range(min(a, b) + 1)) / 2 ** (a + b))
size, gain, loss = n + 2, b + .5, a + .5
middle = (gain - loss) / size
half = 1.959963984540054 * math.sqrt(gain + loss - (gain - loss) ** 2 / size) / size
assert n == both + a + b + none == 500 and a + b > 0
assert f"p = {p:.4g}," in text, p
assert f"difference {100 * (b - a) / n:+.2f} points, 95 % confidence {100 * (middle - half):+.2f} to {100 * (middle + half):+.2f}" in text
PYTHON
run compare nine at_once --data small --show 0
check "        the same weights" grep -q '^Weights: the same after each of 9 epochs' out
run compare nine new_moments --data small --show 0
check "        the same until epoch 6" grep -q 'from epoch 6 on they differ' out
run compare no_val no_val --data small --show 0
check "        a run and itself" grep -q '^nothing$' out
rm -rf changed && "$here/tamper.py" no_val changed numerics_contract 1
run compare no_val changed --data small --show 0
check "        of two contracts" grep -qE '^numerics contract +2 +1$' out
refused 1 "nowhere: there is no such folder" -- compare nowhere nine --data small
refused 2 "compare: B is missing" -- compare nine
refused 2 "compare: A B are missing" -- compare
refused 1 "its test images are not those of the runs" -- compare nine at_once --data "$data"

if command -v script >/dev/null; then
  script -qec "stty cols 40; $(printf %q "$program") compare nine new_moments --data small --show 0" typescript >/dev/null 2>&1
  check "        on a narrow terminal" test "$(tr -d '\r' <typescript | sed '/^Script/d; /^Weights/q' | grep -v '^Weights' | wc -L)" -le 40
  check "        its curves" grep -qE '^ +[0-9]+  +[0-9.]+ +[0-9.]+ +[0-9.]+ *.?$' typescript
fi

# ---- verified.json ----

verified no_val
check "verified.json: of the key alone" test "$(stat -c %a state/mnist_simd/verify.key)" = 600
finish
