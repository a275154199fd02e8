#!/usr/bin/env bash
# A small data set: the first images and labels of another one, for tests that run the program.
# Usage: small_data.sh DATA_FOLDER NEW_FOLDER N_TRAIN N_TEST [CHANGE]     (fewer than 65536 each)
# CHANGE: inverted (pixels p become 255 - p), or from-one (labels begin at 1, class 0 is absent).
set -euo pipefail

from=$1 to=$2 change=${5:-}
mkdir -p "$to"

octal() { # NUMBER...
  printf '\\%03o' "$@"
}

# The bytes of pixels or labels, which the file's name tells, as CHANGE has them.
changed() { # NAME
  case $change:$1 in
    inverted:*images*) LC_ALL=C tr "$(octal $(seq 0 255))" "$(octal $(seq 255 -1 0))" ;;
    from-one:*labels*) LC_ALL=C tr '\000-\376' '\001-\377' ;;
    *) cat ;;
  esac
}

shorten() { # NAME HEADER_BYTES ITEM_BYTES COUNT
  {
    head -c 4 "$from/$1"
    # The count is big-endian.
    # shellcheck disable=SC2059
    printf "$(printf '\\0\\0\\%03o\\%03o' $(($4 / 256)) $(($4 % 256)))"
    tail -c +9 "$from/$1" | head -c $(($2 - 8))
    tail -c +$(($2 + 1)) "$from/$1" | head -c $(($3 * $4)) | changed "$1"
  } >"$to/$1"
}
[ -f "$from/train-images-idx3-ubyte" ] || { echo "$from: holds no MNIST" >&2; exit 1; }
set +o pipefail # head ends before tail has written all
shorten train-images-idx3-ubyte 16 784 "$3"
shorten train-labels-idx1-ubyte 8 1 "$3"
shorten t10k-images-idx3-ubyte 16 784 "$4"
shorten t10k-labels-idx1-ubyte 8 1 "$4"
