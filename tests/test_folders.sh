#!/usr/bin/env bash
# Folders on file systems that do not have every call, or do not permit it: each call that a run makes on its folder answers with
# each error, always or once. What the file system lacks costs nothing but a word; what fails ends the run before training, with one
# line, and leaves nothing. Prints the table: call, error, exit code, what is in the folder, what was said.
# Usage: test_folders.sh PROGRAM PRELOAD DATA_FOLDER
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
preload=$(realpath "$2")
begin "$1" "$3" memory
"$here/small_data.sh" "$data" data 100 20
train=(train --data data --batch 50 --threads 1 --hidden 10 --epochs 3)
declare -A number=([EPERM]=1 [EINTR]=4 [EIO]=5 [EBADF]=9 [EACCES]=13 [EINVAL]=22 [ENOSPC]=28 [ENOLCK]=37 [ENOSYS]=38 [EOPNOTSUPP]=95
  [ESTALE]=116)
"$program" "${train[@]}" --out whole >/dev/null

run() { # CALL AT ERROR
  rm -rf run
  MS_FAIL_CALL=$1 MS_FAIL_AT=$2 MS_FAIL_ERRNO=${number[$3]} LD_PRELOAD=$preload "$program" "${train[@]}" --out run >out 2>err
  code=$?
  printf '%-12s %-3s %-10s %d  %-12s %s\n' "$1" "$2" "$3" "$code" "$(find run -type f 2>/dev/null | wc -l) files" \
    "$(cat err)$(grep -h '^          not ' out | xargs)"
}

is_whole() { # PATTERN OF WHAT IS SAID
  [ "$code" -eq 0 ] && [ ! -s err ] && cmp -s whole/model.safetensors run/model.safetensors && cmp -s whole/metrics.csv run/metrics.csv &&
    [ "$(echo run/*)" = "run/metrics.csv run/model.safetensors run/run.json run/times.csv" ] && grep -qE "$1" out
}

is_refused() {
  [ "$code" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && ! grep -q '^epoch' out && [ ! -e run ]
}

works() { # CALL AT SAID ERROR...
  for error in "${@:4}"; do
    run "$1" "$2" "$error"
    check "$1 $2 $error: trains, and says '$3'" is_whole "$3"
  done
}

refused() { # CALL ERROR...
  for error in "${@:2}"; do
    run "$1" 1+ "$error"
    check "$1 $error: refused before training, in one line" is_refused
  done
}

durable='"durable": true' lasting="not durable"
works fsync 1+ "$lasting" EPERM EACCES EINVAL EOPNOTSUPP ENOSYS
check "run.json has it" grep -q '"durable": false' run/run.json
works fsync_folder 1+ "$lasting" EPERM EACCES EINVAL EOPNOTSUPP ENOSYS EBADF
check "run.json has it" grep -q '"durable": false' run/run.json
works lock 1+ "not locked" ENOLCK EOPNOTSUPP ENOSYS EINVAL EPERM EACCES
check "run.json of a whole run says that it is durable" grep -q "$durable" run/run.json
for call in create write fsync fsync_folder rename lock; do
  works $call 2 "^Saved" EINTR
done
works close 1+ "^Saved" EINTR
for call in create write fsync fsync_folder rename; do
  refused $call EIO ENOSPC ESTALE
done
refused close EIO ENOSPC
for call in create write rename; do
  refused $call EPERM EACCES EINVAL EOPNOTSUPP ENOSYS
done
for fault in "lock EIO" "lock ESTALE" "unlink EPERM" "unlink EACCES" "unlink EOPNOTSUPP" "unlink EIO"; do # an empty file may stay
  run "${fault% *}" 1+ "${fault#* }"
  check "$fault: refused before training, in one line" test "$code $(wc -l <err) $(grep -c '^epoch' out)" = "1 1 0"
done

# A disk that fails while it trains: never a success.
for call in create write fsync fsync_folder rename close; do
  for error in EIO ENOSPC; do
    run $call 5+ $error
    check "$call 5+ $error: not reported as success" test "$code $(wc -l <err)" = "1 1"
  done
done

# Files that grow: not written whole after each of many short epochs, and whole at the end.
rm -rf run
MS_FAIL_CALL=rename MS_FAIL_AT=0 MS_FAIL_ERRNO=0 MS_FAIL_REPORT=report LD_PRELOAD=$preload "$program" "${train[@]}" --epochs 5000 \
  --out run >out 2>err
check "5000 epochs: fewer than 5000 files are written ($(cut -d' ' -f1 report))" test "$(cut -d' ' -f1 report)" -lt 5000
check "and metrics.csv has all of them" test "$(wc -l <run/metrics.csv) $(wc -l <run/times.csv)" = "5001 5001"

# Permissions from the start: those of the umask, and of an access control list where there is one.
rm -rf run
(umask 027 && "$program" "${train[@]}" --out run >/dev/null)
check "files have the mode that the umask leaves" test "$(stat -c %a run/model.safetensors run/run.json | xargs)" = "640 640"

# What is no ordinary file is not replaced.
ln -s elsewhere link
mkfifo pipe
check_fails() { ! "$@" >out 2>err && grep -q "is not an ordinary file, and is left as it is" err; }
rm -rf run && mkdir run && ln -s ../elsewhere run/metrics.csv
check "a link in a run's folder stays" check_fails "$program" "${train[@]}" --out run --force
check "the link is as it was" test -L run/metrics.csv
finish
