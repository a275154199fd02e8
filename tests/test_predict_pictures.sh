#!/usr/bin/env bash
# predict: pictures of digits become what MNIST's own images are. MNIST's test images, enlarged, are classified as they are as
# data; drawings under shadow, noise and on lines are read by more than nine in ten; what holds no digit is refused.
# Usage: test_predict_pictures.sh PROGRAM DATA_FOLDER
set -uo pipefail
# shellcheck source=tests/checks.sh
source "$(dirname "$0")/checks.sh"
command -v python3 >/dev/null || { echo "skipped: without python3 no pictures are made"; exit 77; }
begin "$1" "$2" memory

run() {
  "$program" "$@" >out 2>err
  code=$?
}

# The number of lines of out whose class is the label in the picture's name, of those that there are.
right() { # WHAT_TO_TAKE_OUT_OF_THE_NAME
  awk -F, -v pattern="$1" 'NR > 1 { label = $1; sub(pattern, "", label); sub(/[-\/.].*/, "", label); n += label == $6 } END { print n + 0 }' out
}

run train --threads 2 --hidden 256 --preset unregularised --epochs 6 --val 0 --data "$data" --out model
check "a model" test "$code" -eq 0

# ---- MNIST's own images ----

n=1000
"$here/photos.py" enlarged "$data" once $n 1
"$here/photos.py" enlarged "$data" large $n 5
"$here/photos.py" enlarged "$data" inverted $n 5 inverted
run predict model once/*/*.png --csv --whole
expected=$(right "once/")
check "as they are: most are right ($expected of $n)" test "$expected" -gt 900 -a "$(lines out)" -eq $((n + 1))
for name in once large inverted; do
  run predict model $name/*/*.png --csv
  found=$(right "$name/")
  check "found in a picture, $name: $found right, within 3 of $expected" \
    test "$code" -eq 0 -a "$found" -ge $((expected - 3)) -a "$(lines out)" -eq $((n + 1))
done

# ---- Drawings ----

shrunk=0 found=0
for seed in 1 2; do
  "$here/photos.py" drawn drawn$seed $seed
  run predict model drawn$seed/*.png --csv
  found=$((found + $(right 'drawn[0-9]*/[0-9]*-[a-z]*-')))
  run predict model drawn$seed/*.png --csv --whole
  shrunk=$((shrunk + $(right 'drawn[0-9]*/[0-9]*-[a-z]*-')))
done
check "drawings under shadow, noise and on lines: $found of 40 right, $shrunk when only shrunk" test "$found" -ge 34 -a "$shrunk" -le 12
"$here/photos.py" row . 1
run predict model row.png --many --csv
check "several digits, from left to right" test "$(awk -F, 'NR > 1 { printf "%s", $6 }' out)" = 01234
run predict model row.png --many --json
check "        as JSON" test "$(python3 -c 'import json; print(*(p["class"] for p in json.load(open("out"))), sep="")')" = 01234
run predict model row.png large/7/0.png
check "drawn for people, with bars" test "$code" -eq 0 -a "$(grep -c ' %' out)" -eq 20
check "        in 80 columns" test "$(wc -L <out)" -le 80

# ---- What is refused ----

head -c 300 row.png >cut.png
refused 1 "cut.png" -- predict model cut.png
refused 1 "none.png" "cannot be opened" -- predict model none.png
refused 1 "t10k-images" "is not a PNG file" -- predict model "$data/t10k-images-idx3-ubyte"
refused 2 "--json and --csv" -- predict model row.png --json --csv
refused 2 "--many and --whole" -- predict model row.png --many --whole
run predict model none.png row.png --csv
check "one that cannot be read does not keep the others" test "$code" -eq 1 -a "$(lines out)" -eq 2
finish
