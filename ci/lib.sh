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
  has_tool c++ || echo g++
  has_header c++ benchmark/benchmark.h c++ || echo libbenchmark-dev
}

# What only tests need: a browser and an XML parser for the report pages, launchers for sweeps, a locale with a decimal comma, system calls seen.
missing_test_packages() {
  has_tool strace || echo strace
  has_tool localedef && [ -f /usr/share/i18n/locales/de_DE ] || echo locales
  has_tool xmllint || echo libxml2-utils
  has_tool node || echo nodejs
  has_tool chromium || has_tool chromium-browser || has_tool google-chrome || echo chromium
  has_tool mpirun || echo openmpi-bin
  (PATH=$PATH:/usr/sbin && has_tool slurmctld && has_tool slurmd && has_tool sbatch) || echo slurm-wlm
  (PATH=$PATH:/usr/sbin && has_tool munged) || echo munge
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
    echo "Without $optional most benchmarks are left out. To have them: sudo apt-get install -y $optional"
  fi
}

# The same for the packages of tests, without which some are skipped.
want_test_packages() {
  local missing package
  missing=$(missing_test_packages | xargs)
  [ -n "$missing" ] || return 0
  if can_install; then
    step "installing $missing"
    (install_packages "$missing") 2>/dev/null && return
    for package in $missing; do # Ubuntu has no package chromium: one that is not to be had must not cost the others
      (install_packages "$package") || true
    done
    missing=$(missing_test_packages | xargs)
    [ -n "$missing" ] || return 0
  fi
  echo "Without $missing some tests (report pages in a browser, sweeps by launchers, system calls, locales) are skipped. To have them: sudo apt-get install -y $missing"
}

install_packages() { # "PACKAGE PACKAGE ..."
  local packages
  read -ra packages <<<"$1"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null ||
    fail "apt-get could not install: $1"
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

# The cross compiler for AArch64, its Jansson and libpng, and the emulator that runs its programs. Fails, saying why, if they
# are not to be had.
require_aarch64() {
  has_tool aarch64-linux-gnu-gcc && has_tool qemu-aarch64 && [ -f /usr/lib/aarch64-linux-gnu/libjansson.a ] &&
    [ -f /usr/lib/aarch64-linux-gnu/libpng.a ] && [ -f /usr/lib/aarch64-linux-gnu/libz.a ] && return
  if ! can_install; then
    echo "gcc-aarch64-linux-gnu, qemu-user, libjansson-dev:arm64 and libpng-dev:arm64 are not all installed"
    return 1
  fi
  local was_there=1
  dpkg --print-foreign-architectures | grep -qx arm64 || was_there=0
  dpkg --add-architecture arm64
  (install_packages "gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user libjansson-dev:arm64 libpng-dev:arm64") && return
  # Ubuntu's mirrors for x86-64 do not have arm64: with it, apt-get update would fail from now on.
  [ $was_there -eq 1 ] || dpkg --remove-architecture arm64 || true
  return 1
}
