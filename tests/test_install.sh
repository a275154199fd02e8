#!/usr/bin/env bash
# The library as others take it: installed, moved and found by find_package and pkg-config, as a part of a foreign
# project, in a plug-in. The examples are what is built.
# Usage: test_install.sh BUILD_FOLDER DATA_FOLDER C_COMPILER
set -uo pipefail
# shellcheck source=tests/checks.sh
source "$(dirname "$0")/checks.sh"
build=$(realpath "$1")
begin "$build/mnist_simd" "$2"
source=$(dirname "$here")
export CC=$3 CXX=${CXX:-c++} CMAKE_GENERATOR="Unix Makefiles"
unset CFLAGS CXXFLAGS LDFLAGS CMAKE_PREFIX_PATH
for tool in cmake make nm readelf pkg-config "$CXX"; do
  command -v "$tool" >/dev/null || {
    echo "skipped: $tool is not installed"
    exit 77
  }
done

# Leaves what a command prints in out.
quietly() {
  "$@" >out 2>err
}

prints() { # EXPECTED COMMAND...
  local expected=$1
  shift
  quietly "$@" && grep -qFx -- "$expected" out
}

needs() { # PROGRAM LIBRARY
  readelf -dW "$1" | grep "NEEDED.*\[$2" >/dev/null
}

needs_no() { # PROGRAM LIBRARY
  [ -s "$1" ] && ! needs "$@"
}

# ---- Installed, then moved ----
check "cmake --install" quietly cmake --install "$build" --prefix "$work/first"
mv first prefix
prefix=$work/prefix
library=$(find "$prefix" -name 'libmnist_simd.so.*.*.*')
folder=$(dirname "$library")
export PKG_CONFIG_PATH=$folder/pkgconfig LD_LIBRARY_PATH=$folder
version=$(pkg-config --modversion mnist_simd)
check "no file names a folder of the build" test -z "$(grep -rlF -e "$source/" -e "$build" -e "$work/first" prefix)"
check "the program is of that version" grep -qF "mnist_simd $version " <(prefix/bin/mnist_simd --version)

# ---- What the shared library shows ----
nm -D --defined-only "$library" | awk '{print $3}' | sort >exported
tr '\n' ' ' <prefix/include/mnist_simd.h | grep -oE 'MS_API [^(;]*\(' |
  grep -oE '\bms_[a-z0-9_]+\($' | tr -d '(' | sort >declared
check "it exports what the header declares, no more" cmp exported declared
check "these are $(wc -l <declared) names with the prefix ms_" test "$(grep -c '^ms_' declared)" -ge 40
globals() { # [OPTION] LIBRARY
  nm --defined-only -g "$@" | awk 'NF == 3 {print $3}' | sort -u
}
globals "$folder/libmnist_simd.a" >static
check "so do all names of the static one" test "$(grep -c '^ms_' static)" -eq "$(wc -l <static)" -a -s static
for cblas in "$folder/libmnist_simd_cblas.a" "-D $folder/libmnist_simd_cblas.so"; do
  # shellcheck disable=SC2086 # two words
  check "the names of ${cblas##*/}" test "$(globals $cblas | tr '\n' ' ')" = "cblas_sgemm cblas_xerbla sgemm_ xerbla_ "
done
readelf -dW "$library" >out
check "its name has the minor version" grep -qF "soname: [libmnist_simd.so.${version%.*}]" out
check "it needs libc, libm and Jansson alone" \
  test -z "$(grep NEEDED out | grep -vE '\[(libc|libm|libpthread|libjansson|libz|ld-linux-[a-z0-9_-]+|ld64|ld)\.so')"
check "no path to look for libraries in, no text relocations" test -z "$(grep -E 'RPATH|RUNPATH|TEXTREL' out)"

for standard in c99 c11 c++11 c++17; do
  for header in mnist_simd mnist_simd_kernels; do
    language=c compiler=$CC
    [[ $standard != c++* ]] || language=c++ compiler=$CXX
    echo "#include <$header.h>" >alone
    check "$header.h alone, $standard" \
      quietly "$compiler" -std="$standard" -Wall -Wextra -Wpedantic -Werror -Iprefix/include -fsyntax-only \
      -x $language alone
  done
done

# ---- Manual pages and completions ----
share=$prefix/share
named() { # COMMAND: its manual page has all options of its help
  prefix/bin/mnist_simd "$1" --help | grep -oE '^  (-h, )?--[a-z0-9-]+' | grep -oE -- '--.*' >options
  sed -n '/^\\fB/{s/\\f.//g; s/\\//g; p}' "$share/man/man1/mnist_simd-$1.1" | grep -oE -- '--[a-z0-9-]+' >page
  [ -s options ] && ! grep -vxFf page options >out
}
commands=$(prefix/bin/mnist_simd --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
check "manual page of the program" test -s "$share/man/man1/mnist_simd.1"
for command in $commands; do
  check "manual page of $command" named "$command"
done
if command -v groff >/dev/null; then
  check "roff without warnings" test -z "$(groff -ww -man -Tascii "$share"/man/man1/*.1 2>&1 >/dev/null)"
fi

completes() { # WORDS WORD...: what bash offers for the last word
  local COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMPREPLY=()
  _mnist_simd 2>/dev/null # compopt works in a completion alone
  [ "${COMPREPLY[*]}" = "$1" ]
}
# shellcheck disable=SC1091
check "completion for bash" source "$share/bash-completion/completions/mnist_simd"
check "  of commands" completes "reproduce report" mnist_simd rep
check "  of options" completes "--seed --seeds" mnist_simd reproduce --seed
check "  of values" completes "constant cosine" mnist_simd train --schedule ""
check "  of presets" completes "unregularised regularised final best" mnist_simd train --preset ""
check "  of instruction sets" completes "scalar" mnist_simd eval --isa sc
check "  of files" completes "" mnist_simd train --out ""
check "  of models" completes "" mnist_simd eval ""
check "  of images" completes "" mnist_simd show ""
for shell in zsh:zsh/site-functions/_mnist_simd fish:fish/vendor_completions.d/mnist_simd.fish; do
  command -v "${shell%%:*}" >/dev/null &&
    check "completion for ${shell%%:*}" quietly "${shell%%:*}" -n "$share/${shell#*:}"
done

# ---- The lines of the README, as they are typed ----
mkdir readme readme/data && ln -s "$build" readme/build && ln -s "$source/examples" "$source/README.md" readme
ln -s "$data" readme/data/mnist && cp "$source/examples/matrix_product.c" readme/yours.c
{
  echo 'set -ex; unset PKG_CONFIG_PATH LD_LIBRARY_PATH MNIST_SIMD_LIBRARY PYTHONPATH; cc() { "$CC" "$@" && ./a.out; }'
  sed -n '/^## Use it from your program/,/^## What/{/^```sh/,/^```$/{/^```/d; p}}' "$source/README.md"
} | sed "s|~/.local/lib|~/.local/${folder#"$prefix/"}|g" >typed.sh
has_python=1
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' || { has_python=0 && sed -i '/^python3/d' typed.sh; }
check "README" quietly env -C readme HOME="$work" bash ../typed.sh
check "  programs run, without the library too" test "$(grep -cx '139 154' out)" -eq 2
check "  the Python example is run" test "$(grep -c '^SHA-256 of the weights' out)" -eq $has_python
rm -rf .local

# ---- The examples, by find_package ----
run_examples() { # KIND
  check "$1: product" prints "139 154" examples/matrix_product
  check "$1: training on arrays" quietly examples/train_on_arrays
  check "$1:   finds the bright row" grep -qE '^15 epochs; the bright row is row 7 with probability 0\.9' out
  check "$1: Adam" prints "-2.000 -1.000 0.000 1.000 2.000" examples/adam
  check "$1: checkpoints" prints "as without the stop" examples/checkpoints "$data" "$work/checkpoint.safetensors"
  check "$1: C++" prints "1 xor 1 = 0" examples/network "$work/model.safetensors"
}

for shared in OFF ON; do
  rm -rf examples
  check "find_package, BUILD_SHARED_LIBS=$shared" quietly cmake -S "$source/examples" -B examples \
    -DCMAKE_PREFIX_PATH="$prefix" -DBUILD_SHARED_LIBS=$shared -DCMAKE_C_FLAGS="-Wall -Wextra -Wpedantic -Werror"
  check "  builds" quietly cmake --build examples --parallel 2
  run_examples "BUILD_SHARED_LIBS=$shared"
  [ $shared = ON ] && takes=needs || takes=needs_no
  check "  takes the library of that kind" $takes examples/network libmnist_simd
done
cat >CMakeLists.txt <<'CODE'
cmake_minimum_required(VERSION 3.22)
project(foreign NONE)
find_package(mnist_simd ${VERSION})
if(mnist_simd_FOUND)
  message(FATAL_ERROR "found")
endif()
CODE
for other in 0.2 1.0; do
  check "find_package does not take it for $other" quietly cmake -S . -B other-$other -DVERSION=$other \
    -DCMAKE_PREFIX_PATH="$prefix"
done

# ---- pkg-config in a Makefile ----
cp "$source"/examples/{matrix_product.c,network.cc} .
cat >plugin.c <<'CODE'
#include <mnist_simd.h>
int plugin(void);
int plugin(void) {
  static const float a[64 * 64];
  static float c[64 * 64];
  if (ms_init(NULL, 3) != MS_OK || ms_sgemm(MS_NO_TRANS, MS_NO_TRANS, 64, 64, 64, 1, a, 64, a, 64, 0, c, 64) != MS_OK)
    return 1;
  ms_shutdown();
  return 0;
}
CODE
cat >unload.c <<'CODE' # the shared library, closed while its threads begin
#define _DEFAULT_SOURCE
#include <dlfcn.h>
#include <mnist_simd.h>
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv) {
  static const float a[2] = {1, 2};
  float c = 0;
  for (int i = 0; i < 3; ++i) {
    void *library = dlopen(argv[argc - 1], RTLD_NOW);
    __typeof__(&ms_init) init = (__typeof__(&ms_init))dlsym(library, "ms_init");
    __typeof__(&ms_sgemm) multiply = (__typeof__(&ms_sgemm))dlsym(library, "ms_sgemm");
    if (init(NULL, 16) != MS_OK || multiply(MS_NO_TRANS, MS_TRANS, 1, 1, 2, 1, a, 2, a, 2, 1, &c, 1) != MS_OK)
      return 1;
    dlclose(library);
    usleep(100000);
  }
  printf("%g\n", (double)c);
  return 0;
}
CODE
cat >host.c <<'CODE'
#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static int call(void *handle) {
  int (*plugin)(void) = handle ? (int (*)(void))dlsym(handle, "plugin") : NULL;
  if (!plugin)
    fprintf(stderr, "%s\n", dlerror());
  return plugin ? plugin() : 1;
}
int main(void) {
  void *first = dlopen("./plugin.so", RTLD_NOW), *same = dlopen("./plugin.so", RTLD_NOW);
  void *other = dlopen("./other.so", RTLD_NOW);
  int failures = call(first) + call(same) + call(other) + (first != same) + (first == other);
  dlclose(first);
  dlclose(same);
  failures += call(other);
  first = dlopen("./plugin.so", RTLD_NOW);
  failures += call(first);
  dlclose(first);
  dlclose(other);
  const pid_t child = fork(); /* no handler of the library may be left */
  int status = 1;
  if (child == 0)
    _exit(0);
  waitpid(child, &status, 0);
  printf("%d failures\n", failures + (status != 0));
  return 0;
}
CODE
cat >Makefile <<'CODE'
CFLAGS = -O2 -Wall $(shell pkg-config --cflags mnist_simd)
LIBS = $(shell pkg-config --libs mnist_simd)
STATIC_LIBS = $(shell pkg-config --static --libs mnist_simd)
.PHONY: shared static plugins
shared: shared_c shared_cc
static: static_c static_cc
plugins: plugin.so other.so host
shared_c: matrix_product.c
	$(CC) $(CFLAGS) $< -o $@ $(LIBS)
shared_cc: network.cc
	$(CXX) $(CFLAGS) $< -o $@ $(LIBS)
static_c: matrix_product.c
	$(CC) $(CFLAGS) -static $< -o $@ $(STATIC_LIBS)
static_cc: network.cc
	$(CXX) $(CFLAGS) -static $< -o $@ $(STATIC_LIBS)
%.so: plugin.c
	$(CC) $(CFLAGS) -fPIC -shared $< -o $@ -Wl,-z,defs -l:libmnist_simd.a $(filter-out -lmnist_simd,$(STATIC_LIBS))
unload host: %: %.c
	$(CC) $(CFLAGS) $< -o $@ -ldl
CODE
for kind in shared static; do
  check "pkg-config, $kind" quietly make $kind
  check "  C" prints "139 154" ./${kind}_c
  check "  C++" prints "1 xor 1 = 0" ./${kind}_cc model.safetensors
done
check "the static one needs no library" needs_no static_c lib
check "plug-ins with the static library" quietly make plugins
check "  hold it" needs_no plugin.so libmnist_simd
check "  load twice, beside each other, and again" prints "0 failures" ./host

check "dlclose of the shared library" quietly make unload
check "  ends nobody, and it starts again" prints 15 ./unload "$library"

# ---- A part of another project, which it leaves as it was ----
mkdir part && cp matrix_product.c part
cat >part/CMakeLists.txt <<'CODE'
cmake_minimum_required(VERSION 3.22)
project(foreign LANGUAGES C)
get_cmake_property(before VARIABLES)
foreach(name IN LISTS before)
  set("was_${name}" "${${name}}")
endforeach()
if(FETCH)
  include(FetchContent)
  FetchContent_Declare(mnist_simd SOURCE_DIR ${SOURCE})
  FetchContent_MakeAvailable(mnist_simd)
  set(folder ${mnist_simd_SOURCE_DIR})
else()
  add_subdirectory(${SOURCE} mnist_simd)
  set(folder ${SOURCE})
endif()
foreach(name IN LISTS before)
  if(NOT "${${name}}" STREQUAL "${was_${name}}" AND NOT name STREQUAL before)
    message(SEND_ERROR "${name} was '${was_${name}}', is '${${name}}'")
  endif()
endforeach()
get_cmake_property(after CACHE_VARIABLES)
list(REMOVE_ITEM after ${before})
set(cmakes_own FETCHCONTENT_|CMAKE_PROJECT_VERSION|FIND_PACKAGE_MESSAGE_DETAILS_Threads$|CMAKE_HAVE_LIBC_PTHREAD$)
list(FILTER after EXCLUDE REGEX "^(MNIST_SIMD_|mnist_simd_|${cmakes_own})")
get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
list(FILTER targets EXCLUDE REGEX "^mnist_simd")
get_property(tests DIRECTORY ${folder} PROPERTY TESTS)
if(after OR targets OR tests)
  message(SEND_ERROR "brings ${after} ${targets} ${tests}")
endif()
add_executable(matrix_product matrix_product.c)
target_link_libraries(matrix_product mnist_simd::mnist_simd)
CODE
# Without optimisation: it is built in a third of the time.
for part in add_subdirectory:OFF FetchContent:ON; do
  name=${part%:*} shared=${part#*:}
  check "$name, BUILD_SHARED_LIBS=$shared" quietly cmake -S part -B "$name" -DSOURCE="$source" -DFETCH=$shared \
    -DBUILD_SHARED_LIBS=$shared
  check "  builds" quietly cmake --build "$name" --parallel 2 --target matrix_product
  check "  runs" prints "139 154" "$name/matrix_product"
  check "  no flag of ours reaches it" \
    test "$(grep -cE '^C_(FLAGS|DEFINES) = *$' "$name/CMakeFiles/matrix_product.dir/flags.make")" -eq 2
  [ $shared = ON ] && takes=needs || takes=needs_no
  check "  takes the library of that kind" $takes "$name/matrix_product" libmnist_simd
done
finish
