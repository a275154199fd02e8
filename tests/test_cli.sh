#!/usr/bin/env bash
# The program as people start it: options and their errors, what a run leaves, interruption, one digest for all ISAs and
# threads. Trains on the first images of MNIST.
# Usage: test_cli.sh PROGRAM DATA_FOLDER
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
begin "$1" "$2"

run() { # ARGUMENT...
  "$program" "$@" >out 2>err
  code=$?
}

# ---- A small data set ----

"$here/small_data.sh" "$data" small 300 100
"$here/small_data.sh" "$data" ten 20 10
small=(train --data small --hidden "30,20" --batch 64 --epochs 3)

# ---- Help and version ----

run --help
check "--help" test "$code" -eq 0 -a -s out -a ! -s err
for command in train reproduce sweep report compare eval predict show export import verify kernels; do
  run $command --help
  check "$command --help" test "$code" -eq 0 -a -s out -a ! -s err
  check "$command --help: no space at the end of a line" test -z "$(grep -n ' $' out)"
  cp out help
  run $command -h
  check "$command -h" cmp out help
done
run --version
check "--version" grep -qE '^mnist_simd [0-9]+\.[0-9]+\.[0-9]+ ' out
refused 2 "unexpected argument 'extra'" -- --version extra
run kernels
check "kernels: scalar is there" grep -qE '^scalar +yes' out
check "kernels: every slot has its ISA" test "$(grep -cE " ($(sed -nE 's/^([a-z0-9]+) +(yes|no)$/\1/p' out | paste -sd '|'))\$" out)" -eq 17

# Every setting, as an error lists them, is an option with its range and default.
echo 'vary nothing 1' >nothing.txt
run sweep nothing.txt --data small
for name in seed $(sed -n "s/.*'nothing' is no setting: there are //p" err | tr -d ,); do
  "$program" train --help | sed -n "/^  --$name /,/]\$/p" >out
  check "train --help: --$name" grep -qE ', [^ ]+ (to|or) [^ ]+(, or 0 for [a-z]+)? \[[^ ]+\]$' out
done
check "train --help: more than the seed" test "$name" != seed

# ---- Wrong usage: one line, exit code 2 ----

run
check "no command" test "$code" -eq 2 -a ! -s out
refused 2 "unknown command 'tain' (did you mean 'train'?)" -- tain
refused 2 "unknown command 'evaluate', must be" -- evaluate
refused 2 "--epoks: unknown or ambiguous option (did you mean 'epochs'?)" -- train --epoks 3
refused 2 "--sede=7: unknown or ambiguous option (did you mean 'seed'?)" -- train --sede=7
refused 2 --epochs "needs a value" -- train --epochs
refused 2 "--show needs a value" -- eval model --show
refused 2 --force "takes no value" -- train --force=yes
refused 2 "unexpected argument 'x'" -- train x
refused 2 MODEL -- eval
for option in epochs batch seed val patience threads; do
  refused 2 "--$option" "'abc'" "whole number from" -- train "--$option" abc
  refused 2 "--$option" "'-1'" "whole number from" -- train "--$option" -1
  refused 2 "--$option" "'3x'" "whole number from" -- train "--$option" 3x
  refused 2 "--$option" "'99999999999999999999'" "whole number from" -- train "--$option" 99999999999999999999
done
for option in epochs batch threads hidden; do
  refused 2 "--$option" "'0'" "whole number from 1 to" -- train "--$option" 0
done
for option in lr dropout l1 l2 maxnorm min-delta; do
  for value in abc -1 1e9 nan inf 0.1x ''; do
    refused 2 "--$option" "'$value'" "number from" -- train "--$option" "$value"
  done
done
refused 2 --lr "'0'" -- train --lr 0
refused 2 --maxnorm "'1e-7' is not a number from 1e-06 to 1e+06, or 0 for none" -- train --maxnorm 1e-7
refused 2 --dropout "'1'" "0 to 0.99" -- train --dropout 0.5,1
refused 2 "--hidden ,:" "entry 1 of this list is empty" -- train --hidden ,
refused 2 "--hidden 10,:" "entry 2 of this list is empty" -- train --hidden 10,
refused 2 "--dropout 0.1,,0.2:" "entry 2 of this list is empty" -- train --dropout 0.1,,0.2
refused 2 --hidden "'' is not a whole number" -- train --hidden ''
refused 2 "-x: unknown" -- train -x
refused 2 "-xyz: unknown" -- train -xyz
for index in -1 -12 -1,2; do
  refused 2 INDEX "'$index'" "whole number from 0" -- show test $index --data small
done
refused 2 INDEX "'99' is not a whole number from 0 to 9" -- show test 99 --data ten
refused 2 "--threads" "'-1'" -- show test --threads -1 1

# No control character comes through, whoever gave the name: ESC, a newline, C1 in UTF-8.
bad=$'a\e[31m\nb\u009b' shown='a?[31m?b?'
plain() {
  [ "$(LC_ALL=C tr -d '\n\40-\176\200-\377' <err | wc -c)" -eq 0 ] && ! LC_ALL=C grep -q $'\xc2[\x80-\x9f]' err
}
while read -r line; do
  read -ra words <<<"$line"
  run "${words[@]//BAD/$bad}"
  check "control characters: $line" test "$code" -ne 0
  check "        one line, which shows them as ?" one_line "$shown"
  check "        and holds none" plain
done <<'CASES'
BAD
--version BAD
train BAD
train --BAD
train --lr BAD
train --hidden BAD
train --isa BAD
train --preset BAD
train --data BAD
train --resume BAD
eval BAD
report BAD --data small
sweep BAD
sweep BAD/x --out BAD
show BAD 1
show test BAD --data small
CASES
refused 2 --dropout "has 3 values for 2 hidden layers: give one" -- train --dropout 0.1,0.2,0.3
refused 2 --l1 "has 2 values for 3 hidden layers: give one" -- train --hidden 3,3,3 --l1 0,0
refused 2 "--dropout 0.5" "no hidden layer" -- train --hidden none --dropout 0.5
refused 2 --hidden "more than 64" -- train --hidden "$(printf '1,%.0s' $(seq 64))1"
refused 2 --preset "'worst': unknown, must" unregularised -- train --preset worst
refused 2 "--preset 'Fnal': unknown (did you mean 'final'?)" -- train --preset Fnal
refused 2 "isa 'scaler': unknown (did you mean 'scalar'?)" -- train --isa scaler
refused 2 --monitor "'loss'" val_loss -- train --monitor loss
refused 2 isa "'sse'" "scalar" -- train --isa sse
other=neon
! "$program" kernels | grep -q '^neon ' || other=avx2
refused 1 "isa $other: not for this processor" "scalar" -- kernels --isa "$other"
refused 2 --patience --val -- train --patience 3
refused 2 --val "300 validation images of the 300 training images" "at most 299" -- train --data small --val 300
refused 2 --out -- train --out ''
refused 2 --data "names no folder" -- train --data ''
refused 2 isa "''" -- kernels --isa ''
refused 2 "'' names no file or folder" -- eval ''
refused 2 "'' names no file or folder" -- sweep ''
MNIST_SIMD_ISA=sse refused 2 MNIST_SIMD_ISA "'sse'" -- kernels
refused 2 --epochs "goes with --full" -- verify --epochs 3

# ---- Data and models that are not there or not right: one line, exit code 1 ----

refused 1 "data/mnist" "ci/get_data.sh" -- train
refused 1 "nowhere" "ci/get_data.sh" -- train --data nowhere
MNIST_SIMD_DATA=nowhere refused 1 "nowhere" "ci/get_data.sh" -- train
mkdir cut
cp small/* cut
truncate -s -1 cut/train-images-idx3-ubyte
refused 1 "cut/train-images-idx3-ubyte" "the header says uint8 (300, 28, 28)" -- train --data cut
refused 1 "nothing.safetensors" -- eval nothing.safetensors --data small
refused 1 "small/model.safetensors" -- eval small --data small
refused 1 "not a safetensors file" -- eval small/t10k-images-idx3-ubyte --data small
refused 1 "small/train-labels-idx1-ubyte/run: the folder cannot be made" "small/train-labels-idx1-ubyte is a file" -- "${small[@]}" --out small/train-labels-idx1-ubyte/run

# ---- A run and what it leaves ----

run "${small[@]}" --val 50 --seed 7
folder=runs/final-seed7-epochs3-batch64-hidden30_20-val50 # what differs from the preset
check "run" test "$code" -eq 0 -a ! -s err
check "run: a line per epoch" test "$(grep -cE '^epoch [1-3]/3  loss ' out)" -eq 3
check "run: no escape codes without a terminal" test -z "$(tr -cd '\033\r' <out)"
check "run: names its folder" grep -qF "Saved in $folder" out
check "run: four files" test "$(cd $folder && echo *)" = "metrics.csv model.safetensors run.json times.csv"
check "metrics.csv: header" grep -qx 'epoch,train_loss,train_accuracy,val_loss,val_accuracy,weights_sha256' $folder/metrics.csv
check "metrics.csv: a row per epoch" test "$(grep -cE '^[1-3],[0-9.]+,0\.[0-9]+,[0-9.]+,0\.[0-9]+,[0-9a-f]{64}$' $folder/metrics.csv)" -eq 3
check "times.csv: a row per epoch" test "$(head -n 1 $folder/times.csv)" = epoch,seconds -a "$(grep -cE '^[1-3],[0-9.]+$' $folder/times.csv)" -eq 3
for key in '"seed": 7' '"isa": "[a-z0-9]+"' '"threads": [0-9]+' '"epochs_run": 3' '"best_epoch": [1-3]' '"config": \{' \
  '"train": \{' '"val": \{' '"test": \{' '"weights_sha256": "[0-9a-f]{64}"' '"epoch_seconds_median": [0-9.]+' \
  '"elapsed_s": [0-9.]+' '"status": "finished"' '"numerics_contract": [0-9]+'; do
  check "run.json: $key" grep -qE "$key" $folder/run.json
done
check "run.json: accuracy, errors, F1 of test" test "$(sed -n '/"test": {/,/}/p' $folder/run.json |
  grep -cE '"(accuracy|errors|macro_f1)": [0-9.]+')" -eq 3
digest=$(sed -n 's/.*"weights_sha256": "\(.*\)".*/\1/p' $folder/run.json)
check "run: prints the digest" grep -qF "$digest" out

run train --preset best --data small --hidden 5 --epochs 1 --out best
check "plan: schedule and input dropout" grep -q 'schedule cosine, input dropout 0.2' out
check "plan: hidden layers" grep -qx 'hidden 1  units 5, dropout 0.5, MaxNorm 3' out
check "run.json: settings by the names of the options" test "$(grep -cE '^    "(lr|val|input-dropout|min-delta)": [0-9.]+,$' best/run.json)" -eq 4

run eval $folder --data small
check "eval of the folder: same digest" grep -qF "$digest" out
errors=$(sed -n '/"test": {/,/}/p' $folder/run.json | sed -n 's/.*"errors": \([0-9]*\).*/\1/p')
check "eval of the folder: same errors" grep -qF "$errors of 100 misclassified" out
run eval $folder/model.safetensors --data small
check "eval of the file" grep -qF "$digest" out
run eval $folder
check "eval without data" test "$code" -eq 1

run train --data small --hidden 9 --l2 1e-3 --epochs 1
check "the name of another number of layers" test -d runs/final-seed42-epochs1-hidden9-l2_0.001
for layers in 50 60; do
  run train --data small --hidden "$(printf '3,%.0s' $(seq $layers))3" --epochs 1 --batch 256
done
check "the name of many settings is cut, and still one of its own" test \
  "$(cd runs && ls -d final-seed42-epochs1-batch256-hidden3_3_* | awk 'length == 81' | wc -l)" -eq 2

sha256sum $folder/* >before
refused 1 "$folder" --force --out -- "${small[@]}" --val 50 --seed 7
check "an existing run is left as it was" sha256sum --quiet -c before
run "${small[@]}" --val 50 --seed 7 --epochs 1 --force --out $folder
check "--force overwrites it" test "$code" -eq 0 -a "$(wc -l <$folder/metrics.csv)" -eq 2
head -c 3000 $folder/model.safetensors >cut/model.safetensors
refused 1 "cut/model.safetensors: cut off: tensor dense1.weight" -- eval cut --data small
mkdir narrow
cp small/* narrow
# 392 columns of 2 rows are as many pixels, 391 are not: the header and the file must agree, and the model must fit.
for name in train-images-idx3-ubyte t10k-images-idx3-ubyte; do
  n=$([ $name = train-images-idx3-ubyte ] && echo 300 || echo 100)
  { head -c 8 small/$name; printf '\0\0\0\2\0\0\0\12'; tail -c +17 small/$name | head -c $((20 * n)); } >narrow/$name
done
refused 1 "$folder on narrow: " "784 inputs" "2 x 10" -- eval $folder --data narrow --other-data
if [ -w /dev/full ]; then
  "$program" "${small[@]}" --out full >/dev/full 2>err
  check "standard output on a full disk" test $? -eq 1 -a -s err
fi

# ---- A model and data that do not belong together ----

"$here/small_data.sh" "$data" inverted 300 100 inverted
"$program" "${small[@]}" --out belongs >/dev/null
value() { # NAME, of a digest in run.json
  sed -n "s/^  \"$1\": \"\(.\{16\}\).*/\1.../p" "$2/run.json"
}
"$program" train --data inverted --hidden 5 --epochs 1 --out other >/dev/null
refused 1 "belongs was trained on other data (SHA-256 of the test images $(value test_sha256 belongs), inverted has $(value test_sha256 other))" \
  "--data" "--other-data" -- eval belongs --data inverted
check "        nothing else is printed" test ! -s out
for part in test train; do
  refused 1 "belongs/model.safetensors was trained on other data" -- show $part 3 --data inverted --model belongs/model.safetensors
  run show $part 3 --data small --model belongs
  check "show $part: its own data" test "$code" -eq 0 -a ! -s err -a -z "$(grep 'not the data' out)"
  run show $part 3 --data inverted --model belongs --other-data
  check "show $part --other-data: says so first" test "$code" -eq 0 -a "$(head -n 1 out)" = "inverted: not the data that the model was trained on"
done
run show inverted/t10k-images-idx3-ubyte 3 --model belongs
check "show: a file is any data" test "$code" -eq 0
run eval belongs --data inverted --other-data
check "eval --other-data: says so in its head" test "$code" -eq 0 -a "$(sed -n 3p out)" = "          not the data that the model was trained on"
run eval belongs --data small --other-data
check "eval --other-data: but not of the model's own data" test "$code" -eq 0 -a -z "$(grep 'not the data' out)"
mkdir longer only
cp small/train-* longer && cp inverted/t10k-* longer
refused 1 "SHA-256 of the test images $(value test_sha256 belongs), longer has $(value test_sha256 other)" -- eval belongs --data longer
cp inverted/t10k-* only
refused 1 "SHA-256 of the test images $(value test_sha256 belongs), only has $(value test_sha256 other)" -- eval belongs --data only
cp small/t10k-* only
run eval belongs --data only
check "eval: its test images alone" test "$code" -eq 0
LC_ALL=C sed 's/"test_sha256"/"best_sha256"/' belongs/model.safetensors >untested.safetensors
refused 1 "was perhaps trained on other data (SHA-256 of the training images $(value data_sha256 belongs), only has none)" -- eval untested.safetensors --data only
LC_ALL=C sed 's/"data_sha256"/"date_sha256"/' untested.safetensors >unknown.safetensors
run eval unknown.safetensors --data inverted
check "eval: a model that knows nothing of its data" test "$code" -eq 0

# ---- One digest ----

isas=$("$program" kernels | sed -n 's/^\([a-z0-9]*\) *yes$/\1/p')
for isa in $isas; do
  for threads in 1 2 3 7; do
    run "${small[@]}" --val 50 --seed 7 --isa "$isa" --threads $threads --out one --force
    check "digest with $isa, $threads threads" grep -qF "$digest" out
  done
done
run train --data small --hidden 5 --dropout 0 --epochs 1 --threads 1 --out singular
check "one epoch, one thread: in the singular" test -z "$(grep -E '\b1 (epochs|threads)\b' out)" -a "$code" -eq 0
MNIST_SIMD_ISA=scalar run "${small[@]}" --val 50 --seed 7 --out one --force
check "MNIST_SIMD_ISA" grep -q 'kernels scalar' out
cp one/metrics.csv .
run "${small[@]}" --val 50 --seed 7 --threads 3 --out one --force
check "metrics.csv is the same on another ISA, byte for byte" cmp metrics.csv one/metrics.csv
run "${small[@]}" --val 50 --seed 8 --out one --force
check "another seed, another digest" test "$code" -eq 0 -a -z "$(grep -F "$digest" out)"

# ---- Interruption ----

# Starts a long run in the background, waits for a line of its output, sends a signal, waits for its end.
interrupt() { # SIGNAL PATTERN ARGUMENT...
  local signal=$1 pattern=$2
  shift 2
  : >out
  "$program" "$@" >out 2>err &
  local pid=$!
  for _ in $(seq 200); do
    grep -q "$pattern" out && break
    sleep 0.05
  done
  kill "-$signal" $pid
  wait $pid
  code=$?
}
# Background jobs of a script ignore SIGINT, and so would the program: SIGINT is sent from a shell with job control.
set -m
interrupt INT '^epoch 1/' train --data small --hidden 200,100 --epochs 100000 --out stopped
check "Ctrl-C: exit code 130" test $code -eq 130
check "Ctrl-C: says where and what was kept" grep -qE '^Kept: the model of epoch [0-9]+' out
check "Ctrl-C: run.json says interrupted" grep -q '"status": "interrupted"' stopped/run.json
run eval stopped --data small
check "Ctrl-C: the model can be evaluated" test "$code" -eq 0
interrupt TERM '^output ' train --data "$data" --hidden 300,100 --threads 1 --isa scalar --out early
check "terminated in the first epoch: exit code 143" test $code -eq 143
check "terminated in the first epoch: says that there is no model" grep -q 'there is no model yet' out
check "terminated in the first epoch: says how to go on" grep -q 'mnist_simd train --resume early' out
check "terminated in the first epoch: keeps a checkpoint" test "$(cd early && echo *)" = checkpoint-0.safetensors
rm -r early
run train --data small --hidden 20 --dropout 0.5 --epochs 1 --out early
cp early/model.safetensors early.safetensors
interrupt TERM '^output ' train --data "$data" --hidden 300,100 --threads 1 --isa scalar --out early --force
check "terminated in the first epoch of --force: exit code 143" test $code -eq 143
check "terminated in the first epoch of --force: the earlier run stays" cmp early.safetensors early/model.safetensors
check "terminated in the first epoch of --force: its summary too" test -e early/run.json
set +m

# ---- On a terminal ----

if command -v script >/dev/null; then
  # A terminal of so many columns, into which a command of sh writes; out then has its lines, also those that were replaced.
  on_terminal() { # COLUMNS COMMAND
    COLUMNS=50 TERM=xterm script -qec "stty cols $1; PATH=$(printf %q "$(dirname "$program")"):\$PATH; $2" typescript >/dev/null 2>&1
    sed 's/\r$//; s/\x1b\[J//g' typescript | tr '\r' '\n' >out
  }
  longest() { # PATTERN
    grep -E "$1" out | awk '{ if (length > n) n = length } END { print n + 0 }'
  }
  slow="mnist_simd train --data small --hidden 400,400 --dropout 0.5 --val 50 --out live --force"
  on_terminal 110 "timeout --foreground 3 $slow --epochs 100000"
  check "terminal: a live line with a bar and the time left" grep -qE '\[#*\.*\] loss .* images/s ETA [0-9]+:[0-9]{2}' out
  check "terminal: the time left waits until it means something" test -z "$(grep -F '[' out | head -n 1 | grep ETA)"
  check "terminal: the live line is erased" grep -q $'\r\033\\[J' typescript
  for width in 40 60 80; do
    on_terminal $width "$slow --epochs 5"
    check "terminal of $width columns: no line of progress is broken" test "$(longest '^epoch')" -le $width -a "$(grep -c '^epoch' out)" -ge 5
    check "terminal of $width columns: nor one of the plan" test "$(longest '^(mnist_simd|data|train|hidden|    )')" -le $width
  done
  check "terminal of 80 columns: the headline comes last" grep -qE '^Test accuracy .*misclassified' <(tail -n 6 out)
  check "terminal of 80 columns: the matrix of ten classes" test "$(longest '^    9 ')" -eq 66
  on_terminal 40 "mnist_simd eval live --data small"
  check "terminal of 40 columns: the largest confusions instead" grep -qF '(the matrix needs 66 columns)' out
  awk 'NF == 11 { for (c = 2; c <= 11; ++c) if ($c != "." && c - 2 != $1) print $1, c - 2, $c }' \
    <("$program" eval live --data small | sed -n '/^Confusion matrix/,/^$/p' | tail -n +3) | sort -k3,3nr -k1,1n -k2,2n | head -n 20 >want
  check "terminal of 40 columns: in their order" cmp want <(sed -n '/^ class  predicted/,/^$/p' out | awk 'NF == 3 && $1 != "class" { print $1, $2, $3 }')
  on_terminal 0 "$slow --epochs 5"
  check "terminal of unknown width: that of COLUMNS" test "$(longest '^epoch')" -le 50 -a "$(longest '^epoch')" -gt 40
  rm -r live
  on_terminal 110 "(until [ -e live/metrics.csv ]; do sleep 0.01; done; stty cols 40 </dev/tty) & $slow --epochs 100"
  check "terminal that becomes narrower: the lines too" test "$(longest '^epoch +1/')" -gt 80 -a "$(longest '^epoch 100/')" -le 40
  for command in train report verify compare; do
    on_terminal 80 "mnist_simd $command --help"
    check "terminal: $command --help fits" test "$(grep -v '^Script' out | wc -L)" -le 80
  done
  on_terminal 80 "mnist_simd verify --data $(printf %q "$data") --isa scalar --threads 1"
  check "terminal: verify shows that it works" grep -qE '^short, scalar, 1: epoch 1/' out
fi

finish
