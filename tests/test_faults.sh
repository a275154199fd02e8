#!/usr/bin/env bash
# What machines do to a training run: each fault must end in one clear line and exit code 1, leave no temporary file and leave the
# run that was there before as it was (test_overwrite.sh has all moments of that). Prints a table. A fault that cannot be made
# here is skipped and says so.
# Usage: test_faults.sh PROGRAM PRELOAD DATA_FOLDER
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
preload=$(realpath "$2")
clean_up() {
  umount "$work/full" "$work/new-full" 2>/dev/null
  chattr -i "$work/fixed" 2>/dev/null
}
begin "$1" "$3"
chmod 755 "$work"
"$here/small_data.sh" "$data" data 100 20
failed=0 n_made=0
train=(train --data data --batch 16 --threads 2 --hidden 20 --dropout 0.5 --epochs 3)
"$program" "${train[@]}" --out before >/dev/null || exit 1

# The last command left code, stdout, stderr; "survived" says what must be as before.
verdict() { # FAULT HOW PATTERN FOLDER
  local fault=$1 how=$2 pattern=$3 folder=$4 wrong="" survived="nothing was there"
  mapfile -t lines <stderr
  [ "$code" -eq 1 ] || wrong+=" exit code $code;"
  [ ${#lines[@]} -eq 1 ] || wrong+=" ${#lines[@]} lines on standard error;"
  grep -qE -- "$pattern" stderr || wrong+=" no '$pattern' in the message;"
  [ -z "$(find "$folder" -name '*.tmp-??????' 2>/dev/null)" ] || wrong+=" a temporary file stays;"
  if [[ $folder = new-* ]]; then # --force: a checkpoint cannot be written
    diff -r before "$folder" >/dev/null && survived="the earlier run" || wrong+=" the earlier run is not as it was;"
  elif [ -f "$folder/model.safetensors" ]; then
    wrong+=" it left a model;"
  elif ls "$folder"/checkpoint-* >/dev/null 2>&1; then
    survived="a checkpoint"
    "$program" train --data data --threads 1 --resume "$folder" >/dev/null 2>&1 &&
      cmp -s before/model.safetensors "$folder/model.safetensors" || wrong+=" it cannot be gone on with;"
  fi
  printf '%-28s | %-34s | %d | %s | %s\n' "$fault" "$how" "$code" "${lines[0]:-}" "$survived"
  n_made=$((n_made + 1))
  [ -z "$wrong" ] || { echo "FAILED  $fault:$wrong"; failed=1; }
}

try() { # FAULT HOW PATTERN FOLDER COMMAND...
  local fault=$1 how=$2 pattern=$3 folder=$4
  shift 4
  "$@" >stdout 2>stderr
  code=$?
  verdict "$fault" "$how" "$pattern" "$folder"
}

fail_call() { # CALL AT ERRNO ARGUMENT...
  MS_FAIL_CALL=$1 MS_FAIL_AT=$2 MS_FAIL_ERRNO=$3 LD_PRELOAD=$preload "$program" "${@:4}"
}

limited() { # ULIMIT_OPTION VALUE ARGUMENT...
  (ulimit "$1" "$2" && exec "$program" "${@:3}")
}

# As another user, who may write to nothing here.
as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups "$program" "$@"
}

echo "fault | how it was made | exit code | message | what survived"
mkdir full
if mount -t tmpfs -o size=48k none full 2>/dev/null; then
  try "disk full" "tmpfs of 48 kB" "No space left.*make room" full/run "$program" "${train[@]}" --out full/run
  umount full
  # Room for a new metrics.csv beside the earlier run, not for a checkpoint.
  mkdir new-full
  if mount -t tmpfs -o size=128k none new-full 2>/dev/null && cp before/* new-full; then
    try "disk full at a checkpoint" "tmpfs of 128 kB, --force" "checkpoint-0.*No space left.*make room" new-full \
      "$program" "${train[@]}" --seed 7 --out new-full --force
  fi
else
  echo "skipped disk full as a tmpfs: cannot be mounted"
fi
for call in write fsync close rename; do
  cp -r before "new-$call"
  try "disk full, $call" "preload, $call fails: ENOSPC" "No space left.*make room" "new-$call" \
    fail_call $call 1+ 28 "${train[@]}" --seed 7 --out "new-$call" --force
done
try "input/output error" "preload, third fsync fails: EIO" "Input/output error" io fail_call fsync 3 5 "${train[@]}" --out io
try "file-size limit" "ulimit -f 8" "File too large.*ulimit -f" limit limited -f 8 "${train[@]}" --out limit
try "a thread cannot be created" "preload, pthread_create: EAGAIN" "thread 2 of 2 cannot be created.*--threads" thread \
  fail_call pthread_create 1 11 "${train[@]}" --out thread
try "memory cannot be had" "ulimit -v 300000" "memory.*could not be had" memory limited -v 300000 train --data data \
  --hidden 60000 --dropout 0.5 --threads 1 --out memory
mkdir fixed
if chattr +i fixed 2>/dev/null; then
  try "folder cannot be changed" "chattr +i" "not permitted.*may write" fixed/run "$program" "${train[@]}" --out fixed/run
  chattr -i fixed
else
  echo "skipped a folder that cannot be changed: chattr does not work here"
fi
mkdir -m 755 closed
if as_nobody --version >/dev/null 2>&1; then
  try "no permission to write" "another user" "Permission denied.*may write" closed/run as_nobody "${train[@]}" --out closed/run
  cp -r data secret && chmod 700 secret
  try "no permission to read" "another user" "secret.*Permission denied" closed/run as_nobody "${train[@]}" --data secret --out closed/run
else
  echo "skipped no permission: the user cannot be changed, or may not run the program"
fi

# Removed while it trains.
: >stdout
"$program" train --data data --hidden 20 --threads 1 --epochs 100000 --dropout 0.5 --out removed >stdout 2>stderr &
for _ in $(seq 200); do
  grep -q '^epoch ' stdout && break
  sleep 0.05
done
rm -rf removed 2>/dev/null || { sleep 0.2; rm -rf removed; }
for _ in $(seq 200); do
  kill -0 $! 2>/dev/null || break
  [ ! -d removed ] || rm -rf removed
  sleep 0.05
done
kill -TERM $! 2>/dev/null
wait $!
code=$?
verdict "folder removed" "rm -rf while it trains" "removed.*(gone|No such file)" removed
! grep 'To go on' stdout || { echo "FAILED  folder removed: it tells to go on with what is gone"; failed=1; }

echo "$n_made faults made"
exit "$failed"
