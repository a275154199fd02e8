#!/usr/bin/env bash
# Seeds for the fuzz targets: files that the program itself writes and reads, as small as they come, and pictures of every kind.
# FOLDER/<target>/...
# Usage: make_seeds.sh PROGRAM DATA_FOLDER FOLDER WRITE_PNGS
set -euo pipefail

program=$(realpath "$1") data=$(realpath "$2") folder=$3 write_pngs=$(realpath "$4") here=$(dirname "$(realpath "$0")")
mkdir -p "$folder"
cd "$folder"
rm -rf csv gzip idx import npz picture model checkpoint sweep_file sweep_line run_summary metrics work
mkdir csv gzip idx import npz model checkpoint sweep_file sweep_line run_summary metrics work

# Images of 2 x 2 pixels.
for set in train t10k; do
  { printf '\0\0\10\3\0\0\0\24\0\0\0\2\0\0\0\2'; tail -c +3001 "$data/$set-images-idx3-ubyte" | head -c 80; } >work/$set-images-idx3-ubyte || true
  { printf '\0\0\10\1\0\0\0\24'; tail -c +9 "$data/train-labels-idx1-ubyte" | head -c 20; } >work/$set-labels-idx1-ubyte || true
done
cp work/train-images-idx3-ubyte work/train-labels-idx1-ubyte idx
# Three floats, and QMNIST's labels.
printf '\0\0\15\2\0\0\0\3\0\0\0\1\77\200\0\0\0\0\0\0\77\0\0\0' >idx/floats
printf '\0\0\14\2\0\0\0\1\0\0\0\10\0\0\0\7%28s' '' >idx/qmnist
gzip -nc idx/floats >gzip/one
cat gzip/one gzip/one >gzip/two
printf 'label,1x1,1x2,2x1,2x2\r\n3,0,255,1,2\r\n"4",9,8,7,6\r\n' >csv/names
printf '1,0\n2,255\n\n' >csv/plain
printf 'a,b,c,d\n1,2,3,4\n' >csv/unlabelled
python3 "$here/../layouts.py" --seeds npz
PYTHONDONTWRITEBYTECODE=1 python3 "$here/../exchange_models.py" files work/models
for file in work/models/*/*; do
  cp "$file" "import/$(basename "$(dirname "$file")")-${file##*/}"
done
"$write_pngs" kinds picture
printf 'P1\n3 2\n101\n0 1 0\n' >picture/P1
printf 'P2 # text\n3 2\n9\n1 2 3 4 5 6\n' >picture/P2
printf 'P4\n9 2\n\252\200\125\0' >picture/P4
printf 'P5\n3 2\n255\nabcdef' >picture/P5
{ printf 'P6\n16 16\n255\n' && tail -c 768 "$data/train-images-idx3-ubyte"; } >picture/P6
if command -v cjpeg >/dev/null; then
  cjpeg -optimize picture/P6 >picture/baseline
  cjpeg -progressive -sample 2x1 picture/P6 >picture/progressive
  cjpeg -grayscale -arithmetic -restart 1 picture/P6 >picture/arithmetic
fi

train=("$program" train --data work --threads 1 --batch 8)
"${train[@]}" --hidden none --epochs 1 --out work/none >/dev/null
"${train[@]}" --hidden 3,2 --epochs 2 --val 5 --patience 2 --out work/two >/dev/null
for run in none two; do
  cp work/$run/model.safetensors model/$run
  cp work/$run/run.json run_summary/$run
  cp work/$run/metrics.csv metrics/$run
done
# As other programs leave them.
LC_ALL=C sed 's/"mnist_simd /"OTHER-PROG /' model/two >model/rewritten
{ printf '\357\273\277'; sed 's/$/\r/' metrics/two; } >metrics/windows
{ printf '\357\273\277'; sed 's/$/\r/' run_summary/two; } >run_summary/windows

sed 's/"class_names": null/"class_names": ["a b", null, "\\u00e9", null, null, null, null, null, null, null]/' run_summary/two >run_summary/names
# With an absent class.
sed '/"f1"/,/]/s/[0-9.]\+,$/null,/' run_summary/two >run_summary/absent
sed 's/"from": null/"from": {"folder": "runs\/one", "epoch": 2, "weights_sha256": "'"$(printf 'a%.0s' {1..64})"'", "moments": true}/
  s/"author": null/"author": "A. N. Other"/' run_summary/two >run_summary/from

# Interrupted, a run leaves its checkpoint.
"${train[@]}" --hidden 3 --dropout 0.5 --val 5 --epochs 100000 --out work/stopped >work/log &
for _ in $(seq 200); do
  grep -q '^epoch  *3/' work/log && break
  sleep 0.05
done
kill -TERM $! && { wait $! || true; }
cp work/stopped/checkpoint-*.safetensors checkpoint

printf 'preset unregularised\nmode grid\nset hidden 2\nset epochs 1\nset batch 8\nset val 5\nvary lr 0.01 0.1\nseeds 1 2\n' >sweep_file/grid
printf 'preset final # comment\nmode one-at-a-time\nset val 5\nvary dropout:2 0.1 0.2\nvary epochs/patience 10/5 50/10\n' >sweep_file/one
"$program" sweep sweep_file/grid --data work --threads 1 --out work/sweep >/dev/null
printf 'preset fnal\nset epoks 1\nvery l1 0 1\nmode grid\nmode grid\nset l1 x\n' >sweep_file/problems
head -n 1 work/sweep/results*.jsonl >sweep_line/result
head -n 1 work/sweep/times*.jsonl >sweep_line/time
rm -rf work
