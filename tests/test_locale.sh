#!/usr/bin/env bash
# A host program that has called setlocale for a decimal comma reads and writes the same bytes: tests of files, settings and pages
# once more in such a locale, which is made here. Skipped, with the reason, where it cannot be made.
# Usage: test_locale.sh TEST_PROGRAM...
set -uo pipefail

mapfile -t programs < <(realpath "$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! command -v localedef >/dev/null; then
  echo "skipped: localedef is not installed"
  exit 77
fi
localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" 2>"$work/err" || {
  echo "skipped: the locale de_DE cannot be made (package locales): $(tail -n 1 "$work/err")"
  exit 77
}
failed=0
for program in "${programs[@]}"; do
  echo "$(basename "$program") in de_DE.UTF-8"
  LOCPATH=$work "$program" --locale de_DE.UTF-8 || failed=1
done
exit $failed
