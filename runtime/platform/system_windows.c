/* The operating system's calls on Windows: Win32's, with wide names. A path may be as long as MS_PATH_SIZE says, on
 * every Windows; files may be renamed over and removed while others read them, as on POSIX. */
#include "runtime/platform/system.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

enum { SHARE = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, MAX_IO = 1 << 30 };

/* ---- Errors ---- */

static int errno_of(DWORD error) {
  static const struct {
    DWORD error;
    int number;
  } table[] = {{ERROR_FILE_NOT_FOUND, ENOENT},       {ERROR_PATH_NOT_FOUND, ENOENT},
               {ERROR_BAD_NETPATH, ENOENT},          {ERROR_BAD_NET_NAME, ENOENT},
               {ERROR_INVALID_DRIVE, ENOENT},        {ERROR_NOT_READY, ENOENT},
               {ERROR_ACCESS_DENIED, EACCES},        {ERROR_SHARING_VIOLATION, EACCES},
               {ERROR_LOCK_VIOLATION, EACCES},       {ERROR_PRIVILEGE_NOT_HELD, EPERM},
               {ERROR_WRITE_PROTECT, EROFS},         {ERROR_FILE_EXISTS, EEXIST},
               {ERROR_ALREADY_EXISTS, EEXIST},       {ERROR_DIR_NOT_EMPTY, ENOTEMPTY},
               {ERROR_DIRECTORY, ENOTDIR},           {ERROR_DISK_FULL, ENOSPC},
               {ERROR_HANDLE_DISK_FULL, ENOSPC},     {1295 /* ERROR_DISK_QUOTA_EXCEEDED */, ENOSPC},
               {ERROR_FILE_TOO_LARGE, EFBIG},        {ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
               {ERROR_OUTOFMEMORY, ENOMEM},          {ERROR_TOO_MANY_OPEN_FILES, EMFILE},
               {ERROR_INVALID_FUNCTION, ENOSYS},     {ERROR_NOT_SUPPORTED, ENOSYS},
               {ERROR_CALL_NOT_IMPLEMENTED, ENOSYS}, {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
               {ERROR_INVALID_NAME, EINVAL},         {ERROR_BAD_PATHNAME, EINVAL},
               {ERROR_INVALID_PARAMETER, EINVAL},    {ERROR_NO_UNICODE_TRANSLATION, EILSEQ},
               {ERROR_INVALID_HANDLE, EBADF}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; ++i)
    if (table[i].error == error)
      return table[i].number;
  return EIO;
}

/* Sets errno; returns what a call returned, false for failure. */
static bool succeeded(BOOL result) {
  if (!result)
    errno = errno_of(GetLastError());
  return result;
}

/* Scanners and indexers hold new files open for moments. True if it is worth another try. */
static bool wait_for_others(int n_tries) {
  const DWORD error = GetLastError();
  if (n_tries >= 20 || (error != ERROR_ACCESS_DENIED && error != ERROR_SHARING_VIOLATION))
    return false;
  Sleep(10);
  SetLastError(error);
  return true;
}

/* ---- Paths ---- */

static bool from_wide(const wchar_t *wide, char *text, size_t size) {
  return succeeded(WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, (int)size, NULL, NULL) > 0);
}

/* The whole path; behind \\?\, which lets it be long, where it has to be. */
enum { SHORT_PATH = MAX_PATH - 12 /* for a folder in which a file has a short name */, WIDE_PATH = 2 * MS_PATH_SIZE };
struct wide_path {
  wchar_t text[WIDE_PATH];
};

static bool to_wide(const char *path, struct wide_path *wide) {
  static const wchar_t prefix[] = L"\\\\?\\", share_prefix[] = L"\\\\?\\UNC";
  wchar_t given[MS_PATH_SIZE], *text = wide->text;
  if (!succeeded(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, given, MS_PATH_SIZE) > 0))
    return false;
  const DWORD n = GetFullPathNameW(given, WIDE_PATH - 16, text, NULL);
  if (n == 0 || n >= WIDE_PATH - 16) {
    errno = n == 0 ? ENOENT : ENAMETOOLONG;
    return false;
  }
  const bool is_share = text[0] == '\\' && text[1] == '\\';
  if (n < SHORT_PATH || (is_share && (text[2] == '?' || text[2] == '.')))
    return true;
  const wchar_t *begin = is_share ? share_prefix : prefix;
  const size_t skipped = is_share ? 1 : 0, length = wcslen(begin);
  memmove(text + length, text + skipped, (n + 1 - skipped) * sizeof *text);
  memcpy(text, begin, length * sizeof *text);
  return true;
}

size_t ms_os_root(const char *path) {
  size_t n = 0;
  if (path[0] && path[1] == ':')
    return ms_os_is_slash(path[2]) ? 3 : 2;
  if (!ms_os_is_slash(path[0]) || !ms_os_is_slash(path[1]))
    return ms_os_is_slash(path[0]);
  n = 2;
  for (int part = 0; part < 2; ++part) {
    while (path[n] && !ms_os_is_slash(path[n]))
      ++n;
    n += path[n] != '\0';
  }
  return n;
}

bool ms_os_full_path(const char *path, char full[MS_PATH_SIZE]) {
  struct wide_path wide;
  if (!to_wide(path, &wide) || !from_wide(wide.text, full, MS_PATH_SIZE))
    return false;
  ms_path_forward(full);
  return true;
}

bool ms_os_path_variable(const char *name, char value[MS_PATH_SIZE]) {
  wchar_t wide_name[64], wide[MS_PATH_SIZE];
  if (MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, 64) == 0)
    return false;
  const DWORD n = GetEnvironmentVariableW(wide_name, wide, MS_PATH_SIZE);
  return n > 0 && n < MS_PATH_SIZE && from_wide(wide, value, MS_PATH_SIZE);
}

enum ms_status ms_os_state_folder(char path[MS_PATH_SIZE]) {
  return ms_os_path_variable("LOCALAPPDATA", path)
             ? MS_OK
             : ms_fail(MS_ERROR_SYSTEM, "LOCALAPPDATA: is not set, no key can be kept there: set it");
}

/* ---- Files by name ---- */

/* Of a link only where the handle was opened as one. */
static bool info_of(HANDLE handle, struct ms_os_info *info) {
  BY_HANDLE_FILE_INFORMATION i;
  FILE_ATTRIBUTE_TAG_INFO tag;
  *info = (struct ms_os_info){.kind = MS_OTHER_FILE};
  if (GetFileType(handle) != FILE_TYPE_DISK)
    return true;
  if (!succeeded(GetFileInformationByHandle(handle, &i)))
    return false;
  const bool is_link = i.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT &&
                       GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &tag, sizeof tag) &&
                       IsReparseTagNameSurrogate(tag.ReparseTag);
  if (!is_link)
    info->kind = i.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? MS_FOLDER : MS_REGULAR_FILE;
  info->n_bytes = (uint64_t)i.nFileSizeHigh << 32 | i.nFileSizeLow;
  info->device = i.dwVolumeSerialNumber;
  info->number = (uint64_t)i.nFileIndexHigh << 32 | i.nFileIndexLow;
  return true;
}

static bool info_at(const char *path, DWORD flags, struct ms_os_info *info) {
  struct wide_path wide;
  if (!to_wide(path, &wide))
    return false;
  const HANDLE handle = CreateFileW(wide.text, FILE_READ_ATTRIBUTES, SHARE, NULL, OPEN_EXISTING,
                                    FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
  if (!succeeded(handle != INVALID_HANDLE_VALUE))
    return false;
  const bool is_known = info_of(handle, info);
  CloseHandle(handle);
  return is_known;
}

bool ms_os_info(const char *path, struct ms_os_info *info) {
  return info_at(path, 0, info);
}

bool ms_os_link_info(const char *path, struct ms_os_info *info) {
  return info_at(path, FILE_FLAG_OPEN_REPARSE_POINT, info);
}

/* The name is on the disk when the call returns. */
bool ms_os_rename(const char *from, const char *to) {
  struct wide_path wide_from, wide_to;
  BOOL done;
  int n = 0;
  if (!to_wide(from, &wide_from) || !to_wide(to, &wide_to))
    return false;
  do
    done = MoveFileExW(wide_from.text, wide_to.text, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
  while (!done && wait_for_others(n++));
  return succeeded(done);
}

bool ms_os_remove(const char *path) {
  struct wide_path wide;
  BOOL done;
  int n = 0;
  if (!to_wide(path, &wide))
    return false;
  do
    done = DeleteFileW(wide.text);
  while (!done && GetLastError() == ERROR_SHARING_VIOLATION && wait_for_others(n++));
  return succeeded(done);
}

bool ms_os_make_folder(const char *path) {
  struct wide_path wide;
  return to_wide(path, &wide) && succeeded(CreateDirectoryW(wide.text, NULL));
}

bool ms_os_remove_folder(const char *path) {
  struct wide_path wide;
  return to_wide(path, &wide) && succeeded(RemoveDirectoryW(wide.text));
}

bool ms_os_make_temporary_folder(char path[MS_PATH_SIZE]) {
  wchar_t wide[MAX_PATH + 2];
  unsigned number = 0;
  if (!succeeded(GetTempPathW(MAX_PATH + 2, wide) > 0) || !from_wide(wide, path, MS_PATH_SIZE - 32))
    return false;
  ms_os_random(&number, sizeof number);
  snprintf(path + strlen(path), 32, "mnist_simd-%08x", number);
  return ms_os_make_folder(path);
}

bool ms_os_may_enter(const char *folder) {
  struct ms_os_listing *listing = ms_os_list(folder);
  ms_os_end(listing);
  return listing != NULL;
}

/* NTFS keeps names in a journal of its own, and ms_os_rename waits for it. */
int ms_os_sync_folder(const char *folder) {
  (void)folder;
  return 0;
}

struct ms_os_listing {
  HANDLE search;
  WIN32_FIND_DATAW entry;
  bool is_first;
  char name[3 * MAX_PATH + 1];
};

struct ms_os_listing *ms_os_list(const char *folder) {
  struct wide_path wide;
  if (!to_wide(folder, &wide))
    return NULL;
  const size_t length = wcslen(wide.text);
  struct ms_os_listing *listing = calloc(1, sizeof *listing);
  if (!listing)
    return NULL;
  wcscpy(wide.text + length, wide.text[length - 1] == '\\' ? L"*" : L"\\*");
  listing->search = FindFirstFileW(wide.text, &listing->entry);
  listing->is_first = true;
  if (succeeded(listing->search != INVALID_HANDLE_VALUE))
    return listing;
  free(listing);
  return NULL;
}

const char *ms_os_next(struct ms_os_listing *l) {
  errno = 0;
  if (!l->is_first && !FindNextFileW(l->search, &l->entry)) {
    if (GetLastError() != ERROR_NO_MORE_FILES)
      succeeded(false);
    return NULL;
  }
  l->is_first = false;
  return from_wide(l->entry.cFileName, l->name, sizeof l->name) ? l->name : NULL;
}

void ms_os_end(struct ms_os_listing *listing) {
  if (listing)
    FindClose(listing->search);
  free(listing);
}

/* ---- Open files ---- */

static HANDLE handle_of(int file) {
  return (HANDLE)_get_osfhandle(file);
}

int ms_os_open(const char *path, enum ms_os_mode mode) {
  static const struct {
    DWORD access, disposition, flags;
  } modes[] = {
      [MS_OS_READ] = {GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS /* folders too */},
      [MS_OS_NEW] = {GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_NORMAL},
      [MS_OS_NEW_PRIVATE] = {GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_NORMAL}, /* a user's folders are */
      [MS_OS_APPEND] = {GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS, FILE_FLAG_OPEN_REPARSE_POINT},
      [MS_OS_LOCK] = {GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS, FILE_FLAG_OPEN_REPARSE_POINT},
  };
  struct wide_path wide;
  struct ms_os_info info;
  HANDLE handle;
  int n = 0;
  if (!to_wide(path, &wide))
    return -1;
  do
    handle = CreateFileW(wide.text, modes[mode].access, SHARE, NULL, modes[mode].disposition, modes[mode].flags, NULL);
  while (handle == INVALID_HANDLE_VALUE && mode == MS_OS_LOCK && wait_for_others(n++)); /* its last holder removes it */
  if (!succeeded(handle != INVALID_HANDLE_VALUE))
    return -1;
  const bool is_link = mode >= MS_OS_APPEND && info_of(handle, &info) && info.kind == MS_OTHER_FILE;
  const int file = is_link ? -1 : _open_osfhandle((intptr_t)handle, _O_BINARY | _O_NOINHERIT);
  if (file < 0)
    CloseHandle(handle);
  if (is_link)
    errno = ELOOP;
  return file;
}

bool ms_os_close(int file) {
  return _close(file) == 0;
}

bool ms_os_info_of(int file, struct ms_os_info *info) {
  return info_of(handle_of(file), info);
}

ptrdiff_t ms_os_read_at(int file, void *data, size_t n_bytes, uint64_t at) {
  OVERLAPPED position = {.Offset = (DWORD)at, .OffsetHigh = (DWORD)(at >> 32)};
  DWORD got = 0;
  const DWORD n = n_bytes < MAX_IO ? (DWORD)n_bytes : MAX_IO;
  if (ReadFile(handle_of(file), data, n, &got, &position) || GetLastError() == ERROR_HANDLE_EOF)
    return (ptrdiff_t)got;
  succeeded(false);
  return -1;
}

ptrdiff_t ms_os_write(int file, const void *data, size_t n_bytes) {
  OVERLAPPED at_end = {.Offset = UINT32_MAX, .OffsetHigh = UINT32_MAX};
  DWORD written = 0;
  const DWORD n = n_bytes < MAX_IO ? (DWORD)n_bytes : MAX_IO;
  return succeeded(WriteFile(handle_of(file), data, n, &written, &at_end)) ? (ptrdiff_t)written : -1;
}

bool ms_os_truncate(int file, uint64_t n_bytes) {
  const LARGE_INTEGER end = {.QuadPart = (LONGLONG)n_bytes};
  return succeeded(SetFilePointerEx(handle_of(file), end, NULL, FILE_BEGIN) && SetEndOfFile(handle_of(file)));
}

bool ms_os_sync(int file) {
  return succeeded(FlushFileBuffers(handle_of(file)));
}

/* A byte far beyond the end: a lock keeps others from reading what it covers. */
int ms_os_lock(int file, char holder[MS_HOLDER_SIZE]) {
  OVERLAPPED position = {.OffsetHigh = 1 << 30};
  if (LockFileEx(handle_of(file), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &position))
    return 0;
  const DWORD error = GetLastError();
  if (error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING)
    snprintf(holder, MS_HOLDER_SIZE, "another process");
  return errno_of(error);
}

/* ---- The process ---- */

/* free() is _aligned_free here (heap_windows.h). */
void *ms_os_allocate(size_t n_bytes) {
  enum { PAGE = 4096, LARGE = 256 << 10 };
  return _aligned_malloc(n_bytes, n_bytes < LARGE ? MS_ALIGNMENT : PAGE);
}

/* A thread has a locale of its own from its first number on, and only where the process's has another point. The
 * registers are set here: mingw-w64's feholdexcept keeps but one of them, and asks the CPU at each call what it is. */
void ms_os_enter_numbers(struct ms_os_numbers *before) {
  static const unsigned short x87 = 0x37f; /* of both: all exceptions masked, to nearest */
  before->locale = NULL;
  if (strcmp(localeconv()->decimal_point, ".") != 0) {
    _configthreadlocale(_ENABLE_PER_THREAD_LOCALE);
    before->locale = strdup(setlocale(LC_NUMERIC, NULL));
    setlocale(LC_NUMERIC, "C");
  }
  before->sse = __builtin_ia32_stmxcsr();
  __asm__ volatile("fnstcw %0" : "=m"(before->x87));
  __builtin_ia32_ldmxcsr(0x1f80);
  __asm__ volatile("fldcw %0" : : "m"(x87));
}

void ms_os_leave_numbers(const struct ms_os_numbers *before) {
  __builtin_ia32_ldmxcsr(before->sse);
  __asm__ volatile("fnclex; fldcw %0" : : "m"(before->x87));
  if (before->locale)
    setlocale(LC_NUMERIC, before->locale);
  free(before->locale);
}

double ms_memory_limit(void) {
  MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION job;
  double limit = GlobalMemoryStatusEx(&memory) ? (double)memory.ullTotalPhys : (double)SIZE_MAX;
  if (QueryInformationJobObject(NULL, JobObjectExtendedLimitInformation, &job, sizeof job, NULL) &&
      job.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_JOB_MEMORY && (double)job.JobMemoryLimit < limit)
    limit = (double)job.JobMemoryLimit;
  return limit;
}

uint64_t ms_os_process(void) {
  return GetCurrentProcessId();
}

bool ms_os_random(void *bytes, size_t n_bytes) {
  unsigned number;
  for (size_t i = 0; i < n_bytes; i += sizeof number) {
    if (rand_s(&number) != 0)
      return false;
    memcpy((char *)bytes + i, &number, n_bytes - i < sizeof number ? n_bytes - i : sizeof number);
  }
  return true;
}
