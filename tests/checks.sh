# shellcheck shell=bash
# Sourced by the tests that are scripts: named checks, and what the program says when it refuses.

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

# Ends the script.
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
