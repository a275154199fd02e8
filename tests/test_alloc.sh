#!/usr/bin/env bash
# Memory that cannot be had: for each sub-command, every allocation (the program's, Jansson's, libc's) fails in turn, and every
# fourth once more with all that follow. The program must end with exit code 1 and one line on standard error, or do without
# the memory and give the same result; it must never crash, leak, or leave a temporary file behind. Not for reproduce and
# verify, which run no small data: what they do, train and eval do.
# Usage: test_alloc.sh PROGRAM PRELOAD DATA_FOLDER [STRIDE]     (STRIDE: only every so many allocations)
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
preload=$(realpath "$2")
begin "$1" "$3" memory
"$here/small_data.sh" "$data" data 40 10
"$here/small_data.sh" "$data" other 40 10 inverted
export MS_FAIL_REPORT=$work/report
stride=${4:-1}
failed=0 n_sites=0 n_errors=0 n_without=0

# One run of the program in an empty folder "out", or one made by "prepare". Sets code, calls, hits, leaked.
run() { # FAIL_AT ARGUMENT...
  local at=$1
  shift
  rm -rf out report
  [ ! -d prepared ] || cp -r prepared out
  MS_FAIL_CALL=allocate MS_FAIL_AT=$at MS_FAIL_ERRNO=12 LD_PRELOAD=$preload "$program" "$@" >stdout 2>stderr
  code=$?
  calls=- hits=- leaked=-
  [ ! -f report ] || read -r calls hits leaked <report
}

# What must be the same when the program did without the memory: what it printed, but for times, and the model.
result() {
  local file
  sed -E 's/[0-9.]+ (s|images\/s)\b//g; s/median.*//' stdout
  for file in out/model.safetensors out/metrics.csv out/results.jsonl out/predictions.csv out/report.html out/report_figures/* out/exported.*; do
    [ ! -f $file ] || sha256sum $file
  done
}

# Prints what is wrong with the last run; nothing if nothing is.
faults() { # RESULT
  local file
  case $code in
    0) [ "$(result)" = "$1" ] || echo "exit code 0, but another result" ;;
    1)
      mapfile -t lines <stderr
      # A sweep tells what became of a run, and at its end that some could not be done.
      [ ${#lines[@]} -eq 1 ] || { [ "$name" = sweep ] && [ ${#lines[@]} -eq 2 ]; } ||
        echo "exit code 1 with ${#lines[@]} lines on standard error"
      ;;
    *) echo "exit code $code" ;;
  esac
  [ "$leaked" = 0 ] || echo "$leaked blocks leaked"
  for file in out/*.tmp-??????; do # as ms_file_write names it
    [ ! -e "$file" ] || echo "left $file behind"
  done
}

sweep() { # NAME ARGUMENT...
  local name=$1 expected n mode fault errors=0 without=0
  shift
  run 0 "$@"
  if [ "$code" -ne 0 ] || [ "$calls" -lt 3 ] || [ "$leaked" -ne 0 ]; then
    echo "FAILED  $name: without a failure: exit code $code, $calls allocations, $leaked leaked: $(head -n 3 stderr)"
    failed=1
    return
  fi
  expected=$(result)
  local sites=$calls
  for ((n = 1; n <= sites; n += stride)); do
    for mode in "" +; do
      [ "$mode" = "" ] || [ $((n / stride % 4)) -eq 0 ] || continue
      run "$n$mode" "$@"
      fault=$(faults "$expected")
      [ "$hits" != 0 ] || fault="no allocation failed"
      if [ -n "$fault" ]; then
        echo "FAILED  $name: allocation $n$mode of $sites: $(tr '\n' ';' <<<"$fault") $(tail -n 1 stderr)"
        failed=1
      elif [ "$code" -eq 0 ]; then
        without=$((without + 1))
      else
        errors=$((errors + 1))
      fi
    done
  done
  printf '%-28s %5d allocations, failed in turn: %5d errors told, %4d runs did without\n' "$name" "$sites" \
    "$errors" "$without"
  n_sites=$((n_sites + (sites + stride - 1) / stride)) n_errors=$((n_errors + errors)) n_without=$((n_without + without))
}

small=(--data data --batch 16 --threads 1)
sweep kernels kernels
sweep "train" train "${small[@]}" --hidden 5 --dropout 0.1 --epochs 2 --val 10 --val-shuffle --patience 1 --input-dropout 0.1 --schedule cosine --out out
"$program" train "${small[@]}" --hidden 5 --dropout 0.1 --epochs 1 --out prepared >/dev/null
sweep "train --force" train "${small[@]}" --hidden none --epochs 1 --val-data data --out out --force
sweep "eval" eval out --data data --threads 2
sweep "eval, other data" eval out --data other --other-data --threads 2
sweep "train --resume, finished" train --data data --threads 1 --resume out
sweep "show" show test 3,4 --model out --data data --threads 1
sweep "show a file" show data/t10k-images-idx3-ubyte 3
"$here/photos.py" row . 1
for format in "" --csv --json; do
  sweep "predict $format" predict prepared/${format:+model.safetensors} row.png --many --threads 1 $format
done
sweep "predict, an IDX file" predict prepared/model.safetensors data/t10k-images-idx3-ubyte --csv --threads 1
if command -v cjpeg >/dev/null; then
  { printf 'P5\n28 28\n255\n' && tail -c 784 data/t10k-images-idx3-ubyte; } >one.pgm
  cjpeg -progressive one.pgm >one.jpg
  sweep "predict, JPEG" predict prepared/model.safetensors one.jpg one.pgm --csv --threads 1
fi
sweep "eval --predictions" eval out --data data --predictions out/predictions.csv --threads 1
for layout in gzip emnist keras csv_plain float32; do
  "$here/layouts.py" data layouts $layout && sweep "show, $layout" show train 3 --data layouts/$layout
done
LC_ALL=C sed 's/"mnist_simd /"OTHER-PROG /' out/model.safetensors >rewritten.safetensors
sweep "eval, rewritten" eval rewritten.safetensors --data data --threads 2
for ending in npz h onnx safetensors; do
  sweep "export, .$ending" export prepared out/exported.$ending
done
for file in exported.npz exported.safetensors; do
  rm -f $file && "$program" export prepared $file >/dev/null
  sweep "import, .${file##*.}" import $file out/exported.safetensors
done
sed -i 's/"class_names": null/"class_names": ["a", null, "b", "c", "d", "e", "f", "g", "h", "i"]/' prepared/run.json
sweep "report" report out --data data --threads 1
rm -rf prepared
# Killed when its model takes its place.
MS_FAIL_CALL=rename MS_FAIL_PATH=model MS_FAIL_AT=1 MS_FAIL_ERRNO=0 LD_PRELOAD=$preload "$program" train "${small[@]}" --hidden 5 --dropout 0.1 \
  --epochs 2 --out prepared >/dev/null 2>&1
rm -f prepared/*.tmp-??????
sweep "train --resume" train --data data --threads 1 --resume out
rm -rf prepared
printf 'preset unregularised\nmode grid\nset hidden 4\nset epochs 1\nset batch 16\nset val 10\nvary lr 0.01\n' >sweep.txt
stride=1 sweep "sweep --list, no results" sweep sweep.txt --data data --list --out out
sweep "sweep" sweep sweep.txt --data data --threads 1 --out out
"$program" sweep sweep.txt --data data --threads 1 --out prepared >/dev/null
sweep "sweep --list" sweep sweep.txt --data data --list --out out
sweep "sweep --merge" sweep sweep.txt --data data --merge --out out
sweep "report of a sweep" report out

printf '%d allocations failed, %d errors told, %d runs did without the memory, %d s\n' "$n_sites" "$n_errors" "$n_without" \
  "$SECONDS"
exit "$failed"
