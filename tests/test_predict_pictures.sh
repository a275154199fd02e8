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
  awk -F, -v pattern="$1" 'NR > 1 { label = $1; sub(pattern, "", label); sub(/[-\/.].*/, "", label); n += label == $7 } END { print n + 0 }' out
}

run train --threads 2 --hidden 256 --preset unregularised --epochs 6 --val 0 --data "$data" --out model
check "a model" test "$code" -eq 0

# ---- MNIST's own images ----

n=500
"$here/photos.py" enlarged "$data" once $n 1
"$here/photos.py" enlarged "$data" large $n 5
"$here/photos.py" enlarged "$data" inverted $n 5 inverted
run predict model once/*/*.png --csv --whole
expected=$(right "once/")
check "as they are: most are right ($expected of $n)" test "$expected" -gt 450 -a "$(lines out)" -eq $((n + 1))
for name in once large inverted; do
  run predict model $name/*/*.png --csv
  found=$(right "$name/")
  check "found in a picture, $name: $found right, within 3 of $expected" \
    test "$code" -eq 0 -a "$found" -ge $((expected - 3)) -a "$(lines out)" -eq $((n + 1))
done

"$here/photos.py" cropped "$data" cropped 200
run predict model cropped/*/*.png --csv
check "cropped to the digit: $(right cropped/) of 200 right" test "$(right cropped/)" -gt 130

# ---- Drawings ----

for seed in 1 2; do
  "$here/photos.py" drawn drawn$seed $seed &
  "$here/photos.py" phone phone$seed $seed &
done
wait
read_two_sets() { # KIND ENDING: sets found and shrunk, of 40
  local seed
  shrunk=0 found=0
  for seed in 1 2; do
    run predict model "$1$seed"/*."$2" --csv
    found=$((found + $(right "$1[0-9]*/[0-9]*-[a-z]*-")))
    run predict model "$1$seed"/*."$2" --csv --whole
    shrunk=$((shrunk + $(right "$1[0-9]*/[0-9]*-[a-z]*-")))
  done
}

read_two_sets drawn png
check "drawings under shadow, noise and on lines: $found of 40 right, $shrunk when only shrunk" test "$found" -ge 34 -a "$shrunk" -le 12
if command -v cjpeg >/dev/null; then
  for photo in phone[12]/*.ppm; do
    cjpeg -quality 60 "$photo" >"${photo%.ppm}.jpg"
  done
  read_two_sets phone jpg
  check "photographs in colour, JPEG: $found of 40 right, $shrunk when only shrunk" test "$found" -ge 34 -a "$shrunk" -le 12
  run predict model phone1/00-*.ppm phone1/00-*.jpg --csv
  check "        PPM and JPEG: found within 2 pixels of each other" awk -F, '
    NR > 2 { for (i = 3; i <= 6; ++i) if ($i - last[i] > 2 || last[i] - $i > 2) exit 1 }
    { split($0, last, ",") } END { exit NR != 3 }' out
else
  echo "not tested: JPEG files: cjpeg is not installed (libjpeg-turbo-progs)"
fi
"$here/photos.py" row . 1
run predict model row.png --many --csv
check "several digits, from left to right" test "$(awk -F, 'NR > 1 { printf "%s", $7 }' out)" = 01234
check "        one is taken where --many is not given, which is said" eval \
  'run predict model row.png --csv; [ "$code" -eq 0 ] && grep -q "row.png: may hold more digits.*--many" err'
"$here/photos.py" lines . 1
run predict model lines.png --many --csv
check "        line by line" test "$(awk -F, 'NR > 1 { printf "%s", $7 }' out)" = 0123456789
run predict model clear.png --csv
check "black ink on a transparent ground" test "$(awk -F, 'NR > 1 { printf "%s", $7 }' out)" = 3
run predict model row.png --many --json
check "        as JSON" test "$(python3 -c 'import json; print(*(p["class"] for p in json.load(open("out"))), sep="")')" = 01234
run predict model row.png large/7/0.png
check "drawn for people, with bars" test "$code" -eq 0 -a "$(grep -c ' %' out)" -eq 20
check "        in 80 columns" test "$(wc -L <out)" -le 80

# ---- Images of a data set, and names of classes ----

images=$data/t10k-images-idx3-ubyte
run predict model "$images" --csv
check "an IDX file: a line for each image" test "$code" -eq 0 -a "$(lines out)" -eq 10001
cut -d, -f2,7,9- out | tail -n +2 >by-predict
run eval model --data "$data" --predictions by-eval.csv
check "eval writes predictions" test "$code" -eq 0 -a "$(head -n 1 by-eval.csv | cut -d, -f1-4)" = index,class,predicted,p0
check "        the same" cmp by-predict <(cut -d, -f1,3- by-eval.csv | tail -n +2)
check "        with the classes: as many wrong as eval says" grep -q \
  "$(awk -F, 'NR > 1 { n += $2 != $3 } END { print n }' by-eval.csv) of 10000 misclassified" out
check "        over an earlier file of its own" eval 'run eval model --data "$data" --predictions by-eval.csv; [ "$code" -eq 0 ]'
refused 2 "model/run.json: is not what this program writes there" -- eval model --data "$data" --predictions model/run.json
refused 1 "nowhere/p.csv: cannot be written" -- eval model --data "$data" --predictions nowhere/p.csv
refused 1 "has 10000 images, up to 64 are drawn" -- predict model "$images"
cp -r model named
sed -i 's/"class_names": null/"class_names": ["zero", null, "two", "three", "four", "fi, ve", "six", "seven", "eight", "nine"]/' named/run.json
run predict named row.png --many --csv
check "names of classes" test "$(awk -F, 'NR > 1 { printf "%s ", $8 }' out)" = "zero  two three four "
run predict named row.png
check "        drawn" grep -q '^row.png: 0 zero$' out
run predict named "$images" --csv
check "        quoted where they have a comma" grep -q ',5,"fi, ve",' out

# ---- What is refused ----

head -c 300 row.png >cut.png
refused 1 "cut.png" -- predict model cut.png
refused 1 "none.png" "cannot be opened" -- predict model none.png
refused 1 "photos.py: is not a PNG, JPEG, PGM, PPM or PBM file" -- predict model "$here/photos.py"
"$here/photos.py" huge huge.png 10000 10000
refused 1 "huge.png: has 10000 x 10000 pixels, must be 1 x 1 to 8192 x 8192: make it smaller" -- predict model huge.png
"$here/photos.py" huge blank.png 8192 8192
refused 1 "blank.png: nothing is written on it" -- predict model blank.png
printf '\0\0\10\3\0\0\0\1\0\0\0\2\0\0\0\2abcd' >small-idx3-ubyte
refused 1 "has images of 2 x 2 pixels" "give --whole" -- predict model small-idx3-ubyte
run predict model small-idx3-ubyte --whole --csv
check "images of another size, resized" test "$code" -eq 0 -a "$(lines out)" -eq 2
refused 1 "are images and labels mixed up" -- predict model "$data/t10k-labels-idx1-ubyte" --csv
refused 2 "--json and --csv" -- predict model row.png --json --csv
refused 2 "--many and --whole" -- predict model row.png --many --whole
printf '\0\0\0\30ftypheic' >photo.heic
refused 1 "photo.heic: its format is HEIC" -- predict model photo.heic
cp row.png $'row\e[31m.png'
run predict model $'row\e[31m.png'
check "control characters of a name are not printed" eval '! grep -q $'"'"'\e\[31m'"'"' out'
"$here/small_data.sh" "$data" wide 300 50
for set in train t10k; do # 14 x 56 pixels
  printf '\0\0\0\16\0\0\0\70' | dd of=wide/$set-images-idx3-ubyte bs=1 seek=8 conv=notrunc 2>/dev/null
done
run train --data wide --hidden none --epochs 1 --val 0 --out wide_model
run predict wide_model wide/t10k-images-idx3-ubyte --csv
check "images that are not square" test "$code" -eq 0 -a "$(lines out)" -eq 51
run predict model none.png row.png --csv
check "one that cannot be read does not keep the others" test "$code" -eq 1 -a "$(lines out)" -eq 2
finish
