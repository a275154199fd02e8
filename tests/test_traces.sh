#!/usr/bin/env bash
# What the program asks of the system, as strace sees it: no socket, no other program, and nothing written, made, renamed or
# removed outside its output folder. And that a locale with a decimal comma changes nothing.
# Usage: test_traces.sh PROGRAM DATA_FOLDER
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
begin "$1" "$2"
"$here/small_data.sh" "$data" data 100 20

train=(train --data data --batch 16 --threads 2 --hidden 20 --dropout 0.5 --lr 0.001 --epochs 2)

# The calls that change something or reach something, their own output and the folder "out" left out.
changes() { # ARGUMENT...
  strace -f -o trace -e trace=socket,connect,bind,execve,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,rmdir,truncate,chmod,fchmodat,chown,open,openat,creat,mknod,mknodat \
    "$program" "$@" >/dev/null 2>&1
  grep -E 'socket\(|connect\(|bind\(|execve\(|O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|(unlink|rename|link|symlink|mkdir|rmdir|truncate|chmod|chown|mknod|creat)[a-z0-9]*\(' trace |
    grep -vE 'execve\("'"$program"'"' | grep -vE '\("out["/]|AT_FDCWD, "out["/]'
}

if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
  check "train: no socket, nothing changed outside its folder" test -z "$(changes "${train[@]}" --out out)"
  check "train: its folder was seen" grep -q '"out/model.safetensors' trace
  check "eval changes nothing" test -z "$(changes eval out --data data)"
  check "report: no socket, nothing changed outside its folder" test -z "$(changes report out --data data --out out/report.html)"
  check "report: its page was seen" grep -q '"out/report.html' trace
  printf 'preset unregularised\nmode grid\nset hidden 4\nset epochs 1\nset batch 16\nset val 10\nvary lr 0.01\n' >sweep.txt
  check "sweep: no socket, nothing changed outside its folder" test -z "$(changes sweep sweep.txt --data data --out out/sweep)"
  check "sweep: its results were seen" grep -q '"out/sweep/results.jsonl' trace
  check "sweep: the test images are not looked for" test -z "$(grep t10k trace)" -a -n "$(grep train-images trace)"
  check "show changes nothing" test -z "$(changes show test 3 --data data --model out)"
  check "kernels changes nothing" test -z "$(changes kernels)"
  check "the check sees another folder" test -n "$(changes "${train[@]}" --out other)"
else
  echo "skipped what the program asks of the system: strace is not installed or may not be used"
fi

rm -rf out
mkdir -p locale
if command -v localedef >/dev/null && localedef -i de_DE -f UTF-8 locale/de_DE.UTF-8 2>/dev/null &&
  [ "$(LOCPATH=$work/locale LC_ALL=de_DE.UTF-8 bash -c 'printf %.1f 1,5' 2>/dev/null)" = 1,5 ]; then
  "$program" "${train[@]}" --out out >plain 2>&1
  LOCPATH=$work/locale LC_ALL=de_DE.UTF-8 "$program" "${train[@]}" --out comma >german 2>&1
  check "a decimal comma: trained" test -f comma/model.safetensors
  check "a decimal comma: the same model" cmp out/model.safetensors comma/model.safetensors
  check "a decimal comma: the same metrics.csv" cmp out/metrics.csv comma/metrics.csv
  check "a decimal comma: no comma in a number" test -z "$(grep -E '[0-9],[0-9]+ (%|s)' german)"
else
  echo "skipped a decimal comma: the locale cannot be made (localedef, locales)"
fi
[ $((passed + failed)) -gt 0 ] || exit 77
finish
