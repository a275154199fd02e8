#!/usr/bin/env bash
# The defences that ci/hardening.cmake asks for are in the program, as readelf shows them; none has got into a kernel.
# Usage: test_hardening.sh PROGRAM LIBRARY BUILD_TYPE
set -uo pipefail

program=$1 library=$2 build_type=$3
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/checks.sh
source "$here/checks.sh"
work=$(mktemp -d)
evidence=(/dev/null)
trap 'rm -rf "$work"' EXIT

command -v readelf >/dev/null || {
  echo "skipped: readelf is not installed"
  exit 77
}

readelf -hlW "$program" >"$work/headers"
readelf -dW "$program" >"$work/dynamic"
readelf -sW "$program" >"$work/symbols"
readelf -rW "$program" >"$work/relocations"
check "position-independent program" grep -qE '^ +Type: +DYN ' "$work/headers"
check "marked as such" grep -qE 'FLAGS_1.* PIE' "$work/dynamic"
check "relocations are read-only" grep -q GNU_RELRO "$work/headers"
check "all of them: bound before main" grep -qE 'FLAGS_1.* NOW|BIND_NOW' "$work/dynamic"
check "no executable stack" grep -qE 'GNU_STACK +.* RW +0x' "$work/headers"
check "no segment both writable and executable" test -z "$(grep -E ' RWE ' "$work/headers")"
check "no text relocations" test -z "$(grep -E 'TEXTREL' "$work/dynamic")"
check "needs libc and libm alone" test -z "$(grep NEEDED "$work/dynamic" | grep -vE '\[(libc|libm|libpthread|ld-linux-[a-z0-9_-]+)\.so')"
check "no path to look for libraries in" test -z "$(grep -E 'RPATH|RUNPATH' "$work/dynamic")"

# Of our own objects, since libjansson.a and libc's start files are the distribution's.
readelf -sW "$library" >"$work/library" 2>/dev/null
check "stack protector" grep -qE 'UND __stack_chk_fail' "$work/library"
if [ "$build_type" != Debug ]; then
  check "checked snprintf" grep -qE 'UND __v?snprintf_chk' "$work/library"
fi

# "File: library(object)" begins an object's part.
unprotected() { # PATTERN OF A NOTE
  readelf -nW "$library" 2>/dev/null | awk -v pattern="$1" '
    /^File: / { if (object != "" && !seen) print object; object = $2; seen = 0 }
    $0 ~ pattern { seen = 1 }
    END { if (object != "" && !seen) print object }'
}
case $(readelf -hW "$program" | sed -n 's/^ *Machine: *//p') in
  *X86-64*) check "control-flow protection in each object: IBT, SHSTK" test -z "$(unprotected 'IBT, SHSTK')" ;;
  *AArch64*) check "control-flow protection in each object: BTI, PAC" test -z "$(unprotected 'BTI, PAC')" ;;
esac

# A canary or a checked memcpy in a loop over eight pixels costs half of its speed. A kernel's object is known by its names.
awk '
  function finish() { if (kernel) { ++n; if (guarded) print "guarded", object } kernel = guarded = 0 }
  /^File: / { finish(); object = $2 }
  $7 == "UND" && $8 ~ /^__([a-z]+_chk|stack_chk_fail)/ { guarded = 1 }
  $4 == "FUNC" && $7 != "UND" && $8 ~ /^ms_.*_(avx2|avx512|neon|rvv[0-9]+)$/ { kernel = 1 }
  END { finish(); print n + 0, "objects of kernels" }
' "$work/library" >"$work/kernels"
check "kernels were found" grep -qE '^[1-9][0-9]+ objects' "$work/kernels"
check "none of them has a canary or a checked call" test -z "$(grep guarded "$work/kernels")"
finish
