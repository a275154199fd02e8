#!/usr/bin/env bash
# mnist_simd sweep: runs are done once, whatever interrupts them, and come out the same whoever does them; the test images are
# not read.
# Usage: test_sweep.sh PROGRAM DATA_FOLDER SWEEPS_FOLDER
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
sweeps=$(realpath "$3")
clean_up() {
  umount "$work/disk" 2>/dev/null
}
begin "$1" "$2"

run() { # ARGUMENT...
  "$program" sweep --threads 1 "$@" >out 2>err
  code=$?
}

# ---- 600 training images; of the test files, one is missing and one is no IDX file ----

mkdir small
{
  head -c 4 "$data/train-images-idx3-ubyte"
  printf '\0\0\2\130'
  tail -c +9 "$data/train-images-idx3-ubyte" | head -c $((8 + 784 * 600))
} >small/train-images-idx3-ubyte
{
  head -c 4 "$data/train-labels-idx1-ubyte"
  printf '\0\0\2\130'
  tail -c +9 "$data/train-labels-idx1-ubyte" | head -c 600
} >small/train-labels-idx1-ubyte
echo garbage >small/t10k-labels-idx1-ubyte

# 13 points, of which one is the base's again; 2 seeds: 24 runs.
cat >small.txt <<'EOF'
preset unregularised
set hidden 30,20
set batch 64
set epochs 4
set val 200
seeds 1 2
mode one-at-a-time
vary lr 1e-4 2.5e-4 1e-3 1e-2
vary l1 1e-6 10
vary dropout:1 0.1 0.5
vary epochs/patience 8/1 16/2
vary hidden none 20
EOF

run small.txt --data small --out whole
check "a sweep" test "$code" -eq 0 -a ! -s err
check "a sweep: a line for each run" test "$(lines whole/results.jsonl)" -eq 24 -a "$(lines whole/times.jsonl)" -eq 24
check "a sweep: its file is kept" cmp small.txt whole/sweep.txt
check "a sweep: each run once" no_doubles whole/results.jsonl
check "a sweep: no escape codes without a terminal" test -z "$(tr -cd '\033\r' <out)"
check "a sweep: the table" grep -qE '^ +1 +[0-9.]+ % +[0-9.]+ +[0-9.]+ % ' out
check "a sweep: one step back" grep -qE '^lr +1e-[23] +[0-9.]+ % +\+[0-9.]+ +1e-[23]$' out
check "results hold no times" test -z "$(grep -E 'seconds|isa|threads|cpu' whole/results.jsonl)"
check "the test files were not read" test ! -e small/t10k-images-idx3-ubyte

# What train says of one of these runs, on the same images.
cp -r small full
for kind in images-idx3 labels-idx1; do cp "small/train-$kind-ubyte" "full/t10k-$kind-ubyte"; done
"$program" train --preset unregularised --hidden 30,20 --batch 64 --epochs 4 --val 200 --seed 2 --lr 1e-3 --data full --out one >out 2>err
digest=$(sed -n 's/.*"weights_sha256": "\(.*\)".*/\1/p' one/run.json)
check "the same weights as by train" grep -q "\"seed\":\"2\".*\"lr\":\"0.001\",.*\"epochs_run\":4,.*$digest" whole/results.jsonl
accuracy=$(sed -n '/"val": {/,/}/s/.*"accuracy": \([0-9.]*\).*/\1/p' one/run.json)
check "the same validation accuracy" grep -q "\"val\":{\"accuracy\":$accuracy,.*$digest" whole/results.jsonl

run small.txt --data nowhere --out whole
check "a finished sweep: the table again, without data" test "$code" -eq 0 -a "$(grep -c 'By validation accuracy' out)" -eq 1
run whole --list
check "--list of a folder" test "$code" -eq 0 -a "$(grep -cE ' [0-9.]+ % ' out)" -ge 20
run small.txt --list --out nothing-here
check "--list before the first run" test "$code" -eq 0 -a "$(grep -c ' to do ' out)" -eq 24 -a ! -e nothing-here

# ---- Bits ----

isas=$("$program" kernels | sed -n 's/^\([a-z0-9]*\) *yes$/\1/p')
for isa in $isas; do
  run small.txt --data small --out "isa-$isa" --isa "$isa" --threads 3
  check "the same results by $isa on three threads" cmp whole/results.jsonl "isa-$isa/results.jsonl"
done

# ---- Shards ----

for k in 1 2 3; do
  run small.txt --data small --out shards --shard $k/3 --threads 1
  check "shard $k of 3" test "$code" -eq 0 -a "$(lines shards/results-$k-of-3.jsonl)" -eq 8
  [ $k -eq 1 ] && run small.txt --out shards --merge && check "merging too early" test "$code" -eq 1
  [ $k -eq 1 ] && check "merging too early: how many are missing" one_line "16 runs are missing"
done
run small.txt --out shards --merge
check "merged" test "$code" -eq 0
check "merged: the results of one process" cmp whole/results.jsonl shards/results.jsonl
check "merged: the times of all" test "$(lines shards/times.jsonl)" -eq 24
run shards --merge
check "merged again: the same" cmp whole/results.jsonl shards/results.jsonl
run small.txt --data small --out mixed --shard 2/2
run small.txt --data small --out mixed
check "one process takes over what a shard did" test "$code" -eq 0 -a "$(grep -c '^.*: val ' out)" -lt 13
check "and ends with the same results" cmp whole/results.jsonl mixed/results.jsonl
SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_COUNT=2 \
  OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=3 run small.txt --data small --out variables
check "the part by variables, told in the first line" grep -qx \
  'shard     5 of 6, by SLURM_ARRAY_TASK_ID and OMPI_COMM_WORLD_RANK: 4 of 24 runs' <(head -n 1 out)
check "the part by variables: its file" test "$(lines variables/results-5-of-6.jsonl)" -eq 4

# ---- Interruption ----

# Starts it, waits until so many runs are done, sends the signal.
interrupt() { # SIGNAL RUNS RESULTS ARGUMENT...
  local signal=$1 runs=$2 results=$3
  shift 3
  "$program" sweep "$@" >out 2>err &
  local pid=$!
  while [ "$(cat "$results" 2>/dev/null | wc -l)" -lt "$runs" ] && kill -0 $pid 2>/dev/null; do
    sleep 0.01
  done
  kill "-$signal" $pid 2>/dev/null
  wait $pid 2>/dev/null
  code=$?
}

# Slower runs, so that a signal comes in the middle.
sed 's/^set epochs 4/set epochs 60/' small.txt >slow.txt
run slow.txt --data small --out slow-whole
set -m
interrupt TERM 2 stopped/results.jsonl slow.txt --data small --out stopped --isa scalar --threads 1
check "terminated: exit code 143" test $code -eq 143
check "terminated: says how to go on" grep -q 'The same command goes on' out
n=$(lines stopped/results.jsonl)
check "terminated: in the middle" test "$n" -ge 2 -a "$n" -lt 24
interrupt INT $((n + 2)) stopped/results.jsonl slow.txt --data small --out stopped --isa scalar --threads 1
check "interrupted again: exit code 130" test $code -eq 130
run slow.txt --data small --out stopped
check "gone on: the same results as uninterrupted" cmp slow-whole/results.jsonl stopped/results.jsonl
check "gone on: only what was missing" test "$(grep -cE ', seed [12]: (val|failed)' out)" -lt $((24 - n))

interrupt KILL 3 killed/results-1-of-2.jsonl slow.txt --data small --out killed --shard 1/2 --isa scalar --threads 1
check "killed: exit code 137" test $code -eq 137
n=$(lines killed/results-1-of-2.jsonl)
check "killed: in the middle" test "$n" -ge 3 -a "$n" -lt 12
cp killed/results-1-of-2.jsonl before
run slow.txt --data small --out killed --shard 1/2
check "killed, gone on" test "$code" -eq 0
check "killed, gone on: what was there is as it was" cmp -n "$(stat -c %s before)" before killed/results-1-of-2.jsonl
check "killed, gone on: nothing twice" no_doubles killed/results-1-of-2.jsonl
check "killed, gone on: just the others were run" test "$(grep -cE ', seed [12]: (val|failed)' out)" -eq $((12 - n))
run slow.txt --data small --out killed --shard 2/2
run killed --merge
check "killed, merged: the results of one process" cmp slow-whole/results.jsonl killed/results.jsonl

# A run that takes long is itself gone on with.
printf 'preset final\nset hidden 200,50\nset batch 50\nset epochs 300\nset val 200\n' >long.txt
"$program" sweep long.txt --data small --out long-whole >out 2>err &
pid=$!
while ! compgen -G 'long-whole/unfinished-*/checkpoint-0.safetensors' >/dev/null && kill -0 $pid 2>/dev/null; do sleep 0.01; done
kill -USR1 $pid
wait $pid
check "a checkpoint, as a signal asked" test $? -eq 0 -a "$(grep -c '^checkpoint written, as a signal asked: epoch' out)" -eq 1
for signal in TERM KILL; do
  "$program" sweep long.txt --data small --out long --isa scalar --threads 1 >out 2>err &
  pid=$!
  for _ in $(seq 1000); do
    compgen -G 'long/unfinished-*/checkpoint-1.safetensors' >/dev/null && break
    sleep 0.01
  done
  kill -$signal $pid
  wait $pid 2>/dev/null
  check "a long run, $signal: not done" test ! -s long/results.jsonl
  check "a long run, $signal: its checkpoints stay" test -n "$(compgen -G 'long/unfinished-*/checkpoint-?.safetensors')"
  cp -r long "long-$signal"
  run long.txt --data small --out "long-$signal"
  check "a long run, $signal: goes on" grep -qE '^base, seed 42: goes on in epoch [1-9][0-9]*, after step [0-9]+$' out
  check "a long run, $signal: the same result" cmp long-whole/results.jsonl "long-$signal/results.jsonl"
  check "a long run, $signal: no checkpoint is left" test -z "$(compgen -G "long-$signal/unfinished-*")"
done
# Damaged, or of other images: told, and begun anew.
cp -r long long-damaged
for file in long-damaged/unfinished-*/checkpoint-?.safetensors; do truncate -s -1 "$file"; done
run long.txt --data small --out long-damaged
check "damaged checkpoints: told" grep -q 'checkpoint-[01].safetensors: ' err
check "damaged checkpoints: the same result" cmp long-whole/results.jsonl long-damaged/results.jsonl
cp -r small relabelled
tail -c +9 small/train-labels-idx1-ubyte | tr '\0\1' '\1\0' >labels
{ head -c 8 small/train-labels-idx1-ubyte; cat labels; } >relabelled/train-labels-idx1-ubyte
cp -r long other-images
: >err
"$program" sweep long.txt --data relabelled --out other-images --isa scalar --threads 1 >out 2>err &
pid=$!
while ! grep -q 'begins anew' err && kill -0 $pid 2>/dev/null; do sleep 0.01; done
sleep 0.1
kill -TERM $pid
wait $pid
run long.txt --data relabelled --out other-images
check "begun anew over other images, stopped: goes on with its own" grep -q 'goes on in epoch' out
check "begun anew over other images, stopped: nothing to tell" test ! -s err
run long.txt --data relabelled --out long
check "a checkpoint of other images: told, not used" grep -q 'its checkpoint is of other settings or images: the run begins anew' err
check "a checkpoint of other images: another result" test "$code" -eq 0 -a -s long/results.jsonl -a "$(cmp -s long-whole/results.jsonl long/results.jsonl; echo $?)" -eq 1
check "begun anew over other images, stopped: the same result" cmp long/results.jsonl other-images/results.jsonl
set +m

# A line that was cut off when its process was killed.
mkdir torn
head -n 5 whole/results.jsonl >torn/results.jsonl
sed -n 6p whole/results.jsonl | head -c 200 >>torn/results.jsonl
head -c 150 whole/times.jsonl >torn/times.jsonl
run small.txt --list --out torn
check "an unfinished line: left out" grep -qx '24 runs, 19 to do' out
run small.txt --data small --out torn
check "an unfinished line: its run is done again" cmp whole/results.jsonl torn/results.jsonl

# ---- A changed file ----

sed 's/^seeds 1 2/seeds 2 3/; s/^vary l1.*/vary l2 1e-3/' small.txt >changed.txt
run changed.txt --data small --out changed-whole
cp -r whole changed
run changed.txt --data small --out changed
check "a changed file: what matches is kept" test "$code" -eq 0 -a "$(grep -cE ', seed [23]: (val|failed)' out)" -eq 12
check "a changed file: the results of the new one first" cmp -n "$(stat -c %s changed-whole/results.jsonl)" \
  changed-whole/results.jsonl changed/results.jsonl
check "a changed file: nothing is lost" test "$(lines changed/results.jsonl)" -eq 36

# ---- Failed runs ----

# Twenty layers whose weights move by 10 a step: the logits soon go beyond what a float holds.
cat >fail.txt <<EOF
preset unregularised
set hidden $(printf '100,%.0s' $(seq 19))100
set batch 64
set epochs 2
set val 200
mode grid
vary lr 1e-3 10
vary dropout:20 0 0.1
EOF
run fail.txt --data small --out fail
check "runs that fail: the others go on" test "$code" -eq 0 -a "$(lines fail/results.jsonl)" -eq 4
check "runs that fail: recorded with their message" test \
  "$(grep -c '"status":"failed","message":"epoch 1, step [0-9]*: the loss is not finite: [^"]*"}$' fail/results.jsonl)" -eq 2
check "runs that fail: told" grep -q '^lr 10, dropout:20 0.1, seed 42: epoch 1, step' out
check "runs that fail: counted" grep -q '^4 of 4 runs done, 2 of them failed' out
run fail.txt --data small --out fail
check "runs that fail: not tried again" test "$code" -eq 0 -a -z "$(grep ': failed: ' out)"

# ---- Refused ----

refused 2 FILE --
refused 1 nothing.txt "there is no such file" "name a sweep file" -- nothing.txt
printf 'preset unregularised\nset epochs 0\n' >wrong.txt
refused 2 "wrong.txt:2: epochs" "'0'" -- wrong.txt
printf 'preset final\nset epoks 3\nvery l1 0 1e-6\n' >typed.txt
run typed.txt
check "all that is wrong in a file: a line each" test "$code" -eq 2 -a "$(lines err)" -eq 2
check "all that is wrong in a file: what was meant" grep -qF "typed.txt:2: 'epoks' is no setting (did you mean 'epochs'?)" err
check "all that is wrong in a file: of lines too" grep -qF "typed.txt:3: 'very' (did you mean 'vary'?)" err
refused 2 "shard" "'3/2'" -- small.txt --shard 3/2
refused 2 "shard" "'0/2'" -- small.txt --shard 0/2
refused 2 "shard" "'1'" -- small.txt --shard 1
refused 2 "--merge" "--shard" -- small.txt --merge --shard 1/2
refused 1 "no-such" "nothing to merge" -- small.txt --merge --out no-such
PMI_RANK=4 PMI_SIZE=4 refused 2 PMI_RANK PMI_SIZE -- small.txt --data small
refused 2 "val is 10000" "1 to 599" -- "$sweeps/section2.txt" --data small --out big
mkdir other
cp small/* other
printf '\7' | dd of=other/train-labels-idx1-ubyte bs=1 seek=100 conv=notrunc 2>/dev/null
cp -r shards partial
rm partial/results.jsonl partial/results-1-of-3.jsonl
refused 1 "other training data" --out -- small.txt --data other --out partial
cp -r shards broken
sed -i '2s/"accuracy":0\.[0-9]*/"accuracy":0.5/' broken/results-2-of-3.jsonl
refused 1 "results-2-of-3.jsonl:2" "results.jsonl:" "different results of one run" -- broken --merge
cp -r shards rubbish
sed -i '3s/.*/{"id": 3}/' rubbish/results-3-of-3.jsonl
refused 1 "results-3-of-3.jsonl:3" -- rubbish --list
mkdir disk
if mount -t tmpfs -o size=16k none disk 2>/dev/null; then
  run small.txt --data small --out disk
  check "a full disk, at a checkpoint" test "$code" -eq 1
  check "a full disk, at a checkpoint: told in one line, no other run is tried" one_line "checkpoint-0.safetensors" "No space left"
  rm -rf disk/*
  sed 's/^set epochs 4/set epochs 1/; /^vary epochs/d' small.txt >no-checkpoints.txt # none within a single short epoch
  run no-checkpoints.txt --data small --out disk
  check "a full disk" test "$code" -eq 1
  check "a full disk: told in one line" one_line "results.jsonl" "No space left"
  check "a full disk: whole lines alone" test "$(tail -c 1 disk/results.jsonl | od -An -tx1)" = ' 0a'
else
  echo "skipped a full disk: a file system cannot be mounted here"
fi

# What takes away its folder, or a file of it, once two runs are done: results are not written to where nobody finds them.
taken() { # FROM TO
  "$program" sweep slow.txt --data small --out "${1%%/*}" --shard 1/2 --isa scalar --threads 1 >out 2>err &
  local pid=$!
  while [ "$(lines "${1%%/*}/results-1-of-2.jsonl")" -lt 2 ] && kill -0 $pid 2>/dev/null; do sleep 0.01; done
  mv "$1" "$2"
  wait $pid
  code=$?
}
taken robbed/results-1-of-2.jsonl robbed.jsonl
check "its results are taken away: exit code 1" test $code -eq 1
check "its results are taken away: told" one_line robbed/results-1-of-2.jsonl "was removed or replaced" "start the sweep again"
taken moved moved-away
check "its folder is taken away: exit code 1" test $code -eq 1
check "its folder is taken away: told" one_line moved/ # of a checkpoint, or of the results
check "its folder is taken away: whole lines alone" test "$(tail -c 1 moved-away/results-1-of-2.jsonl | od -An -tx1)" = ' 0a'

# Somebody's files of these names are left as they are.
mkdir foreign
printf '[{"experiment":1}]' >foreign/results.jsonl
refused 1 foreign/results.jsonl "left as it is" --out -- small.txt --data small --out foreign
check "somebody's results.jsonl" test "$(cat foreign/results.jsonl)" = '[{"experiment":1}]'
rm foreign/*
printf 'precious' >victim
ln -s ../victim foreign/times.jsonl
refused 1 foreign/times.jsonl -- small.txt --data small --out foreign
check "what a link leads to" test "$(cat victim)" = precious
rm foreign/*
echo 'notes of last week' >foreign/sweep.txt
refused 1 foreign/sweep.txt "left as it is" --out -- small.txt --data small --out foreign
check "somebody's sweep.txt" grep -qx 'notes of last week' foreign/sweep.txt

# Two processes on the same results.
"$program" sweep slow.txt --data small --out twice --isa scalar --threads 1 >/dev/null 2>&1 &
pid=$!
for _ in $(seq 500); do [ -s twice/results.jsonl ] && break; sleep 0.01; done
refused 1 "process $pid is at work" -- slow.txt --data small --out twice
run twice --list
check "--list beside it" test "$code" -eq 0
kill $pid
wait $pid

# ---- Files that ship ----

for file in "$sweeps"/*.txt; do
  run "$file" --list
  check "$(basename "$file") is legal" test "$code" -eq 0 -a "$(grep -c ' to do ' out)" -ge 10
done

# ---- On a terminal ----

if command -v script >/dev/null; then
  TERM=xterm script -qec "$(printf %q "$program") sweep slow.txt --data small --out live --threads 1" typescript >/dev/null 2>&1
  check "terminal: a live line" grep -qE '[0-9]+/24 done, best [0-9.]+ %, ETA [0-9]+:[0-9]{2} \| epoch' typescript
  check "terminal: the live line is erased" grep -q $'\r\033\\[J' typescript
fi

finish
