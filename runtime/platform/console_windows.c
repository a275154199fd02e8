/* Arguments, console and its events on Windows. */
#include "runtime/platform/console.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>

static UINT code_page; /* of the console before us; 0: none */
static bool erases;

static void restore_code_page(void) {
  SetConsoleOutputCP(code_page);
}

/* Kept until the process ends. Those of main are in the code page of the system, which lacks most characters. */
static void read_arguments(int *argc, char ***argv) {
  int n;
  wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &n);
  char **arguments = wide ? calloc((size_t)n + 1, sizeof *arguments) : NULL;
  for (int i = 0; arguments && i < n; ++i) {
    const int n_bytes = WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, NULL, 0, NULL, NULL);
    arguments[i] = malloc((size_t)n_bytes);
    if (!arguments[i])
      return;
    WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, arguments[i], n_bytes, NULL, NULL);
  }
  LocalFree(wide);
  if (arguments) {
    *argc = n;
    *argv = arguments;
  }
}

void ms_console_start(int *argc, char ***argv) {
  const HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
  DWORD mode;
  read_arguments(argc, argv);
  _setmode(_fileno(stdout), _O_BINARY);
  _setmode(_fileno(stderr), _O_BINARY);
  if (GetConsoleMode(output, &mode)) {
    erases = SetConsoleMode(output, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    setvbuf(stdout, NULL, _IOFBF, 1 << 12); /* or each byte is a call */
  }
  code_page = GetConsoleOutputCP();
  if (code_page != 0 && SetConsoleOutputCP(CP_UTF8))
    atexit(restore_code_page);
}

/* ---- The terminal ---- */

bool ms_console_erases(void) {
  return erases;
}

size_t ms_console_columns(size_t otherwise) {
  CONSOLE_SCREEN_BUFFER_INFO info;
  return GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info)
             ? (size_t)(info.srWindow.Right - info.srWindow.Left + 1)
             : otherwise;
}

bool ms_console_is_utf8(void) {
  return true;
}

/* ---- Events: each comes in a thread of its own ---- */

static volatile LONG received;

static BOOL WINAPI on_event(DWORD event) {
  enum { INTERRUPT = 2, TERMINATE = 15 }; /* as POSIX numbers them */
  const LONG number = event == CTRL_C_EVENT ? INTERRUPT : TERMINATE;
  const bool is_last = event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT;
  const bool is_second = InterlockedCompareExchange(&received, number, 0) != 0;
  if (is_last)
    Sleep(INFINITE); /* on return the process ends; the system gives it some seconds */
  else if (is_second)
    TerminateProcess(GetCurrentProcess(), 128 + (UINT)number);
  return TRUE;
}

void ms_console_catch(void) {
  SetConsoleCtrlHandler(NULL, FALSE); /* also where who started us has Ctrl-C ignored */
  SetConsoleCtrlHandler(on_event, TRUE);
}

int ms_console_stop(void) {
  return (int)received;
}

bool ms_console_requested(void) {
  return false;
}
