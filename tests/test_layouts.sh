#!/usr/bin/env bash
# Data as it is published: every layout of the same images gives the same digest and the same weights; what is wrong is refused in
# one line that names file and fault.
# Usage: test_layouts.sh PROGRAM DATA_FOLDER WRITE_PNGS
set -uo pipefail
# shellcheck source=tests/checks.sh
source "$(dirname "$0")/checks.sh"
command -v python3 >/dev/null || { echo "skipped: without python3 no layouts are made"; exit 77; }
write_pngs=$(realpath "$3")
begin "$1" "$2" memory

"$here/small_data.sh" "$data" small 600 200
python3 "$here/layouts.py" small layouts
python3 "$here/layouts.py" --wrong small wrong
"$write_pngs" mnist small layouts/png

run() {
  "$program" "$@" >out 2>err
  code=$?
}

train() { # OPTION...: into the folder run
  run train --threads 1 --hidden 8 --epochs 1 --batch 64 --val 100 --force --out run "$@"
}

digests() {
  grep -oE '"(data|weights)_sha256": "[0-9a-f]{64}' run/run.json | sort
}

# ---- What is read ----

train --data small
expected=$(digests) tested=$(grep '^Test accuracy' out)
check "plain IDX files train" test "$code" -eq 0 -a "$(wc -l <<<"$expected")" -eq 2
check "how they were read is said" grep -q '^ *read as IDX$' out

same() { # NAME HOW_READ OPTION...
  local name=$1 how=$2
  shift 2
  rm -rf run
  train "$@"
  check "$name: the same data and weights" test "$code" -eq 0 -a "$(digests)" = "$expected" -a "$(grep '^Test accuracy' out)" = "$tested"
  check "        read as $how" grep -qxF "          read as $how" out
}

layout() { # LAYOUT HOW_READ OPTION...
  same "$1" "$2" --data "layouts/$1" "${@:3}"
}

layout dot IDX
layout gzip "IDX, gzip"
layout emnist "IDX, gzip; EMNIST digits; rows and columns exchanged"
layout emnist_splits "IDX, gzip; EMNIST digits; rows and columns exchanged; other data sets beside it" --split digits
layout emnist_splits "IDX, gzip; EMNIST digits; rows and columns exchanged; other data sets beside it" --split emnist-digits
layout qmnist "IDX, gzip; QMNIST"
layout torchvision IDX
layout torchvision_two IDX --split MNIST
same "torchvision's own folder" IDX --data layouts/torchvision_two/MNIST
layout flat IDX
layout channel IDX
layout channel_last IDX
layout int16 "IDX; int16 from 0 to 255 as bytes"
layout int32 "IDX; int32 from 0 to 255 as bytes"
layout float32 "IDX; float32 from 0 to 255 as bytes"
layout float32_fractions "IDX; float32 from 0 to 1 as fractions of 255"
layout float64_fractions "IDX; float64 from 0 to 1 as fractions of 255"
layout keras NPZ
layout keras_stored NPZ
same "an archive as a file" NPZ --data layouts/keras/mnist.npz
layout medmnist NPZ
layout kmnist "NPZ; Kuzushiji-MNIST"
layout csv CSV
layout png "PNG files, a folder per class: training, testing"
layout csv_plain "CSV, gzip"

train --data layouts/emnist --transpose no
check "EMNIST's images as they lie: other data" test "$code" -eq 0 -a "$(digests)" != "$expected"
train --data small --transpose yes
check "transposed: EMNIST's as they lie" test "$code" -eq 0
exchanged=$(digests)
train --data layouts/emnist --transpose no
check "        the same" test "$(digests)" = "$exchanged"

# Test images that have no labels are none.
train --data layouts/kaggle
check "Kaggle's training file: the same data and weights" test "$code" -eq 0 -a "$(digests)" = "$expected"
refused 1 "test.csv" "has no labels" -- eval run --data layouts/kaggle
train --data layouts/csv/mnist_train.csv
check "a CSV file alone: the same data and weights" test "$code" -eq 0 -a "$(digests)" = "$expected"
train --data small
for name in gzip keras csv medmnist png; do
  run eval run --data "layouts/$name"
  check "eval: $name" grep -qF "$tested" out
  for part in test train; do
    run show $part 7 --data small
    mv out plain
    run show $part 7 --data "layouts/$name"
    check "show $part: $name" cmp -s out plain
  done
done
run eval run --data layouts/csv/mnist_test.csv
check "eval: a CSV file of test images alone" grep -qF "$tested" out
rm -r layouts/idx/train*
run eval run --data layouts/idx
check "eval: no training files" grep -qF "$tested" out
run show layouts/gzip/t10k-images-idx3-ubyte.gz 7
check "show: a compressed file of images" test "$code" -eq 0

run show layouts/emnist/emnist-digits-test-images-idx3-ubyte 7
cp out turned
run show small/t10k-images-idx3-ubyte 7
check "show: a file of EMNIST's is turned" cmp -s out turned

# Files that other programs leave beside the data, and other ends of lines.
cp -r layouts/gzip beside
for name in beside/*; do
  echo sum >"$name.sha256"
  echo part >"$name.crdownload"
  echo fork >"beside/._${name##*/}"
done
same "beside checksums and hidden files" "IDX, gzip" --data beside
mkdir old
tr '\n' '\r' <layouts/csv/mnist_train.csv | sed 's/\r\r/\r/g' >old/train.csv
cp layouts/csv/mnist_test.csv old/test.csv
same "lines that end in CR" CSV --data old
mkdir spaced
sed '1s/.*/label,0,1/; 1!s/,/, /g; 1!s/$/ /' layouts/csv/mnist_train.csv | sed "1s/.*/label$(printf ',%d' $(seq 0 783))/" | tr -d '\r' >spaced/train.csv
cp layouts/csv/mnist_test.csv spaced/test.csv
same "blanks behind commas, a head of numbers" CSV --data spaced

# Pictures: names of classes, test images alone.
cp -r layouts/png named
seq 10 19 >named/classes.txt
train --data named
check "names of classes beside pictures" grep -qE '^9 19 ' out
rm -r named/training
run eval run --data named
check "eval: pictures of tests alone" grep -qF "$tested" out

# Data that was changed, where the training images are the same.
train --data small
cp -r small relabelled
{ head -c 8 small/t10k-labels-idx1-ubyte; tail -c +9 small/t10k-labels-idx1-ubyte | tr '\0-\11' '\1-\11\0'; } >relabelled/t10k-labels-idx1-ubyte
refused 1 "was trained on other data" "test images" "--other-data" -- eval run --data relabelled
run eval run --data relabelled --other-data
check "        is evaluated with --other-data" grep -q 'not the data that the model was trained on' out

# ---- Validation images ----

run train --threads 1 --hidden 8 --epochs 2 --val-data layouts/torchvision_two/KMNIST --patience 1 --force --out run --data small
check "validation images of another folder" grep -q '600 training, 200 validation' out
check "        are in the summary" grep -q '"val": 200' run/run.json
refused 1 "--val-data: other: there is no such folder" -- train --val-data other --data small --out other
for name in a b; do
  mkdir -p named_$name
  cp -r layouts/png/training/3 named_$name/cat
  cp -r layouts/png/training/4 named_$name/dog
done
mv named_b/cat named_b/eel
refused 1 "--val-data: named_b" "class 0 is dog" "cat" -- train --data named_a --val-data named_b --out other
"$program" train --threads 1 --hidden 8 --epochs 100000 --data small --val-data layouts/torchvision_two/KMNIST --transpose yes --force --out run >out 2>err &
for _ in $(seq 200); do
  grep -q '^epoch  *3/' out && break
  sleep 0.05
done
kill -INT $!
wait $!
check "the command that resumes names the data" grep -q -- '--resume run --data small --transpose yes --val-data layouts/torchvision_two/KMNIST$' out
run train --threads 1 --hidden 8 --epochs 1 --val-data small --data layouts/csv/mnist_train.csv --force --out run
run show train 3 --data layouts/csv/mnist_train.csv --model run
check "a model knows its training images without those that validated" test "$code" -eq 0
refused 2 "--val-data" "leave --val out" -- train --val-data small --val 9 --data small --out other
refused 2 "--val-data" "leave --val-shuffle out" -- train --val-data small --val-shuffle --data small --out other
# Sorted by class: the last images are of classes that training would not see.
python3 - small sorted <<'EOF'
import os, sys
os.mkdir(sys.argv[2])
for part in "train", "t10k":
    images = open(f"{sys.argv[1]}/{part}-images-idx3-ubyte", "rb").read()
    labels = open(f"{sys.argv[1]}/{part}-labels-idx1-ubyte", "rb").read()
    order = sorted(range(len(labels) - 8), key=lambda i: labels[8 + i])
    open(f"{sys.argv[2]}/{part}-images-idx3-ubyte", "wb").write(images[:16] + b"".join(images[16 + 784 * i:800 + 784 * i] for i in order))
    open(f"{sys.argv[2]}/{part}-labels-idx1-ubyte", "wb").write(labels[:8] + bytes(labels[8 + i] for i in order))
EOF
train --data sorted
check "sorted files: a warning that names the class" grep -q "warning: validation images .*(9).*--val-shuffle" err
check "        and one of the test images" grep -q "warning: test images .*(9)" err
train --data sorted --val-shuffle
check "drawn by the seed: no warning" test ! -s err -a "$code" -eq 0
first=$(digests)
train --data sorted --val-shuffle
check "        the same images again" test "$(digests)" = "$first"
train --data sorted --val-shuffle --seed 43
check "        others with another seed" test "$(digests | tail -n 1)" != "$(tail -n 1 <<<"$first")"
run report run --data sorted
check "        the report has them" test "$code" -eq 0

# ---- What is refused ----

wrong() { # FOLDER WORD...
  refused 1 "wrong/$1" "${@:2}" -- train --data "wrong/$1" --out refused
}

wrong nan "float32 (600, 28, 28)" "value 783 of image 599 is nan"
wrong centred "float64 (600, 28, 28)" "from -1 to 1"
wrong negative "int16 (600, 28, 28)" "from -1 to 255"
wrong colour "uint8 (200, 28, 28, 3)" "several channels"
wrong five "5 dimensions"
wrong exchanged "uint8 (600)" "mixed up?"
wrong one_hot "uint8 (600, 10)" "one number an image"
wrong large_label "int32 (600)" "label 599 is 300"
wrong test_label "label 199 is 77" "10 classes"
wrong mismatched "600 images" "599 labels"
wrong other_size "28 x 28" "14 x 56"
wrong bomb "unfolds to over 268435456 bytes"
wrong truncated "damaged or cut off"
wrong damaged "incorrect data check"
wrong csv_column "line 7 has fewer values" "785"
wrong csv_value "line 4, value 6 is '0.5'"
wrong csv_256 "line 4, value 6 is '256'"
wrong csv_blank "line 5 is blank"
wrong csv_text "line 4, value 6 is no number"
wrong two_tests "t10k-images-idx3-ubyte" "test-images-idx3-ubyte" "same part"
wrong npz_bomb "unfolds to more than a hundred times"
wrong csv_last "the label must be first"
wrong csv_head "holds no image"
wrong pickle "y_train" "pickle"
wrong complex "y_train" "uint8"
wrong fortran "x_train" "Fortran"
wrong keys "no array y_train" "x_train, labels"
wrong short "x_train" "disagree"
wrong checksum "x_train" "checksum"
wrong cut "cut off"
wrong mixed "emnist-balanced, emnist-digits" "--split"
wrong names "classes.txt" "2 names" "9"
cp -r layouts/png wrong/png_size
"$write_pngs" kinds kinds
cp kinds/0-16-0-0.png wrong/png_size/training/3/999.png
wrong png_size "training/3/999.png" "28 x 28"
cp -r layouts/png wrong/png_empty
rm wrong/png_empty/training/3/*
wrong png_empty "training/3"
cp -r layouts/png wrong/png_mixed
cp small/t* wrong/png_mixed
wrong png_mixed "pictures in folders" "train-images-idx3-ubyte"
refused 1 "no data set 'letters'" "emnist-digits" "--split" -- train --data layouts/emnist_splits --split letters --out refused
refused 1 "MNIST, KMNIST" "--split" -- train --data layouts/torchvision_two --out refused
refused 1 "neither .npz nor .csv" "--data" -- train --data small/train-images-idx3-ubyte --out refused
refused 2 "--transpose: 'maybe'" "auto, yes or no" -- train --data small --transpose maybe --out refused
check "nothing was written" test ! -e refused

# ---- Names of classes ----

fashion=/usr/share/datasets/fashion-mnist
if [ -e $fashion/t10k-images-idx3-ubyte.gz ]; then
  run train --threads 2 --hidden 16 --epochs 1 --val 0 --data $fashion --force --out run
  check "Fashion-MNIST as Debian packs it" test "$code" -eq 0
  check "        its classes have their names" grep -q 'Ankle boot' out
else
  echo "skipped: Debian's dataset-fashion-mnist is not installed"
fi
finish
