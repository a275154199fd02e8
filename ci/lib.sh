# shellcheck shell=bash
# Sourced by the other scripts: what must be installed, and the build.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

step() {
  printf '\n== %s\n' "$*"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

has_tool() {
  command -v "$1" >/dev/null 2>&1
}

# Asks the compiler, so that a library in a place of its own counts as there.
has_header() { # COMPILER HEADER
  printf '#include <%s>\n' "$2" | "$1" -E -x "$3" - >/dev/null 2>&1
}

has_file() { # FILE...: as a pattern gives them
  [ -e "$1" ]
}

# Header and static library: the header is there without the library where another architecture's package is installed.
has_static() { # HEADER LIBRARY
  has_header cc "$1" c && printf 'int main(void) { return 0; }\n' | cc -x c - "-l:$2" -o /dev/null >/dev/null 2>&1
}

# The version that CMakeLists.txt asks for.
has_cmake() {
  has_tool cmake && printf '3.22\n%s\n' "$(cmake --version | awk 'NR == 1 {print $3}')" | sort -VC
}

# Debian packages that are missing: those without which nothing is built, then those without which a part is left out.
missing_packages() {
  has_cmake || echo cmake
  has_tool cc || echo gcc libc6-dev
  has_tool make || echo make
  has_tool curl || echo curl
  has_static jansson.h libjansson.a || echo libjansson-dev
  has_static png.h libpng.a || echo libpng-dev
  has_static zlib.h libz.a || echo zlib1g-dev
}

missing_optional_packages() {
  has_static jpeglib.h libjpeg.a || echo libjpeg-dev
  has_tool c++ || echo g++
  has_header c++ benchmark/benchmark.h c++ || echo libbenchmark-dev
}

# What only tests need: JPEG files made, a browser and an XML parser for the report pages, launchers for sweeps, a locale with a
# decimal comma, system calls seen, the installed library found, the reference BLAS and its tests, NumPy, another data set.
missing_test_packages() {
  has_tool strace || echo strace
  has_tool pkg-config || echo pkg-config
  has_tool localedef && [ -f /usr/share/i18n/locales/de_DE ] || echo locales
  has_tool cjpeg || echo libjpeg-turbo-progs
  has_tool xmllint || echo libxml2-utils
  has_tool node || echo nodejs
  has_tool chromium || has_tool chromium-browser || has_tool google-chrome || echo chromium
  has_tool mpirun || echo openmpi-bin
  (PATH=$PATH:/usr/sbin && has_tool slurmctld && has_tool slurmd && has_tool sbatch) || echo slurm-wlm
  (PATH=$PATH:/usr/sbin && has_tool munged) || echo munge
  has_file /usr/lib/*/blas/xscblat3 || echo libblas-test
  has_file /usr/lib/*/blas/libblas.so.3 || echo libblas3
  /usr/bin/python3 -c 'import numpy' 2>/dev/null || echo python3-numpy
  has_file /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz || echo dataset-fashion-mnist
}

can_install() {
  [ "$(id -u)" -eq 0 ] && has_tool apt-get
}

# Packages by apt-get when run as root on Debian or Ubuntu; otherwise the line to type. Costs nothing when all is there.
require_packages() {
  local missing optional
  missing=$(missing_packages | xargs)
  optional=$(missing_optional_packages | xargs)
  [ -n "$missing$optional" ] || return 0
  if can_install; then
    step "installing $missing $optional"
    install_packages "$missing $optional"
    has_cmake || fail "CMake 3.22 or newer is needed; this system's package is older. Get it from https://cmake.org/download/"
  elif [ -n "$missing" ]; then
    fail "Missing: $missing $optional. On Debian or Ubuntu, type:
  sudo apt-get update && sudo apt-get install -y $missing $optional"
  else
    echo "Without $optional most benchmarks, or JPEG files, are left out. To have them: sudo apt-get install -y $optional"
  fi
}

# The same for the packages of tests, without which some are skipped.
want_test_packages() {
  local missing
  missing=$(missing_test_packages | xargs)
  [ -n "$missing" ] || return 0
  if can_install; then
    step "installing $missing"
    install_available "$missing"
    missing=$(missing_test_packages | xargs)
    [ -n "$missing" ] || return 0
  fi
  echo "Without $missing some tests (report pages in a browser, sweeps by launchers, system calls, locales, the installed library, BLAS, Python, Fashion-MNIST, JPEG files) are skipped. To have them: sudo apt-get install -y $missing"
}

install_packages() { # "PACKAGE PACKAGE ..."
  local packages
  read -ra packages <<<"$1"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null ||
    fail "apt-get could not install: $1"
}

# Those of a list, if there are any, or the line to type.
require_these() { # "PACKAGE PACKAGE ..."
  [ -n "$1" ] || return 0
  can_install || fail "Missing: $1. On Debian or Ubuntu, type: sudo apt-get install -y $1"
  step "installing $1"
  install_packages "$1"
}

# One package that is not available must not cost the others: Ubuntu has no chromium.
install_available() { # "PACKAGE PACKAGE ..."
  local package
  (install_packages "$1") 2>/dev/null && return
  for package in $1; do
    (install_packages "$package") || true
  done
}

# Both scripts use one build folder. Warnings are errors in CI alone: a newer compiler's new warning must not stop a newcomer.
build() {
  local preset=release
  [ -z "${CI:-}" ] || preset=ci
  step "building in build/"
  cd "$root" || exit
  cmake --preset "$preset" >build-configure.log 2>&1 || {
    cat build-configure.log >&2
    rm -f build-configure.log
    fail "CMake could not configure the build."
  }
  rm -f build-configure.log
  cmake --build build --parallel "$(nproc)"
}

# ---- Other architectures, and musl: the targets of ci/cross.cmake ----

# The Debian packages that build for a target and run its programs.
cross_packages() { # TARGET
  local architecture=${1%%-*}
  case $1 in
    x86_64-linux-musl) echo musl-tools && return ;;
    x86_64-w64-mingw32) echo gcc-mingw-w64-x86-64-posix wine wine64 && return ;;
    wasm32-wasi) echo clang-19 lld-19 llvm-19 wasi-libc libclang-rt-19-dev-wasm32 nodejs && return ;;
    aarch64-*) architecture=arm64 ;;
    arm-*) architecture=armhf ;;
    i686-*) architecture=i386 ;;
    powerpc64-*) architecture=ppc64 ;;
    powerpc64le-*) architecture=ppc64el ;;
  esac
  echo "gcc-$1 libc6-dev-$architecture-cross qemu-user"
}

# Jansson, zlib and libpng as Debian's or Ubuntu's source packages, by lists of apt's own; root is not needed. Fails if apt does.
fetch_library_sources() {
  local sources=$root/build-cross/sources list apt=(apt-get -qq)
  ! [ -f "$sources/complete" ] || return 0
  rm -rf "$sources" && mkdir -p "$sources/apt/lists/partial" "$sources/apt/from" && cd "$sources" || return
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
    ! [ -f "$list" ] || sed 's/^deb /deb-src /; s/^Types:.*/Types: deb-src/' "$list" >"apt/from/${list##*/}"
  done
  apt+=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$PWD/apt/from" -o "Dir::State::Lists=$PWD/apt/lists"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
  "${apt[@]}" update || true # a list without sources costs nothing: the next line decides
  "${apt[@]}" source --download-only --tar-only jansson libpng1.6 zlib || return
  for list in *.tar.*; do
    tar xf "$list" || return
  done
  rm -f libpng*/{example,pngtest}.c
  touch complete
}

# One of them, by the compiler of a target, from the folder that holds its headers.
build_static_library() { # TARGET LIBRARY SOURCE_OR_FLAG...
  local compiler=("$1-gcc") ar=ar
  [ "$1" != wasm32-wasi ] || { compiler=(clang-19 --target=wasm32-wasi) && ar=llvm-ar-19; }
  "${compiler[@]}" -O2 -c -I../include -I. "${@:3}" && $ar rcs "../lib/$2.a" ./*.o && rm ./*.o
}

# All three for a target, in build-cross/TARGET; of WebAssembly but libpng, which jumps out of functions. Compiled file by file:
# their configure scripts take longer than that, and Debian has no packages of them for musl and some architectures.
build_static_libraries() { # TARGET
  local sources=$root/build-cross/sources folder=$root/build-cross/$1
  ! [ -f "$folder/lib/libjansson.a" ] || return 0
  rm -rf "$folder" && mkdir -p "$folder/include" "$folder/lib" "$folder/objects" && cd "$folder/objects" || return
  cp "$sources"/zlib-*/{zlib,zconf}.h "$sources"/jansson-*/src/jansson.h "$sources"/libpng*/{png,pngconf}.h ../include
  cp "$sources"/libpng*/scripts/pnglibconf.h.prebuilt ../include/pnglibconf.h
  sed 's/@json_inline@/inline/; s/@json_[a-z_]*@/1/' "$sources"/jansson-*/src/jansson_config.h.in >../include/jansson_config.h
  : >jansson_private_config.h
  build_static_library "$1" libz -DHAVE_UNISTD_H "$sources"/zlib-*/*.c &&
    { [ "$1" = wasm32-wasi ] ||
      build_static_library "$1" libpng -DPNG_{ARM_NEON,POWERPC_VSX,INTEL_SSE}_OPT=0 "$sources"/libpng*/*.c; } &&
    build_static_library "$1" libjansson -DHAVE_{STDINT_H,UNISTD_H,FCNTL_H,SYS_TYPES_H,LOCALECONV,OPEN,CLOSE,READ} \
      "$sources"/jansson-*/src/*.c
}
