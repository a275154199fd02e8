#!/usr/bin/env bash
# The Python module's tests, with NumPy and with NumPy hidden, then the example.
# Usage: test_python.sh LIBRARY PROGRAM DATA_FOLDER COMPILER
set -uo pipefail

export MNIST_SIMD_LIBRARY MNIST_SIMD_PROGRAM MNIST_SIMD_DATA CC=$4
MNIST_SIMD_LIBRARY=$(realpath "$1") MNIST_SIMD_PROGRAM=$(realpath "$2") MNIST_SIMD_DATA=$(realpath "$3")
module=$(realpath "$(dirname "$0")/../python")
export PYTHONPATH=$module PYTHONDONTWRITEBYTECODE=1
unset MNIST_SIMD_ISA MNIST_SIMD_THREADS

# The system's python3 may have NumPy where another, first in PATH, has not.
python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    [ -n "$python" ] || python=$candidate
    ! "$candidate" -c 'import numpy' 2>/dev/null || { python=$candidate && break; }
  fi
done
[ -n "$python" ] || {
  echo "skipped: python3 3.9 or newer is not installed"
  exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

failed=0
if "$python" -c 'import numpy' 2>/dev/null; then
  "$python" -m unittest discover -s "$module/tests" || failed=1
else
  echo "not tested with NumPy: it is not installed (python3-numpy)"
fi
mkdir hidden && echo 'raise ImportError("hidden")' >hidden/numpy.py
PYTHONPATH=$PWD/hidden:$PYTHONPATH "$python" -m unittest discover -s "$module/tests" || failed=1
"$python" "$module/../examples/train.py" "$MNIST_SIMD_DATA" || failed=1
exit $failed
