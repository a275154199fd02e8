#!/usr/bin/env bash
# All tests: installs what is missing, gets the data, builds, runs CTest. The sources are read by lint.sh.
# Usage: test.sh [OPTION]...     (options of ctest, passed on)
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

require_packages
want_test_packages
step "getting MNIST"
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
echo "$MNIST_SIMD_DATA"

build
step "testing"
exec ctest --test-dir build --output-on-failure --parallel "$(nproc)" "$@"
