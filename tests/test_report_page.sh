#!/usr/bin/env bash
# A report page in a browser: makes the pages of three runs and of a sweep and has test_report_page.mjs look at them. Skipped (77) without Node.js or
# Chromium.
# Usage: test_report_page.sh PROGRAM DATA_FOLDER
set -euo pipefail

program=$(realpath "$1")
data=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/report_runs.sh
source "$here/report_runs.sh"

if ! command -v node >/dev/null || ! node "$here/test_report_page.mjs" --has-browser; then
  echo "skipped: Node.js and Chromium are needed (nodejs, chromium), or MNIST_SIMD_BROWSER=PROGRAM"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$here/small_data.sh" "$data" short 10200 500
make_runs "$program"
make_sweep "$program"
"$program" report u r f --data short --out page.html >/dev/null
"$program" report s --out sweep.html >/dev/null
axe=
if ! command -v npm >/dev/null; then
  echo "not tested: rules of accessibility: npm is not installed"
elif ! timeout 120 npm install --prefix node --no-audit --no-fund --loglevel=error axe-core@4.14.1 >npm.log 2>&1; then
  echo "not tested: rules of accessibility: npm could not get axe-core: $(tail -n 1 npm.log)"
else
  axe=node/node_modules/axe-core/axe.min.js
fi
node "$here/test_report_page.mjs" page.html sweep.html $axe
