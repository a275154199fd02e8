#!/usr/bin/env bash
# Reads the sources for faults without running them: includes, flags in messages, what one system alone has, clang-format, clang-tidy (.clang-tidy), cppcheck
# (ci/cppcheck.txt), shellcheck. Installs what is missing; a minute on two cores.
# Usage: lint.sh
#        lint.sh --self-test     plants a fault of each kind and sees each one found
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
folders=(kernels reference runtime cblas examples tests bench web)
build="build-lint"
failed=()

# clang's tools are asked in the version that the configuration and the sources' line breaks are of.
tool_14() { # NAME
  if has_tool "$1-14"; then
    echo "$1-14"
  elif has_tool "$1" && "$1" --version | grep -q 'version 14\.'; then
    echo "$1"
  fi
}

missing_lint_packages() {
  [ -n "$(tool_14 clang-format)" ] || echo clang-format-14
  [ -n "$(tool_14 clang-tidy)" ] || echo clang-tidy-14
  has_tool cppcheck || echo cppcheck
  has_tool shellcheck || echo shellcheck
}

check_format() { # FILE...
  "$(tool_14 clang-format)" --style=file:"$root/.clang-format" --dry-run -Werror "$@"
}

# A file a process: over several, clang-tidy 14 takes a va_list for uninitialised. It is silent about files without a fault.
tidy() { # OPTION... < names of files, each followed by a 0
  xargs -0 -P "$(nproc)" -I {} sh -c 'found=$("$@" 2>&1) || { printf "%s\n" "$found"; exit 1; }' sh \
    "$(tool_14 clang-tidy)" --quiet --config-file="$root/.clang-tidy" {} "$@"
}

# The files that are compiled here, but for C++ and for what CMake makes.
compiled() {
  sed -n "s|^ *\"file\": \"$root/\(.*\.c\)\",*\$|\1|p" $build/compile_commands.json | grep -v "^$build" | sort -u | tr '\n' '\0'
}

# cppcheck knows no compiler's own macros.
check_c() { # OPTION_OR_FILE...
  cppcheck -D__x86_64__ --suppressions-list="$root/ci/cppcheck.txt" --enable=warning,style,performance,portability --quiet \
    -j "$(nproc)" --error-exitcode=1 --template='{file}:{line}: {severity}: {message} [{id}]' "$@"
}

check_scripts() { # FILE...
  shellcheck -S warning -x "$@"
}

run() { # NAME COMMAND...
  local name=$1 begin=$SECONDS
  shift
  step "$name"
  if "$@"; then
    echo "fine, $((SECONDS - begin)) s"
  else
    failed+=("$name")
  fi
}

check_includes() {
  ci/check_includes.sh --self-test && ci/check_includes.sh
}

# Strings below cli/ make sense to whoever links the library: they name no flag of the program. Prints those that do.
check_words() { # FOLDER...
  local found
  found=$(find "$@" -path runtime/cli -prune -o -name '*.[ch]' -exec grep -nHE '"([^"\\]|\\.)*--[a-z]' {} +) || return 0
  printf '%s\n' "$found"
  echo "names a flag below cli/: see enum ms_remedy in runtime/platform/error.h"
  return 1
}

# What differs between systems is behind the headers of runtime/platform/; the public header marks what a library exports. Prints
# lines elsewhere that know a system.
check_systems() { # FOLDER...
  local found
  found=$(find "$@" \( -path runtime/platform -o -path runtime/mnist_simd.h \) -prune -o -name '*.[ch]' -exec grep -nHE \
    '\b(_WIN32|WIN32|__linux__|__APPLE__|__unix__|__wasi__)\b|^ *# *include <(windows|io|direct|process|unistd|fcntl|dirent|signal|pthread|sched|termios|sys/[a-z]+)\.h>' {} +) || return 0
  printf '%s\n' "$found"
  echo "knows a system outside runtime/platform/: see system.h, console.h, pthreads.h there"
  return 1
}

# POSIX.1-2008 with XSI is enough for the side of POSIX: with musl's headers, without the extensions that sources ask for, and as on
# a system that is not Linux.
check_posix() {
  local work file
  work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'; trap - RETURN" RETURN
  cp -r kernels reference runtime cblas "$work"
  find "$work" -name '*.c' -exec sed -i -E 's/^#define _(GNU|DEFAULT)_SOURCE.*//' {} +
  mkdir "$work/include" # of libraries alone: glibc's headers must not be found
  for file in $build/{generated,include}/*.h /usr/include/{jansson,jansson_config,png,pngconf,pnglibconf,zlib,zconf}.h /usr/include/"$(gcc -print-multiarch)"/{jansson_config,zconf}.h; do
    ! [ -f "$file" ] || cp "$file" "$work/include"
  done
  compiled | tr '\0' '\n' | grep -E '^(runtime|reference|cblas)/' | grep -vE '_x86|jpeg_read' |
    (cd "$work" && xargs -P "$(nproc)" -I {} musl-gcc -std=c11 -D_POSIX_C_SOURCE=200809L -U__linux__ -Wall -Werror -fsyntax-only \
      -Wno-unused-function -I. -isystem include {})
}

sources_format() {
  find "${folders[@]}" \( -name '*.[ch]' -o -name '*.cc' \) -print0 | xargs -0 "$(tool_14 clang-format)" --dry-run -Werror
}

tidy_compiled() {
  compiled | tidy -p $build
}

tidy_neon() {
  printf '%s\0' kernels/simd/*.c | tidy -- -std=c11 --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -I. \
    -iquotekernels/neon -DMS_ISA=neon
}

self_test() {
  local work found name file fault
  work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  plant() { # NAME FILE WORDS COMMAND...: the file is read from standard input
    name=$1 file=$work/$2 fault=$3
    shift 3
    cat >"$file"
    found=$("$@" 2>&1) && fail "lint: self-test: a fault was not found: $name"
    grep -qF -- "$fault" <<<"$found" || fail "lint: self-test: $name: no '$fault' in: $found"
    echo "found   $name"
  }
  tidy_file() {
    printf '%s\0' "$1" | tidy -- -std=c11
  }
  plant "a null dereference" null.c core.NullDereference tidy_file "$work/null.c" <<'CODE'
int f(const int *p) {
  if (p)
    return *p;
  return *p;
}
CODE
  plant "a value that is not used" dead.c deadcode.DeadStores tidy_file "$work/dead.c" <<'CODE'
int f(int x) {
  int y = x + 1;
  y = x * 2;
  return x;
}
CODE
  plant "a leak, by cppcheck" leak.c memleak check_c "$work/leak.c" <<'CODE'
#include <stdlib.h>
int f(int x) {
  char *p = malloc(10);
  if (x)
    return 1;
  free(p);
  return 0;
}
CODE
  plant "an assignment that is not used, by cppcheck" unused.c unreadVariable check_c "$work/unused.c" <<'CODE'
int f(int x) {
  int y;
  y = x + 1;
  return x;
}
CODE
  plant "a flag named below cli/" flag.c "flag.c:1:" check_words "$work" <<<'const char *remedy = "use fewer with --threads";'
  plant "a system named outside the platform" system.c "system.c:1:" check_systems "$work" <<<'#if defined(_WIN32)'
  plant "a system's header outside the platform" header.c "header.c:1:" check_systems "$work" <<<'#include <sys/stat.h>'
  plant "a fault of format" format.c clang-format-violations check_format "$work/format.c" <<<'int  f( void );'
  plant "a fault in a script" words.sh SC2164 check_scripts "$work/words.sh" <<'CODE'
#!/usr/bin/env bash
cd /somewhere
rm -f file
CODE
}

require_packages
require_these "$(missing_lint_packages | xargs)"
if [ "${1:-}" = --self-test ]; then
  self_test
  exit
fi
[ $# -eq 0 ] || fail "Usage: lint.sh [--self-test]"

mkdir -p $build
cmake -S . -B $build >$build/log 2>&1 || {
  cat $build/log
  fail "CMake could not configure $build."
}
run includes check_includes
run words check_words kernels reference runtime cblas
run systems check_systems kernels reference runtime
if has_tool musl-gcc; then
  run "POSIX alone, by musl" check_posix
else
  step "POSIX alone: skipped: no musl-gcc (musl-tools)"
fi
run clang-format sources_format
run shellcheck check_scripts ci/*.sh tests/*.sh tests/fuzz/*.sh sweeps/*.sh bench/*.sh bench/peers/*.sh .ci/run
run cppcheck check_c --project=$build/compile_commands.json
run clang-tidy tidy_compiled
if [ -d /usr/aarch64-linux-gnu/include ]; then
  run "clang-tidy, NEON" tidy_neon
else
  step "clang-tidy, NEON: skipped: no headers for AArch64 (libc6-dev-arm64-cross)"
fi
[ ${#failed[@]} -eq 0 ] || fail "
Found something: ${failed[*]}"
printf '\nNothing found, %d s\n' "$SECONDS"
