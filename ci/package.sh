#!/usr/bin/env bash
# Makes the Debian packages in build-package/ and checks them: lintian finds no error; unpacked into an empty folder, the program
# runs, and an example is built and runs with the shared library. Not part of CI.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
for tool in dpkg-shlibdeps lintian pkg-config; do
  has_tool $tool || fail "$tool is missing. On Debian or Ubuntu, type: sudo apt-get install -y dpkg-dev lintian pkg-config"
done
require_packages
build="build-package"
umask 022
if has_tool git && git rev-parse -q --verify HEAD >/dev/null 2>&1; then
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
  export SOURCE_DATE_EPOCH
fi

step "building in $build/"
cmake -S . -B $build -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DMNIST_SIMD_SHARED_DEPENDENCIES=ON \
  -DMNIST_SIMD_TESTS=OFF -DMNIST_SIMD_BENCH=OFF >/dev/null
cmake --build $build --parallel "$(nproc)"
rm -f $build/*.deb
(cd $build && cpack)

step "lintian"
lintian --fail-on error --tag-display-limit 0 $build/*.deb

step "unpacked"
unpacked=$PWD/$build/unpacked
rm -rf "$unpacked"
for package in "$build"/*.deb; do
  dpkg -x "$package" "$unpacked"
done
"$unpacked/usr/bin/mnist_simd" kernels
pc=$(find "$unpacked" -name mnist_simd.pc)
export PKG_CONFIG_PATH=${pc%/*} LD_LIBRARY_PATH=${pc%/pkgconfig/*}
# shellcheck disable=SC2046
cc examples/train_on_arrays.c -o $build/train_on_arrays $(pkg-config --cflags --libs mnist_simd)
ldd $build/train_on_arrays | grep -F "$unpacked" || fail "the example does not take the packaged library"
$build/train_on_arrays
step "made"
du -b $build/*.deb
