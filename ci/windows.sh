#!/usr/bin/env bash
# Builds the program for Windows by mingw-w64 in build-windows/, tests it under wine and leaves
# mnist_simd-VERSION-windows.zip there: the program, its licences, a README. Installs what is missing. Minutes on two cores.
# Usage: windows.sh [--build | --all]
#        --build   no tests
#        --all     also the scripts that take long and find the least of their own here
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
target=x86_64-w64-mingw32
folder=$root/build-windows
which=${1-}
case $which in '' | --build | --all) ;; *) fail "$1: unknown. Usage: windows.sh [--build | --all]" ;; esac

missing_windows_packages() {
  has_tool $target-gcc-posix && has_tool wine || cross_packages $target
}

# ---- The program ----

require_packages
require_these "$(missing_windows_packages | xargs)"
MNIST_SIMD_DATA=$("$root/ci/get_data.sh" | tail -n 1)
export MNIST_SIMD_DATA
step "building in build-windows/"
(fetch_library_sources) || fail "The sources of Jansson, libpng and zlib could not be downloaded by apt-get source."
(build_static_libraries $target) || fail "$target: its static libraries could not be built in build-cross/$target."
cmake -S . -B "$folder" -DCMAKE_TOOLCHAIN_FILE=ci/windows.cmake -DMNIST_SIMD_WERROR="${CI:+ON}" >"$folder-configure.log" ||
  fail "CMake could not configure the build: $folder-configure.log"
rm -f "$folder-configure.log"
cmake --build "$folder" --parallel "$(nproc)" | grep -v '^\[' || true
[ -f "$folder/tests/test_kernels.exe" ] || fail "It could not be built."
imports=$($target-objdump -p "$folder/mnist_simd.exe" | sed -n 's/^\tDLL Name: //p' | sort | xargs)
echo "mnist_simd.exe: $(stat -c %s "$folder/mnist_simd.exe") bytes, loads $imports"
[ "$imports" = "KERNEL32.dll SHELL32.dll msvcrt.dll" ] || fail "It loads other DLLs than the system's."

step "the archive"
version=$(sed -n 's/^  VERSION //p' CMakeLists.txt | head -n 1)
name=mnist_simd-$version-windows
rm -rf "${folder:?}/$name" && mkdir -p "$folder/$name/licences"
cp "$folder/mnist_simd.exe" "$folder/$name" && $target-strip "$folder/$name/mnist_simd.exe"
cp LICENSE "$folder/$name/licences/mnist_simd.txt"
for library in jansson libpng zlib; do
  cp build-cross/sources/$library-*/LICENSE "$folder/$name/licences/$library.txt"
done
cp /usr/share/doc/mingw-w64-common/copyright "$folder/$name/licences/mingw-w64.txt"
cp /usr/share/doc/gcc-mingw-w64-base/copyright "$folder/$name/licences/gcc.txt"
cat >"$folder/$name/README.txt" <<TEXT
mnist_simd $version for Windows 10 and later on x86-64. There is nothing to install: in a terminal, in this folder,

  mnist_simd --help
  mnist_simd train --data FOLDER     FOLDER holds MNIST's four files: train-images-idx3-ubyte and so on, .gz or not
  mnist_simd verify                  the published digests of the weights, by each instruction set of this CPU

A run that was begun on another system ends here with the same bits, and back. JPEG files are not read in this build.
licences/ has those of the program and of what is in it: Jansson, libpng, zlib and the runtimes of gcc and mingw-w64.
TEXT
sed -i 's/$/\r/' "$folder/$name/README.txt"
(cd "$folder" && rm -f "$name.zip" && cmake -E tar cf "$name.zip" --format=zip "$name")
stat -c '%n: %s bytes' "$folder/$name/mnist_simd.exe" "$folder/$name.zip"
[ "$which" != --build ] || exit 0

# ---- Tests under wine ----

export WINEPREFIX=$folder/wine WINEDEBUG=-all
mkdir -p "$WINEPREFIX"
wineserver -p
trap 'wineserver -k' EXIT
wine "$folder/mnist_simd.exe" --version
failed=()

# What a script may find wrong here, by the names of its checks: signals and the numbers of processes, names of files with < or ",
# POSIX's links and pipes, arguments that are no UTF-8, the sequences of wine's terminal, JPEG. Any other failure counts.
script() { # NAME ALLOWED ARGUMENT...
  local name=$1 allowed=$2 begin=$SECONDS log=$folder/$1.log found passed
  shift 2
  timeout 900 "tests/test_$name.sh" "$@" >"$log" 2>&1 || true
  found=$(grep -a '^FAILED' "$log" | grep -avE "^FAILED +($allowed)" || true)
  passed=$(grep -ac '^ok' "$log" || true)
  if [ -z "$found" ] && [ "$passed" -gt 0 ] && tail -n 1 "$log" | grep -qaE '^[0-9]+ passed'; then
    printf '%-18s %3d passed, %2d not for Windows, %d s\n' "$name" "$passed" "$(grep -ac '^FAILED' "$log" || true)" $((SECONDS - begin))
  else
    printf '%-18s FAILED, see %s\n%s\n' "$name" "$log" "$found"
    failed+=("$name")
  fi
}

step "verify with each instruction set"
wine "$folder/mnist_simd.exe" kernels >"$folder/kernels.log"
for isa in scalar avx2 avx512; do
  if grep -aq "^$isa  *yes" "$folder/kernels.log"; then
    wine "$folder/mnist_simd.exe" verify --isa $isa | tail -n 5 || failed+=("verify $isa")
  else
    echo "$isa: skipped, not on this CPU"
  fi
done

step "tests in C: but for exp_log, which takes all floats"
ctest --test-dir "$folder" --parallel "$(nproc)" --output-on-failure --exclude-regex '^exp_log$' || failed+=("tests in C")

step "tests that are scripts"
cat >"$folder/mnist_simd" <<'SCRIPT'
#!/bin/sh
# The program under wine, for tests that are scripts.
exec wine "$(dirname "$(realpath "$0")")/mnist_simd.exe" "$@"
SCRIPT
chmod +x "$folder/mnist_simd"
program=$folder/mnist_simd data=$MNIST_SIMD_DATA native=()
[ ! -x build/mnist_simd ] || native=(build/mnist_simd)
signals='stopped|terminated|run.json says that it was interrupted|the limit of CPU time|SIGUSR|across ISAs and threads'
script windows - "$folder/mnist_simd.exe" "$data" "${native[@]}"
[ ${#native[@]} -eq 0 ] || script exchange - "$data" "${native[0]}" "wine $folder/mnist_simd.exe" "wine $folder/mnist_simd.exe"
script resume "$signals|        one line with (gone was stopped|locked process)|how to go on" "$program" "$data" 4
not_utf8='refused: train --data small --author|        one line with --author: must be UTF-8'
script verify_runs "$not_utf8|report: not by this user|verified.json: of the key|        on a narrow terminal|        its curves" \
  "$program" "$data"
script report 'escaped|refused: report f|        one line with link|neither are a pipe|show: plain' "$program" "$data"
signals+='|a checkpoint, as a signal|begun anew over other images, stopped'
script sweep "$signals|        one line with process|terminal" "$program" "$data" sweeps
if [ "$which" = --all ]; then
  script cli "$signals|terminal" "$program" "$data"
  [ ! -x build/tests/write_pngs ] || script layouts - "$program" "$data" build/tests/write_pngs
  script predict_pictures '.*JPEG' "$program" "$data"
fi
[ ${#failed[@]} -eq 0 ] || fail "
Failed: ${failed[*]}"
printf '\nAll passed, %d s\n' "$SECONDS"
