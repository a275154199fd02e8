#!/usr/bin/env bash
# Models for other programs, and from them: both sides give the same predictions, and what is wrong is refused in a
# line. Peers that are not installed are left out, which is said.
# Usage: test_exchange_models.sh PROGRAM DATA_FOLDER LOGITS
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "$0")/checks.sh"
logits=$(realpath "$3")
begin "$1" "$2" memory
export PYTHONDONTWRITEBYTECODE=1
images=$data/t10k-images-idx3-ubyte
evidence=(out err comparison)

run() {
  "$program" "$@" >out 2>err
  code=$?
}

done_by() { # ARGUMENT...: exit code 0
  run "$@"
  [ "$code" -eq 0 ]
}

python_with() { # MODULE: prints a python3 that has it; the system's may where another, first in PATH, has not
  local candidate
  for candidate in python3 /usr/bin/python3; do
    ! "$candidate" -c "import $1" 2>/dev/null || { echo "$candidate" && return; }
  done
  echo "not tested: python3 with the module $1 is not installed (python3-$1)" >&2
  return 1
}

# A peer's logits, in a file, against this program's: all predictions equal, and logits as close as rounding allows.
agree() { # PEER FILE [EXPECTED]
  "$logits" --compare 10 "${3:-logits}" "$2" >comparison 2>&1
  check "$1: $(cat comparison)" \
    awk '{ exit !(/^all 10000 predictions are equal/ && $NF < 1e-5) }' comparison
}

"$program" train --data "$data" --preset unregularised --hidden 128,64 --epochs 1 --out run >/dev/null || exit 1
"$logits" run "$data" >logits || exit 1

# ---- NumPy ----

check "export to NPZ" done_by export run model.npz
check "        the digest is printed" grep -q "^Weights SHA-256 [0-9a-f]\{64\}$" out
check "        the same bytes again" eval 'done_by export run again.npz && cmp model.npz again.npz'
if python=$(python_with numpy); then
  check "NumPy loads it" "$python" "$here/exchange_models.py" numpy model.npz "$images" numpy.logits
  agree "NumPy $("$python" -c 'import numpy; print(numpy.__version__)')" numpy.logits
fi

# ---- C ----

native=
[ "$(uname -m)" != x86_64 ] || native=-march=native # which has fused instructions, and vectors
"$program" train --data "$data" --hidden none --epochs 1 --out single >/dev/null
"$logits" single "$data" >single.logits
check "export to a C header" done_by export run 7-best.h # by a name that is no identifier
check "        of a network of one layer" done_by export single single.h
echo '#include "7-best.h"' >alone.c

c_logits() { # EXPECTED HEADER NAME FLAG...
  check "$compiler ${*:4}, $2" "${strict[@]}" "${@:4}" -I. -DHEADER="\"$2\"" -DFORWARD="$3_forward" \
    "$here/predict_header.c" -o predict -lm
  ./predict "$images" >c.logits
  check "        all logits have the same bits" cmp "$1" c.logits
}

for compiler in gcc clang; do
  command -v "$compiler" >/dev/null || { echo "not tested: $compiler is not installed"; continue; }
  strict=("$compiler" -std=c99 -Wall -Wextra -Wpedantic -Werror -ffp-contract=off)
  check "$compiler compiles the header alone" "${strict[@]}" -c alone.c -o alone.o
  c_logits logits 7-best.h model_7_best -O0
  c_logits logits 7-best.h model_7_best -O3 $native
  c_logits single.logits single.h single -O2
done

# A microcontroller with single-precision hardware, and what such code computes on an Arm processor.
flags=(-std=c99 -Wall -Wextra -Wpedantic -Werror -ffp-contract=off -O2)
if command -v arm-none-eabi-gcc >/dev/null; then
  echo '#include "7-best.h"
void logits_of(const float *input, float *logits);
void logits_of(const float *input, float *logits) { model_7_best_forward(input, logits); }' >firmware.c
  check "arm-none-eabi-gcc, Cortex-M4F" arm-none-eabi-gcc "${flags[@]}" -mcpu=cortex-m4 -mthumb -mfloat-abi=hard \
    -mfpu=fpv4-sp-d16 -c firmware.c -o firmware.o
  arm-none-eabi-size firmware.o
else
  echo "not tested: arm-none-eabi-gcc is not installed (gcc-arm-none-eabi, libnewlib-arm-none-eabi)"
fi
if command -v arm-linux-gnueabihf-gcc >/dev/null && command -v qemu-arm >/dev/null; then
  check "arm-linux-gnueabihf-gcc" arm-linux-gnueabihf-gcc "${flags[@]}" -mfpu=vfpv4 -static -I. -DHEADER='"7-best.h"' \
    -DFORWARD=model_7_best_forward "$here/predict_header.c" -o predict -lm
  head -c $((16 + 784 * 200)) "$images" >few-images
  qemu-arm -cpu cortex-a15 ./predict few-images >c.logits
  check "        the logits of 200 images have the same bits" cmp <(head -c $((200 * 10 * 4)) logits) c.logits
else
  echo "not tested: Arm: arm-linux-gnueabihf-gcc or qemu-arm is not installed (gcc-arm-linux-gnueabihf, qemu-user)"
fi

# ---- ONNX ----

check "export to ONNX" done_by export run model.onnx
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "not tested: ONNX models: node and npm are not installed (nodejs, npm)"
elif ! timeout 120 npm install --prefix node --no-audit --no-fund --loglevel=error onnxruntime-web@1.30.0 >npm.log 2>&1; then
  echo "not tested: ONNX models: npm could not get onnxruntime-web: $(tail -n 1 npm.log)"
else
  check "onnxruntime-web runs it" node "$here/predict_onnx.mjs" "$work/node" model.onnx "$images" onnx.logits
  version=$(sed -n 's/^ *"version": "\(.*\)",*/\1/p' node/node_modules/onnxruntime-web/package.json)
  agree "onnxruntime-web $version" onnx.logits
fi

# ---- PyTorch ----

check "export to safetensors, for PyTorch" done_by export run torch.safetensors
if python=$(python_with torch); then
  torch="PyTorch $("$python" -c 'import torch; print(torch.__version__)')"
  check "PyTorch loads it" "$python" "$here/exchange_models.py" torch torch.safetensors "$images" torch.logits
  agree "$torch" torch.logits
  check "PyTorch makes a network" "$python" "$here/exchange_models.py" from-torch ./own.safetensors "$images" own.logits
  check "        import it" done_by import own.safetensors own-back.safetensors
  "$logits" own-back.safetensors "$data" >own-back.logits
  agree "$torch's own network" own.logits own-back.logits
fi

# ---- No export ----

refused 2 "model.npz: is there already" "overwrite it with --force" -- export run model.npz
check "        but for --force" done_by export --force run model.npz
refused 2 "model.txt: must be a name that ends in .npz, .h, .onnx or .safetensors" -- export run model.txt
refused 2 "must be a name that ends in" -- export run folder/.npz
refused 1 "nowhere: there is no such file or folder" -- export nowhere other.npz
check "        nothing is written" test ! -e other.npz
mkdir folder.npz
refused 1 "folder.npz" "not an ordinary file" -- export --force run folder.npz

refused 2 "run/model.safetensors: is a model of this program" "choose another file" -- export --force run run/model.safetensors

# ---- Import ----

digest() {
  grep '^Weights SHA-256 ' out
}

run export --force run model.npz
expected=$(digest)
for file in model.npz torch.safetensors run/model.safetensors; do
  check "import $file" done_by import "$file" back.safetensors --force
  check "        the weights are the same" test "$(digest)" = "$expected"
done
check "        another is there already" eval '! done_by import model.npz back.safetensors'
check "eval takes the model" done_by eval back.safetensors --data "$data"
check "        and gives its digest" test "$(digest)" = "$expected"

command -v python3 >/dev/null || { echo "not tested: files of other programs: python3 is not installed"; finish; }
python3 "$here/exchange_models.py" files files || exit 1
expected=
for file in files/good/*; do
  check "import $file" done_by import "$file" good.safetensors --force
  check "        the weights are the same" test "$(digest)" = "${expected:=$(digest)}"
done

wrong() { # NAME WORD...
  tried+=("$1")
  refused 1 "files/wrong/$1: " "${@:2}" -- import "files/wrong/$1" wrong.safetensors
}

tried=()
remedy="with --layout in-out or --layout out-in"
wrong float16 2.bias F16
wrong bfloat16 2.bias BF16
wrong float64 2.bias F64
wrong float16.npz dense1.weight "'<f2'" float32
wrong float64.npz dense1.weight float64 float32
wrong by_shapes "by their names weights lie out-in, by their shapes in-out" "$remedy"
wrong dense_by_shapes "by their names weights lie in-out, by their shapes out-in" "$remedy"
wrong square "all weights are square" "$remedy"
wrong square_dense "all weights are square" "$remedy"
wrong mixed "some layers have a kernel, others a weight" "$remedy"
wrong nan "not finite"
wrong no_bias "'2' has no bias"
wrong no_weight "'4' has no weight"
wrong norm "1.running_mean is no weight, kernel or bias"
wrong convolution 1.weight "2 dimensions"
wrong no_number "output has no number"
wrong same_number "a1 and b1 have the same number"
wrong large_number 1000000000
wrong chain "5 inputs and 2 outputs" "do not fit"
wrong bias_length "do not fit its bias of 5"
wrong many "more than 130 tensors"
wrong two_weights "0.kernel is the second weight"
wrong long_name xxxx
wrong overlap overlap
wrong beyond "cut off"
wrong gap "leave gaps"
wrong large_shape "does not fit the file"
wrong shape "does not fit its shape"
wrong cut "cut off"
wrong header "does not fit its 108 bytes"
wrong text "not a safetensors file"
wrong no_tensors "holds no tensors"
wrong empty "0 bytes"
wrong checksum.npz "its checksum does not match"
wrong directory.npz "directory is damaged"
wrong cut.npz "not an NPZ archive"
wrong empty.npz "not an NPZ archive"
wrong no_names.npz "arr_0 is no weight"
check "nothing is written" test ! -e wrong.safetensors
check "each wrong file was tried" test "$(ls files/wrong)" = "$(printf '%s\n' "${tried[@]}" | sort)"

for layout in in-out out-in; do
  check "square weights with --layout $layout" done_by import files/wrong/square $layout.safetensors --layout $layout
done
check "        the weights differ" eval '! cmp -s in-out.safetensors out-in.safetensors'
check "what shapes say, with --layout" done_by import files/wrong/by_shapes by_shapes.safetensors --layout in-out
check "        the weights are the same" test "$(digest)" = "$expected"
refused 1 "do not fit its bias" -- import files/good/sequential.safetensors wrong.safetensors --layout in-out
refused 2 "--layout: 'rows' is neither in-out nor out-in" -- import model.npz wrong.safetensors --layout rows
refused 2 "model.npz: MODEL must end in .safetensors" -- import torch.safetensors model.npz
refused 1 "nowhere: cannot be opened" -- import nowhere wrong.safetensors

finish
