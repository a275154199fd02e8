#!/usr/bin/env bash
# Report pages as files: what they hold, the same bytes on every ISA, text of files escaped, errors in one line. Images in the
# terminal. What a browser makes of a page: test_report_page.sh.
# Usage: test_report.sh PROGRAM DATA_FOLDER
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
begin "$1" "$2"
# shellcheck source=tests/report_runs.sh
source "$here/report_runs.sh"

run() { # ARGUMENT...
  "$program" "$@" >out 2>err
  code=$?
}

# A page without what may differ between machines, and without its own name in the links to its figures.
without_machine() { # PAGE
  sed '/<!-- machine: all/,/<!-- machine: end/d; s/href="[a-z0-9_]*_figures/href="figures/g' "$1"
}

"$here/small_data.sh" "$data" short 10200 500
make_runs "$program" || exit 1

# ---- The page and its figures ----

run report u r f --data short --out page.html
check "report of three runs" test "$code" -eq 0 -a ! -s err
for figure in 1 2 3 4 5 6 7 8 9 10 11; do
  check "figure $figure in the page" grep -q "id=\"figure-$figure\"" page.html
  check "figure $figure as a file" grep -q '^<svg xmlns="http://www.w3.org/2000/svg"' "page_figures/figure-$figure.svg"
done
if command -v xmllint >/dev/null; then
  check "SVG files are well-formed" xmllint --noout page_figures/*.svg
else
  echo "skipped whether SVG files are well-formed: xmllint is not installed"
fi
check "the page refers to nothing outside" test -z "$(grep -oE '(src|href|url)[=(]"?(https?:|//|[a-z]+\.)' page.html)"
check "figures numbered in sequence" test "$(grep -oE '<strong>Figure [0-9]+' page.html | grep -oE '[0-9]+' | tr '\n' ' ')" = "$(seq -s ' ' 11) "
check "links to the figures" test "$(grep -o 'href="page_figures/figure-[0-9]*.svg"' page.html | sort -u | wc -l)" -eq 11
check "links to the values" diff <(grep -o 'href="page_figures/figure-[0-9]*.csv"' page.html | cut -d'"' -f2 | sort) <(ls page_figures/*.csv)
check "values of curves, as metrics.csv has them" test "$(sed -n 's/^"Accuracy, %","validation","3",\([0-9.]*\),,$/\1/p' page_figures/figure-3.csv)" = "$(awk -F, '$1 == 3 { print 100 * $5 }' r/metrics.csv)"
check "values of the confusion matrix" test "$(awk -F, '$2 != $3 { n += $4 } END { print n }' page_figures/figure-8.csv)" -eq "$(sed -n '/"test": {/,/}/p' f/run.json | sed -n 's/.*"errors": \([0-9]*\).*/\1/p')"
check "links to the sections" diff <(grep -o '<a href="#[a-z]*"' page.html | cut -d'"' -f2 | tr -d '#') <(grep -o '<section id="[a-z]*"' page.html | cut -d'"' -f2)
check "links to the files of runs" test -n "$(grep -o 'href="./r/metrics.csv"' page.html)"
check "runs are named by what they differ in" test "$(grep -cE '^<tr><th scope="row">(unregularised|regularised|final, epochs 3)</th><td data-name="test">' page.html)" -eq 3
check "a legend of the runs" test "$(grep -c 'type="checkbox" checked data-key="s[0-2]"' page.html)" -eq 3 -a "$(grep -c 'class="line s[0-2]" d="M4' page_figures/figure-1.svg)" -eq 3
check "claims of the stages" grep -q '<section id="claims">' page.html
check "digest of the weights" grep -qF "$(sed -n 's/.*"weights_sha256": "\(.*\)".*/\1/p' f/run.json)" page.html
errors=$(sed -n '/"test": {/,/}/p' f/run.json | sed -n 's/.*"errors": \([0-9]*\).*/\1/p')
check "every misclassified image" test "$(grep -c '<li data-true=' page.html)" -eq "$errors"
check "what may differ between machines: in the head, and the last section" test "$(grep -c '<!-- machine: ' page.html)" -eq 4
run report r u f --data short --out sorted.html
check "runs come in the order of the stages" cmp <(without_machine page.html) <(without_machine sorted.html)
run report f --data short
check "report of one run, in its folder" test "$code" -eq 0 -a -s f/report.html -a -s f/report_figures/figure-7.svg
check "report of one run: figures in sequence" test "$(grep -c '<figure' f/report.html)" -eq 8 -a -s f/report_figures/figure-8.svg -a ! -e f/report_figures/figure-9.svg
check "report of one run: the way to its files" grep -q 'href="./metrics.csv"' f/report.html
mkdir folder
run report u --data short --out folder
check "--out FOLDER" test "$code" -eq 0 -a -s folder/report.html

# ---- Calibration, against the probabilities that eval writes ----

"$program" eval f --data short --predictions p.csv >/dev/null
read -r error top2 < <(awk -F, 'NR > 1 {
  best = 4
  for (c = 5; c <= NF; ++c) if ($c + 0 > $best + 0) best = c
  rank = 0
  for (c = 4; c <= NF; ++c) rank += $c + 0 > $(4 + $2) + 0
  top2 += rank < 2
  for (bin = 15; bin > 1 && $best <= (bin - 1) / 15; --bin);
  off[bin] += (best - 4 == $2) - $best
} END {
  for (bin in off) sum += off[bin] < 0 ? -off[bin] : off[bin]
  printf "%.2f %.2f\n", 100 * sum / (NR - 1), 100 * top2 / (NR - 1)
}' p.csv)
check "expected calibration error $error" grep -q "Expected calibration error: $error.%, of 15 bins" f/report.html
check "top-2 accuracy $top2" grep -q "two most probable ones for $top2.% of" f/report.html

# ---- Several seeds and settings on the same axes ----

for seed in 1 2 3; do
  "$program" train --data short --preset regularised --hidden 20 --dropout 0.1 --val 1000 --epochs 4 --seed $seed --out "s$seed" >/dev/null
done
"$program" train --data short --preset regularised --hidden 20 --dropout 0.4 --val 1000 --epochs 3 --lr 0.001 --seed 1 --out other >/dev/null
run report s1 s2 s3 --data short --out seeds.html
accuracies() { # of the test images, in per cent, of these runs
  for folder in "$@"; do
    sed -n '/"test": {/,/}/p' "$folder/run.json" | sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p'
  done
}
spread=$(accuracies s1 s2 s3 | awk '{ x[NR] = 100 * $1; sum += x[NR] }
  END { for (i = 1; i <= NR; ++i) squares += (x[i] - sum / NR) ^ 2; printf "%.2f ± %.2f", sum / NR, sqrt(squares / (NR - 1)) }')
check "seeds: mean and standard deviation ($spread)" grep -q "data-name=\"n\">3</td><td data-name=\"test, %\">$spread<small>" seeds.html
check "seeds: bands" test "$(grep -c 'class="band \(training\|validation\)"' seeds_figures/figure-1.svg)" -eq 4
check "seeds: names" test "$(grep -cE '^<tr><th scope="row">seed [123]</th><td data-name="test">' seeds.html)" -eq 3
run report other s1 s2 s3 --data short --out groups.html
check "settings: names" grep -q '<th scope="row">epochs 3, lr 0.001, dropout 0.4, seed 1</th>' groups.html
check "settings: ranges of several seeds, as values" grep -q '^"Validation accuracy, %","epochs 4, lr 0.00025, dropout 0.1","4",[0-9.]*,[0-9.]*,[0-9.]*$' groups_figures/figure-1.csv
check "settings: names without seed in the legend" grep -q '</svg> epochs 3, lr 0.001, dropout 0.4</label>' groups.html
check "settings: one line, one band" test "$(grep -c 'class="band s0"' groups_figures/figure-1.svg)" -eq 0 -a "$(grep -c 'class="band s1"' groups_figures/figure-1.svg)" -eq 4
check "settings: what differs" test "$(sed -n '/aria-label="Settings that differ"/,/<.tbody>/p' groups.html | grep -c 'data-name="\(epochs\|lr\|dropout\|seed\)"')" -eq 4
"$program" train --data short --preset regularised --hidden 20 --val 1000 --epochs 2 --name 'a <b>run</b>' --author Ada --out named_run >/dev/null
run report s1 named_run --data short --out named_run.html
check "a name in a CSV file is not escaped" grep -q '^"Validation accuracy, %","a <b>run</b>","1",' named_run_figures/figure-1.csv
check "a run that was named keeps its name, the others do not" grep -q '<th scope="row">a &lt;b&gt;run&lt;/b&gt;</th>' named_run.html
check "the name of the default folder is not shown for it" test "$(grep -c '<th scope="row">epochs 4, dropout 0.1, seed 1</th><td data-name="test">' named_run.html)" -eq 1
check "the head says by whom, and the command" grep -q '<strong>a &lt;b&gt;run&lt;/b&gt;</strong>: preset regularised, begun <time>2[^ ]*</time> by Ada with .*<code>mnist_simd train .*--author Ada' named_run.html
run report s1 s1 --data short --out twice.html
check "the same run twice is no mean" test "$(grep -c 'Over seeds' twice.html)" -eq 0

# ---- The same bytes on every ISA ----

without_machine page.html >first
for isa in $("$program" kernels | sed -n 's/^\([a-z0-9]*\) *yes$/\1/p'); do
  run report u r f --data short --isa "$isa" --threads 3 --out "$isa.html"
  check "$isa: same page" cmp first <(without_machine "$isa.html")
  check "$isa: same figures" diff -r page_figures "${isa}_figures"
  run train --data short --preset regularised --hidden 50,20 --val 1000 --epochs 3 --isa "$isa" --out "small_$isa"
  run report "small_$isa" --data short --isa "$isa" --out "small_$isa.html"
  check "$isa: same page of a run trained with it" cmp <(without_machine small_scalar.html) <(without_machine "small_$isa.html")
done
check "the page names the kernels" grep -q 'with scalar kernels on 3 threads' scalar.html
check "the page names them in the machine section only" test -z "$(without_machine scalar.html | grep scalar)"

# ---- A class without images, as where labels begin at 1 ----

"$here/small_data.sh" "$data" ones 200 100 from-one
"$program" train --data ones --hidden 30 --epochs 5 --out one >out 2>err
check "absent class: no scores in the terminal" grep -qE '^    0 +- +- +- +0$' out
check "absent class: null in run.json" test "$(grep -cx ' *null,' one/run.json)" -ge 2
f1() { # in run.json, of the test images
  sed -n '/"test": {/,/}/p' one/run.json | sed -n '/"f1"/,/]/p' | grep -oE '[0-9]\.[0-9]+'
}
check "absent class: macro F1 is the mean of the others" grep -qx "macro F1 $(f1 | awk '{ sum += $1 } END { printf "%.4f", sum / NR }')" out
run report one --data ones --out one.html
check "absent class: dashes on the page" grep -qF '<tr><th scope="row">0</th><td>–</td><td>–</td><td>–</td><td>0</td></tr>' one.html
check "absent class: no nan in a drawing" test -z "$(grep -rhE '[ "]-?nan|d="M-?nan' one.html one_figures)"

# ---- Sweeps ----

make_sweep "$program" || exit 1
run report s --out sweep.html
check "report of a sweep, without data" test "$code" -eq 0 -a ! -s err
check "sweep: a figure for each setting" test "$(grep -c '<figure' sweep.html)" -eq 2 -a -s sweep_figures/figure-2.svg
best=$(sed -n 's/^ *1  *\([0-9.]*\) %.*/\1/p' s.log)
check "sweep: the best accuracy ($best) as in the terminal" grep -qE "<dt>best validation accuracy</dt><dd>${best:-none}.+%" sweep.html
check "sweep: a row for each point" test "$(grep -cE '^<tr><th scope="row">[0-9]+</th><td class="text"' sweep.html)" -eq 10 # l2 1e-4 is the base
MNIST_SIMD_ISA=scalar run report s --out scalar_sweep.html
check "sweep: same page with scalar kernels" cmp <(without_machine sweep.html) <(without_machine scalar_sweep.html)
printf '%s\n' 'preset regularised' 'set hidden 10' 'set val 1000' 'set epochs 1' 'mode grid' 'vary dropout 0 0.2' 'vary lr 0.0001 0.001 0.01' >grid.txt
"$program" sweep grid.txt --data short --out grid >/dev/null
run report grid --out grid.html
check "grid of two settings: a heat map" test "$(grep -c '<rect class="hit"' grid_figures/figure-1.svg)" -eq 6 -a "$(grep -c '<figure' grid.html)" -eq 3
best=$(grep -oE '<dt>best validation accuracy</dt><dd>[0-9.]+' grid.html | grep -oE '[0-9.]+$')
check "heat map: its values" test "$(awk -F, '/^"Validation accuracy in % by dropout and lr",/ { best = $4 > best ? $4 : best; ++n } END { printf "%d %.2f", n, best }' grid_figures/figure-1.csv)" = "6 $best"
check "heat map: the best one stands out" grep -qE "class=\"strong\"[^>]*>$best<" grid_figures/figure-1.svg
head -n 3 s/results.jsonl >half && mkdir part && cp s/sweep.txt part && mv half part/results.jsonl
run report part --out part.html
check "sweep: one that is not finished" grep -q '<dd>3 of ' part.html
check "sweep: what has no point in a chart" test "$(grep -c 'has no point' sweep.html)" -eq 0 -a "$(grep -c 'has no point' part.html)" -gt 0
refused 2 "name runs or sweeps" -- report s u --out mixed.html
echo '{"id": 1}' >>part/results.jsonl
refused 1 "part/results.jsonl" -- report part

# ---- Text of files is escaped ----

cp -r f evil
sed -i 's|"preset": "final"|"preset": "<script>alert(1)</script>\&"|; s|"cpu": "[^"]*"|"cpu": "<img src=x onerror=alert(1)>"|' evil/run.json
mv evil 'e"><b>vil'
run report 'e"><b>vil' --data short --out evil.html
check "escaped: page is made" test "$code" -eq 0
check "escaped: no element comes from a file" test -z "$(grep -oE '<script>alert|<img src=x|"><b>vil' evil.html)"
check "escaped: the text is there" grep -q '&lt;script&gt;alert(1)&lt;/script&gt;&amp;' evil.html
check "escaped: in figures too" test -z "$(grep -l '<script' evil_figures/*.svg)"

# ---- Data without test files, with names ----

mkdir bare
cp short/train-* bare
printf '%s\n' zero one two three four five six seven eight nine >bare/classes.txt
run train --data bare --hidden 20 --val 1000 --epochs 2 --out bare_run
check "no test files: a run" test "$code" -eq 0 -a ! -s err
check "no test files: the plan says so" grep -q 'no test images' out
check "no test files: no figure of them" test -z "$(grep -E '^Test accuracy|^macro F1' out)"
check "no test files: null in run.json" test "$(grep -cE '^  "test(_sha256)?": null,$' bare_run/run.json)" -eq 2
run report bare_run --data bare --out bare.html
check "no test files: a page of validation images" grep -q '<dt>validation accuracy</dt>' bare.html
check "no test files: no digest of them" test "$(grep -c '>test images</th>' bare.html)" -eq 0
check "names of the data: on the page" grep -q '<tr><th scope="row">7 seven</th>' bare.html
check "names of the data: in run.json" grep -qx '    "seven",' bare_run/run.json
run show train 0 --data bare --model bare_run
check "names of the data: in captions" grep -qx 'image 0: 5 five' out
refused 1 "bare" -- eval bare_run --data bare
cp short/t10k-* bare
run eval bare_run --data bare
check "names of the data: in tables" grep -qE '^7 seven +[0-9-]' out
rm bare/t10k-*
for command in reproduce verify; do
  refused 1 "bare" -- $command --data bare
done

# ---- Names of classes, as the run's folder has them ----

cp -r f named
sed -i 's|"class_names": null|"class_names": ["T-shirt/top", "Trouser", null, "Dress", "Coat", "Sandal", "<b>", "A name that is much too long for a drawing", "B\&g", "Ankle boot"]|' named/run.json
run report named --data short --out named.html
check "names: page is made" test "$code" -eq 0
check "names: table of the scores" grep -qE '^<tr><th scope="row">0 T-shirt/top</th><td>[0-9–]' named.html
check "names: a class without one" grep -qE '^<tr><th scope="row">2</th><td>[0-9–]' named.html
check "names: escaped" grep -qE '^<tr><th scope="row">6 &lt;b&gt;</th><td>[0-9–]' named.html
check "names: in full" grep -qE '^<tr><th scope="row">7 A name that is much too long for a drawing</th><td>' named.html
check "names: cut off in drawings" grep -qF '>7 A name that i…<' named_figures/figure-3.svg
check "names: rows of the confusion matrix" grep -qF '>9 Ankle boot</text>' named_figures/figure-5.svg
check "names: over the samples" grep -qF '>Trouser<title>Trouser</title></text>' named_figures/figure-6.svg
check "names: misclassified images" grep -qE '<b>[0-9]( [^<]+)?<br>→ [0-9]( [^<]+)?</b>' named.html
check "names: choices" grep -qF '<option value="8">8 B&amp;g</option>' named.html
check "names: no element comes from them" test -z "$(grep -r '[0-9] <b>' named.html named_figures)"
if command -v xmllint >/dev/null; then
  check "names: SVG files are well-formed" xmllint --noout named_figures/*.svg
fi

# ---- Errors: one line ----

refused 2 "RUN... is missing" -- report
refused 1 "there is no such folder" -- report nowhere --data short
refused 1 "holds no run.json" -- report short --data short
refused 1 "--data" "was trained on other images" -- report f --data "$data"
cp -r short half
"$here/small_data.sh" "$data" less 10200 400
cp less/t10k-* half
refused 1 "--data" "f: was tested on other images than those of half" -- report f --data half
run report u --data half --out half.html
check "a run that was tested on other images is refused too" test "$code" -eq 1
cp -r f broken
sed -i '3s/,.*/,/' broken/metrics.csv
refused 1 "broken/metrics.csv: line 3" -- report u broken --data short
cp u/model.safetensors broken
cp f/metrics.csv broken
refused 1 "two runs" -- report broken --data short
refused 2 "--out" -- report f --data short --out ''
cp f/model.safetensors kept
for place in f/model.safetensors f/run.json; do
  refused 2 "$place" "left as it is" -- report f --data short --out "$place"
done
check "a run's file is not replaced by a page" cmp -s kept f/model.safetensors
mkfifo pipe && ln -s page.html link
refused 2 "pipe" "not an ordinary file" -- report f --data short --out pipe
refused 2 "link" "not an ordinary file" -- report f --data short --out link
refused 2 "/dev/stdout" "not an ordinary file" -- report f --data short --out /dev/stdout
check "neither are a pipe and a link" test -p pipe -a -L link
mkdir own_figures && echo mine >own_figures/figure-1.svg
refused 2 "own_figures/figure-1.svg" "left as it is" -- report f --data short --out own.html
mkdir own_values_figures && echo mine >own_values_figures/figure-1.csv
refused 2 "own_values_figures/figure-1.csv" "left as it is" -- report f --data short --out own_values.html
check "a figure of somebody else is not replaced" test "$(cat own_figures/figure-1.svg)" = mine
: >taken_figures
refused 1 "taken_figures" -- report f --data short --out taken.html
check "nothing is left of a page that could not be made" test ! -e taken.html

# ---- Images in the terminal ----

export TERM=xterm
LC_ALL=C.UTF-8 run show test 0 --data short
check "show: half blocks" grep -q '▀' out
check "show: label" grep -qx 'image 0: 7' out
check "show: no escape codes without a terminal" test -z "$(tr -cd '\033' <out)"
LC_ALL=C run show train 0,1,2 --data short
check "show: plain characters" test -z "$(LC_ALL=C tr -d '\n -~' <out)"
check "show: three side by side" grep -qE '^image 0: 5 +image 1: 0 +image 2: 4$' out
run show test 0 --data short --model f
check "show: prediction" grep -qE '^predicted [0-9], [0-9.]+ %$' out
run show short/t10k-images-idx3-ubyte 499
check "show: a file" grep -qx 'image 499' out
# More images than memory holds: the file is as long as its header says, and holds nothing but its last image.
printf '\0\0\10\3\377\377\377\377\0\0\0\34\0\0\0\34' >large
if truncate -s $((16 + 4294967295 * 784)) large 2>/dev/null; then
  tail -c 784 short/t10k-images-idx3-ubyte | dd of=large bs=1 seek=$((16 + 4294967294 * 784)) conv=notrunc 2>/dev/null
  run show large 4294967294
  check "show: an image of 3 TB" cmp <(sed 1,1d out | grep -v image) <("$program" show short/t10k-images-idx3-ubyte 499 | sed 1,1d | grep -v image)
  check "show: an image of 3 TB: its place" grep -qx 'image 4294967294' out
fi
rm large
mkdir mixed && cp short/t10k-images-idx3-ubyte mixed && cp short/train-labels-idx1-ubyte mixed/t10k-labels-idx1-ubyte
refused 1 mixed t10k-labels-idx1-ubyte "both must come from one data set" -- show test 0 --data mixed
refused 2 "from 0 to 499" -- show test 500 --data short
refused 2 "INDEX" -- show test 1, --data short
refused 1 "train, test or an IDX file" -- show nothing 0
if command -v script >/dev/null; then
  LC_ALL=C.UTF-8 script -qec "$(printf %q "$program") show test 0 --data short" typescript >/dev/null 2>&1
  check "show: greys on a terminal" grep -q $'\033\\[38;5;2[34]' typescript
  LC_ALL=C.UTF-8 NO_COLOR=1 script -qec "$(printf %q "$program") show test 0 --data short" typescript >/dev/null 2>&1
  check "show: NO_COLOR" test -z "$(grep $'\033\\[38' typescript)"
fi
LC_ALL=C.UTF-8 run eval f --data short
check "eval: three misclassified images" test "$(grep -oE 'predicted [0-9]' out | wc -l)" -eq 3
check "eval: in 80 columns" test "$(sed '1,/^The first/d' out | LC_ALL=C.UTF-8 wc -L)" -le 80
run eval f --data short --show 0
check "eval --show 0" test -z "$(grep predicted out | grep -v Confusion)"

finish
