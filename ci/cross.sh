#!/usr/bin/env bash
# Prepares a target of ci/cross.cmake on Debian or Ubuntu: installs its compiler and emulator, builds its static libraries in
# build-cross/, and prints how to build for it.
# Usage: cross.sh TARGET, the GNU name of a system: s390x-linux-gnu, riscv64-linux-gnu, x86_64-linux-musl
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

target=${1:?a target is missing, s390x-linux-gnu for one}
if ! has_tool "$target-gcc" || ! { [ "${target%%-*}" = x86_64 ] || has_tool qemu-aarch64; }; then
  needed=$(cross_packages "$target")
  can_install || fail "$target-gcc or qemu-user is missing. Type: sudo apt-get update && sudo apt-get install -y $needed"
  install_packages "$needed"
fi
(fetch_library_sources) || fail "The sources of Jansson, libpng and zlib could not be downloaded by apt-get source."
(build_static_libraries "$target") || fail "$target: its static libraries could not be built in build-cross/$target."
echo "cmake -S . -B build-$target -DCMAKE_TOOLCHAIN_FILE=ci/cross.cmake -DMNIST_SIMD_TARGET=$target"
