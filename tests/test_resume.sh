#!/usr/bin/env bash
# Checkpoints: runs that are killed at random moments, some several times, and gone on with on other ISAs and numbers of threads
# end with the files of a run that was never stopped. Also: signals, what is refused, the lock, a damaged checkpoint.
# Usage: test_resume.sh PROGRAM DATA_FOLDER [N_KILLED_RUNS [SEED]]
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
begin "$1" "$2"
n_runs=${3:-8}
RANDOM=${4:-$$}
echo "random numbers from seed ${4:-$$}"

run() { # ARGUMENT...
  "$program" train --data small "$@" >out 2>err
  code=$?
}

# What a run has left, but for how it went: times, ISA, threads.
same_files() { # FOLDER
  [ "$(cd "$1" && echo *)" = "metrics.csv model.safetensors run.json times.csv" ] &&
    cmp whole/model.safetensors "$1/model.safetensors" && cmp whole/metrics.csv "$1/metrics.csv" &&
    cmp <(grep -vE '"(date|command|isa|threads|cpu|elapsed_s|checkpoints_s|epoch_seconds_median)"' whole/run.json) \
      <(grep -vE '"(date|command|isa|threads|cpu|elapsed_s|checkpoints_s|epoch_seconds_median)"' "$1/run.json") &&
    cmp <(cut -d, -f1 whole/times.csv) <(cut -d, -f1 "$1/times.csv")
}

# Drawn validation images, early stopping, dropout of inputs and a falling learning rate: everything that has a state. About a second.
settings=(--preset regularised --hidden "96,50" --batch 60 --epochs 12 --val 500 --val-shuffle --patience 2 --min-delta 0.01 --input-dropout 0.1
  --schedule cosine --lr 0.002)
"$here/small_data.sh" "$data" small 3000 200
start=$(date +%s%N)
run "${settings[@]}" --out whole
whole_ms=$((($(date +%s%N) - start) / 1000000 + 20)) # on machines of any speed, kills fall anywhere in a run
[ $whole_ms -le 900 ] || whole_ms=900
check "a run that is never stopped" test "$code" -eq 0
check "early stopping has ended it, and kept an earlier model" grep -qE '"stopped_early": true' whole/run.json
mapfile -t isas < <("$program" kernels | sed -n 's/^\([a-z0-9]*\) *yes$/\1/p')

# ---- Killed at random moments ----

# Lets the program run for a random time, or to its end. Says whether it ended.
run_for_a_while() { # ARGUMENT...
  "$program" train --data small --isa "${isas[RANDOM % ${#isas[@]}]}" --threads "${threads_of[RANDOM % 4]}" "$@" >out 2>err &
  local pid=$!
  sleep "$(printf '0.%03d' $((RANDOM % limit_ms + 2)))"
  kill -KILL $pid
  wait $pid
  code=$?
  kills=$((kills + (code == 137)))
  # The time goes after what the machine lets it have: most are killed, anywhere, and some come to their end.
  if [ $code -eq 137 ]; then
    limit_ms=$((limit_ms * 21 / 20 + 1))
  else
    limit_ms=$((limit_ms * 3 / 4 + 5))
  fi
  [ $limit_ms -le 900 ] || limit_ms=900
  # 137: killed. A temporary file shows that it was while a file was written.
  if [ $code -eq 137 ] && compgen -G 'killed/checkpoint-?.safetensors.tmp-??????' >/dev/null; then
    writing=$((writing + 1))
  fi
  [ $code -ne 137 ]
}

threads_of=(1 1 2 3)
kills=0 writing=0 anew=0 several=0 wrong=0
limit_ms=$whole_ms
# More than were asked for where they were too fast to be killed.
for ((i = 1; i <= n_runs || (kills < n_runs && i <= 5 * n_runs); ++i)); do
  rm -rf killed
  case $((RANDOM % 4)) in
    0) often=() ;;
    1) often=(--checkpoint-every 2) ;;
    2) often=(--checkpoint-seconds 0.05) ;;
    *) often=(--checkpoint-seconds 0.001) ;; # most of the time is spent on writing
  esac
  before=$kills
  done=false
  run_for_a_while "${settings[@]}" "${often[@]}" --out killed 2>/dev/null && done=true
  for ((round = 0; round < 12; ++round)); do
    $done && break
    if ! compgen -G 'killed/checkpoint-?.safetensors' >/dev/null; then # killed before there was one
      anew=$((anew + 1))
      run_for_a_while "${settings[@]}" "${often[@]}" --out killed --force 2>/dev/null && done=true
    elif [ $((RANDOM % 2)) -eq 0 ]; then
      run_for_a_while --resume killed "${often[@]}" 2>/dev/null && done=true
    else
      run --resume killed --isa "${isas[RANDOM % ${#isas[@]}]}" --threads "${threads_of[RANDOM % 4]}"
      done=true
    fi
    [ "$(wc -l <err)" -eq 0 ] || cat err
  done
  if ! $done && compgen -G 'killed/checkpoint-?.safetensors' >/dev/null; then
    run --resume killed
  elif ! $done; then # a machine so busy that it never came to the first
    run "${settings[@]}" --out killed --force
  fi
  several=$((several + (kills - before > 1)))
  if [ $code -ne 0 ] || ! same_files killed; then
    wrong=$((wrong + 1))
    echo "        run $i: exit code $code, $(tail -n 1 err)"
  fi
done
echo "        $((i - 1)) runs killed $kills times, $several of them more than once; $writing times while a checkpoint was written;" \
  "$anew times before the first"
check "killed runs end with the files of one that was not" test $wrong -eq 0
check "they were killed" test $kills -ge $((n_runs / 2))

# ---- One run across ISAs and numbers of threads, stopped in the middle of epochs ----

chain=(avx2 scalar avx512)
[[ " ${isas[*]} " == *" avx2 "* ]] || chain=("${isas[@]}" "${isas[@]}")
threads=1
stop_after() { # PATTERN ARGUMENT...: SIGTERM when the output has the pattern, a regular expression of bash
  : >out
  "$program" train --data small "${@:2}" >out 2>err &
  local pid=$!
  while ! [[ $(<out) =~ $1 ]] && kill -0 $pid 2>/dev/null; do sleep 0.002; done
  kill -TERM $pid 2>/dev/null
  wait $pid
  code=$?
}
# A new run, stopped; once more if it was too fast.
stop_new() { # FOLDER ARGUMENT...
  for _ in $(seq 20); do
    stop_after 'epoch  1/' "${@:2}" --out "$1"
    [ $code -ne 143 ] || break
    rm -rf "$1"
  done
}
stop_new chain "${settings[@]}" --isa "${chain[0]}" --threads 1
check "stopped on ${chain[0]}, 1 thread: exit code 143, says how to go on" grep -q "mnist_simd train --resume chain" out
check "run.json says that it was interrupted" grep -q '"status": "interrupted"' chain/run.json
check "interrupted: the test images are not looked at" test -z "$(grep 'Test accuracy' out; grep '"test": {' chain/run.json)"
cp -r chain gone && rm gone/checkpoint-*
refused 1 gone "was stopped after epoch" "--out gone --force" -- --resume gone
for isa in "${chain[@]:1}"; do
  threads=$((threads + 2))
  [ -e chain/checkpoint-0.safetensors ] || [ -e chain/checkpoint-1.safetensors ] || break
  stop_after 'epoch +[2-9]/' --resume chain --isa "$isa" --threads $threads
  check "gone on with and stopped on $isa, $threads threads" grep -qF "kernels $isa, $threads threads" out
done
run --resume chain
check "across ISAs and threads: the same files" same_files chain

# ---- Going on: what is refused ----

refused 2 --resume --force -- --resume whole --force
refused 2 --resume --out -- --resume whole --out x
refused 1 nowhere "no folder" -- --resume nowhere
refused 1 "''" "no folder" -- --resume ''
mkdir empty
refused 1 empty "holds no checkpoint" "--out empty" -- --resume empty
cp -r whole half && rm half/run.json
refused 1 half "holds no checkpoint" "--out half --force" -- --resume half
refused 2 --checkpoint-every "'0'" -- --checkpoint-every 0
refused 2 --checkpoint-seconds "'0'" -- --checkpoint-seconds 0
run --resume whole
check "a finished run: nothing to go on with" test "$code" -eq 0 -a "$(grep -c finished out)" -eq 1
refused 1 whole finished --patience -- --resume whole --patience 3
refused 2 --threads "'x'" -- --resume whole --threads x
for file in model.safetensors metrics.csv run.json; do
  cp -r whole broken
  echo '{}' >broken/$file
  refused 1 "broken/$file" "--out broken --force" -- --resume broken
  rm -r broken
done
stop_new stopped "${settings[@]}" --checkpoint-seconds 0.001
check "both checkpoints are there" test -e stopped/checkpoint-0.safetensors -a -e stopped/checkpoint-1.safetensors
refused 1 stopped "lr 0.002" "0.003" -- --resume stopped --lr 0.003
refused 1 stopped "seed 42" "7" -- --resume stopped --seed 7
refused 1 stopped "epochs 12" "50" -- --resume stopped "${settings[@]}" --epochs 50
"$here/small_data.sh" "$data" other 3001 200
refused 1 stopped "training images" -- --resume stopped --data other
refused 1 stopped "--resume" -- "${settings[@]}" --out stopped
stale=$(stat -c %Y stopped/metrics.csv)
check "what is refused changes nothing" test "$(stat -c %Y stopped/metrics.csv)" = "$stale" -a ! -e stopped/run.lock

# ---- A damaged checkpoint ----

cp -r stopped damaged
newest=$(ls -t damaged/checkpoint-?.safetensors | head -n 1)
printf '\377' | dd of="$newest" bs=1 seek=40000 conv=notrunc 2>/dev/null
run --resume damaged
check "the newest checkpoint is damaged: it is named" grep -qF "$newest" err
check "the newest checkpoint is damaged: the one before is used, the end is the same" same_files damaged
cp -r stopped damaged2
for file in damaged2/checkpoint-?.safetensors; do truncate -s -1 "$file"; done
refused 1 damaged2/checkpoint "damaged" --force -- --resume damaged2
run "${settings[@]}" --out damaged2 --force
check "begun anew over damaged checkpoints" same_files damaged2

# ---- The lock ----

"$program" train --data "$data" --hidden 400 --dropout 0.5 --out locked >first.out 2>&1 &
holder=$!
for _ in $(seq 200); do
  grep -q '^epoch ' first.out && break
  sleep 0.05
done
refused 1 locked "process $holder" -- "${settings[@]}" --out locked
refused 1 locked "process $holder" -- "${settings[@]}" --out locked --force
kill -KILL $holder
wait $holder 2>/dev/null
check "a killed holder leaves no lock behind" test -e locked/run.lock
run "${settings[@]}" --out locked --force
check "a killed holder leaves no lock behind: the folder can be used" same_files locked

# A folder that is moved away, and another run in its place: the first ends, and what is there now is none of its business.
"$program" train --data "$data" --hidden 400 --dropout 0.5 --checkpoint-every 1 --out taken >first.out 2>first.err &
holder=$!
while [ ! -e taken/checkpoint-1.safetensors ] && kill -0 $holder 2>/dev/null; do sleep 0.05; done
mv taken moved
run "${settings[@]}" --out taken
check "another run where a folder was moved away" same_files taken
wait $holder
code=$?
check "a folder that is moved away: exit code 1" test $code -eq 1
check "a folder that is moved away: told" grep -qE '^mnist_simd train: taken.* gone' first.err
check "a folder that is moved away: no advice to go on" test -z "$(grep 'To go on' first.out)"
check "a folder that is moved away: the other run is as it was" same_files taken
check "a folder that is moved away: its checkpoints are there" compgen -G 'moved/checkpoint-?.safetensors'

# Names like ours are not ours.
mkdir mine
touch mine/model.safetensors.backup mine/metrics.csv.gz mine/run.json.sha256 mine/model.safetensors.tmp-notes
run "${settings[@]}" --out mine
check "somebody's files stay" test -e mine/model.safetensors.backup -a -e mine/metrics.csv.gz -a -e mine/run.json.sha256 -a \
  -e mine/model.safetensors.tmp-notes
printf x >mine/model.safetensors.tmp-a1B2c3
run "${settings[@]}" --out mine --force
check "what a killed process left unfinished goes" test ! -e mine/model.safetensors.tmp-a1B2c3

# ---- Stopped, gone on with, killed: the summary of where it was stopped does not stand beside later metrics ----

until_rows() { # FILE N PID: the file has more than N lines, or the process has ended
  while [ "$(cat "$1" 2>/dev/null | wc -l)" -le "$2" ] && kill -0 "$3" 2>/dev/null; do sleep 0.02; done
}
"$program" train --data "$data" --hidden 100 --dropout 0.5 --epochs 1000 --threads 1 --out twice >out 2>err &
pid=$!
until_rows twice/metrics.csv 2 $pid
kill -TERM $pid
wait $pid 2>/dev/null
check "stopped: it leaves a summary" test -e twice/run.json -a -e twice/model.safetensors
rows=$(wc -l <twice/metrics.csv)
"$program" train --data "$data" --threads 1 --resume twice >out 2>err &
pid=$!
until_rows twice/metrics.csv "$rows" $pid
kill -KILL $pid
wait $pid 2>/dev/null
check "gone on with and killed: there are later metrics" test "$(wc -l <twice/metrics.csv)" -gt "$rows"
check "gone on with and killed: no summary, no model of before" test ! -e twice/run.json -a ! -e twice/model.safetensors

# ---- Signals: a second one leaves at once ----

: >out
"$program" train --data "$data" --hidden 2000,2000 --dropout 0.5 --batch 20000 --isa scalar --threads 1 --out second >out 2>err &
pid=$!
for _ in $(seq 100); do
  grep -q '^output' out && break
  sleep 0.05
done
kill -TERM $pid
sleep 0.1
kill -TERM $pid
wait $pid
code=$?
check "a second signal leaves at once" test $code -eq 143 -a "$(grep -c 'To go on' out)" -eq 0

# The limit of CPU time: the kernel repeats its signal every second, during the step and the evaluation too.
(
  ulimit -S -t 1
  exec "$program" train --data small --hidden 2000 --dropout 0.5 --batch 3000 --isa scalar --threads 1 --out limited >out 2>err
)
code=$?
check "the limit of CPU time: exit code 128 + SIGXCPU" test $code -eq $((128 + $(kill -l XCPU)))
check "the limit of CPU time: a checkpoint, and how to go on" grep -q 'mnist_simd train --resume limited' out

# ---- Signals that ask for a checkpoint ----

for signal in USR1 USR2; do
  : >out
  "$program" train --data "$data" --hidden 100 --dropout 0.5 --epochs 1000 --threads 1 --checkpoint-every 1000 --out "asked-$signal" \
    >out 2>err &
  pid=$!
  until_rows "asked-$signal/metrics.csv" 1 $pid # signals are caught from the first step on
  kill -$signal $pid
  for _ in $(seq 500); do
    grep -q '^checkpoint written' out && break
    sleep 0.02
  done
  rows=$(grep -c '^epoch ' out)
  until_rows "asked-$signal/metrics.csv" $((rows + 2)) $pid
  check "SIG$signal: training continues" kill -KILL $pid
  wait $pid 2>/dev/null
  position=$(sed -n 's/^checkpoint written, as a signal asked: \(epoch [0-9]*, after step [0-9]*\)$/\1/p' out)
  : >out
  "$program" train --data "$data" --resume "asked-$signal" >out 2>err &
  pid=$!
  while ! grep -q '^going on' out && kill -0 $pid 2>/dev/null; do sleep 0.02; done
  kill -KILL $pid
  wait $pid 2>/dev/null
  check "SIG$signal: a checkpoint of that step" grep -qxF "going on  in $position" out
done

# ---- nohup, and words for a shell ----

stop_after 'epoch  1/' "${settings[@]}" --out 'it'"'"'s here'
[ $code -ne 143 ] || check "how to go on: a command that a shell takes" \
  test "$(eval "printf '%s|' $(sed -n 's/^A checkpoint is kept. To go on: .*mnist_simd train //p' out)")" = "--resume|it's here|--data|small|"
nohup "$program" train --data "$data" --hidden 100 --epochs 1000 --threads 1 --out nohup >out 2>err </dev/null &
pid=$!
until_rows nohup/metrics.csv 1 $pid
rows=$(wc -l <nohup/metrics.csv)
kill -HUP $pid
until_rows nohup/metrics.csv $((rows + 1)) $pid
check "nohup: it goes on" kill -TERM $pid
wait $pid
code=$?
check "nohup: until it is asked to end" test $code -eq 143

# ---- A loss that is not finite ----

layers=64$(printf ',64%.0s' $(seq 23))
run --preset unregularised --val 0 --hidden "$layers" --lr 10 --checkpoint-seconds 0.001 --out nonfinite
if [ "$code" -eq 1 ]; then
  check "a loss that is not finite: names epoch, step and lr" grep -qE 'epoch [0-9]+(, step [0-9]+)?: .* not finite: .*lr' out
  check "a loss that is not finite: the last checkpoint is kept" compgen -G 'nonfinite/checkpoint-?.safetensors'
else
  check "a loss that is not finite: came about" false
fi

finish
