# shellcheck shell=bash
# Sourced by the tests that are scripts: a folder to work in, named checks, and what the program says when it refuses.

need_data() { # FOLDER
  if [ ! -e "$1/train-images-idx3-ubyte" ]; then
    echo "skipped: $1 does not hold MNIST: get it with ci/get_data.sh"
    exit 77
  fi
}

# Sets program, data and here (the tests' folder); makes the folder work, which goes at the end, after the test's clean_up if it has
# one, and enters it. Without data, the test is skipped. What the caller's environment says to the program is taken out. With a
# third argument, in memory, where waiting for the disk takes no time.
# shellcheck disable=SC2034 # used by those that source this
begin() { # PROGRAM DATA_FOLDER [memory]
  need_data "$2"
  program=$(realpath "$1") data=$(realpath "$2")
  here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
  work=
  [ -z "${3:-}" ] || work=$(mktemp -d -p /dev/shm 2>/dev/null) || true
  [ -n "$work" ] || work=$(mktemp -d)
  trap '! declare -F clean_up >/dev/null || clean_up; rm -rf "$work"' EXIT
  cd "$work" || exit 1
  unset MNIST_SIMD_DATA MNIST_SIMD_ISA "${!SLURM_@}" "${!OMPI_@}" "${!PMI_@}" "${!PMIX_@}"
}

passed=0 failed=0
evidence=(out err) # of which a failed check shows the end

check() { # NAME CONDITION...
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    echo "FAILED  $name"
    tail -qn 5 "${evidence[@]}" 2>/dev/null | cut -c 1-300 | sed 's/^/        /'
  fi
}

# Exactly one line in the file err that holds all words.
one_line() { # WORD...
  local word
  [ "$(wc -l <err)" -eq 1 ] || return 1
  for word in "$@"; do
    grep -qF -- "$word" err || return 1
  done
}

# The test's own `run`, which leaves out, err and code, ends with that code and one line with all words.
refused() { # CODE WORDS... -- ARGUMENT...
  local expected=$1 words=()
  shift
  while [ "$1" != -- ]; do
    words+=("$1")
    shift
  done
  shift
  run "$@"
  # shellcheck disable=SC2154
  check "refused: $*" test "$code" -eq "$expected"
  check "        one line with ${words[*]}" one_line "${words[@]}"
}

# Of all these files; one that is not there has none.
lines() { # FILE...
  cat "$@" 2>/dev/null | wc -l
}

# No run of a sweep is in two lines of these files.
no_doubles() { # FILE...
  [ "$(sed 's/^{"id":"\([0-9a-f]*\)".*/\1/' "$@" | sort | uniq -d | wc -l)" -eq 0 ]
}

# Ends the script.
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
