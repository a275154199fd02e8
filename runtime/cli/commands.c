/* The table of sub-commands, and what the help of the program says beside it: for main.c and the manual pages. */
#include "runtime/cli/commands.h"

#include <stddef.h>

const struct cli_entry cli_commands[] = {
    {"train", cmd_train, "train a network, evaluate it on the test images, save it"},
    {"reproduce", cmd_reproduce, "train the report's three stages and compare them with its claims"},
    {"eval", cmd_eval, "evaluate a saved model on the test images"},
    {"predict", cmd_predict, "say which digits pictures show"},
    {"sweep", cmd_sweep, "search settings: train all that a file asks for, compare by validation images"},
    {"report", cmd_report, "write a page with figures and tables of one run or several"},
    {"compare", cmd_compare, "say where two runs part, and how their predictions differ"},
    {"show", cmd_show, "draw an image of the data in the terminal"},
    {"export", cmd_export, "write a model for other programs: NumPy, C, ONNX, PyTorch"},
    {"import", cmd_import, "make a model of another program's weights: PyTorch, Keras, NumPy"},
    {"verify", cmd_verify, "prove a run by training it again; or reproduce the published digests"},
    {"kernels", cmd_kernels, "list the CPU's features and which ISA serves each kernel"},
    {0},
};

const char cli_about[] =
    "Trains dense networks with hand-written SIMD kernels: the same seed gives the same bits on every "
    "CPU\nand at every thread count.";
const char cli_exit_codes[] =
    "0 success, 1 failure, 2 wrong usage, 129, 130, 143 and 152 interrupted by SIGHUP, SIGINT, SIGTERM "
    "and\nSIGXCPU (a second signal ends at once). SIGUSR1 and SIGUSR2 write a checkpoint, and training continues.";
