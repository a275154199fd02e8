# shellcheck shell=bash
# Sourced by the tests of report pages: the report's three stages on a shorter data set, of 10,200 training images (the presets keep
# 10,000 for validation) and 500 test images.

# A small sweep in the folder s; its last words in s.log.
make_sweep() { # PROGRAM
  cat >s.txt <<'SWEEP'
preset regularised
set hidden 20,10
set val 1000
set epochs 3
seeds 1 2
mode one-at-a-time
vary l2 0 1e-4 1
vary dropout 0,0 0.1,0.1 0.2,0.1 0.3,0.1 0.4,0.1 0.5,0.1 0.6,0.1
SWEEP
  "$1" sweep s.txt --data short --out s >s.log
}

# Runs u, r and f of the three stages.
make_runs() { # PROGRAM
  "$1" train --data short --preset unregularised --out u >/dev/null &&
    "$1" train --data short --preset regularised --out r >/dev/null &&
    "$1" train --data short --preset final --epochs 3 --out f >/dev/null
}
