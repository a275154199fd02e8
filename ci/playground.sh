#!/usr/bin/env bash
# Builds build/playground/playground.html, one file that draws, trains and shows digests in a browser (web/), and beside it
# playground-with-data.html, which holds MNIST too. Installs what is missing: clang 19, lld, wasi-libc, node.
# Usage: playground.sh [--model FILE] [--test [BROWSER]...]
#        --model FILE   the .safetensors file of the network that the page begins with; without it, the report's is trained
#        --test         tests the page in the browsers, chromium and firefox unless some are named, and the library in node; with
#                       a network of five epochs for want of another
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

model='' is_test=false browsers=()
while [ $# -gt 0 ]; do
  case $1 in
    --model) model=$(realpath "${2:?--model needs a file}") && shift 2 ;;
    --test) is_test=true && shift ;;
    chromium | firefox) browsers+=("$1") && shift ;;
    *) fail "$1: unknown. Usage: playground.sh [--model FILE] [--test [chromium] [firefox]]" ;;
  esac
done

missing_playground_packages() {
  { has_tool clang-19 && has_tool wasm-ld-19 && has_tool llvm-ar-19 && has_file /usr/include/wasm32-wasi/stdio.h &&
    has_file /usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a && has_tool node; } ||
    cross_packages wasm32-wasi
  ! $is_test || has_tool npm || echo npm
  ! $is_test || has_tool chromium || echo chromium
  ! $is_test || has_tool firefox-esr || echo firefox-esr
}

require_packages
require_these "$(missing_playground_packages | xargs)"
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
build
folder=$root/build/playground
mkdir -p "$folder"

step "building for WebAssembly"
(fetch_library_sources) || fail "The sources of Jansson and zlib could not be downloaded by apt-get source."
(build_static_libraries wasm32-wasi) >"$folder/libraries.log" 2>&1 || fail "See $folder/libraries.log"
for relaxed in ON OFF; do
  cmake -S "$root" -B "build-wasm/$relaxed" -DCMAKE_TOOLCHAIN_FILE="$root/ci/wasm.cmake" -DMNIST_SIMD_INSTALL=OFF \
    -DMNIST_SIMD_RELAXED=$relaxed -DMNIST_SIMD_WERROR="${CI:+ON}" >"$folder/cmake.log" 2>&1 || fail "See $folder/cmake.log"
done
{ cmake --build build-wasm/ON --parallel "$(nproc)" && cmake --build build-wasm/OFF --target engine --parallel "$(nproc)"; } \
  >"$folder/build.log" 2>&1 || {
  cat "$folder/build.log"
  fail "The library could not be built for WebAssembly."
}

if [ -z "$model" ]; then
  epochs=50
  ! $is_test || epochs=5
  model=$folder/run-$epochs/model.safetensors
  if ! [ -f "$model" ]; then
    rm -rf "$folder/run-$epochs"
    build/mnist_simd train --preset final --epochs $epochs --out "$folder/run-$epochs"
  fi
fi
for data in '' "$MNIST_SIMD_DATA"; do
  # shellcheck disable=SC2086 # no argument where there is no data
  node web/assemble.mjs "$folder/playground${data:+-with-data}.html" build-wasm/{ON,OFF}/web/engine.wasm "$model" ${data:+"$data"}
done

if $is_test; then
  step "testing the page"
  modules=$folder/node_modules
  [ -d "$modules/axe-core" ] && [ -d "$modules/puppeteer-core" ] ||
    npm install --prefix "$folder" --no-audit --no-fund --loglevel=error puppeteer-core@24.43.1 axe-core@4.14.1 >"$folder/npm.log" 2>&1 || {
    cat "$folder/npm.log"
    fail "npm could not get puppeteer-core and axe-core."
  }
  node tests/test_playground.mjs "$folder" build/mnist_simd "$MNIST_SIMD_DATA" build-wasm/ON/web "$modules" "${browsers[@]}"
fi
