/* Calls of the operating system about files: as POSIX has them (system_posix.c), or in its words (system_windows.c).
 * What fails says why in errno. A path is bytes on POSIX and UTF-8 on Windows, an open file a descriptor. */
#ifndef MS_PLATFORM_SYSTEM_H
#define MS_PLATFORM_SYSTEM_H

#include <fenv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/platform/files.h"

/* ---- Paths ---- */

static inline bool ms_os_is_slash(char c) {
#if defined(_WIN32)
  return c == '/' || c == '\\';
#else
  return c == '/';
#endif
}

/* Bytes of a path's beginning that no folder is made of: "/", "C:\", "\\server\share\". */
size_t ms_os_root(const char *path);

/* The path from the root, without links where the system resolves them. */
bool ms_os_full_path(const char *path, char full[MS_PATH_SIZE]);

/* A variable of the environment that names a path. False if it is not set, or too long. */
bool ms_os_path_variable(const char *name, char value[MS_PATH_SIZE]);

/* Where programs of this user keep what is theirs. */
enum ms_status ms_os_state_folder(char path[MS_PATH_SIZE]);

/* ---- Files by name ---- */

struct ms_os_info {
  enum { MS_REGULAR_FILE, MS_FOLDER, MS_OTHER_FILE } kind;
  uint64_t n_bytes;
  uint64_t device, number; /* the same of two paths that lead to one file */
};
bool ms_os_info(const char *path, struct ms_os_info *info);
bool ms_os_link_info(const char *path, struct ms_os_info *info); /* of a link itself */

bool ms_os_rename(const char *from, const char *to); /* over what is there */
bool ms_os_remove(const char *path);
bool ms_os_make_folder(const char *path);
bool ms_os_remove_folder(const char *path); /* an empty one */
bool ms_os_make_temporary_folder(char path[MS_PATH_SIZE]);
bool ms_os_may_enter(const char *folder);

/* ms_sync for the names in a folder. */
int ms_os_sync_folder(const char *folder);

/* Entries of a folder in no order, "." and ".." among them. NULL on failure; at the end, errno is then 0. */
struct ms_os_listing;
struct ms_os_listing *ms_os_list(const char *folder);
const char *ms_os_next(struct ms_os_listing *listing);
void ms_os_end(struct ms_os_listing *listing);

/* ---- Open files ---- */

enum ms_os_mode {
  MS_OS_READ,        /* a pipe is not waited for */
  MS_OS_NEW,         /* made for writing; fails if it is there */
  MS_OS_NEW_PRIVATE, /* the same, for this user alone */
  MS_OS_APPEND,      /* read, and written at its end; made if need be, never through a link */
  MS_OS_LOCK         /* for ms_os_lock; the same */
};
int ms_os_open(const char *path, enum ms_os_mode mode); /* -1 on failure */
bool ms_os_close(int file);
bool ms_os_info_of(int file, struct ms_os_info *info);
ptrdiff_t ms_os_read_at(int file, void *data, size_t n_bytes, uint64_t at); /* bytes read, -1 on failure */
ptrdiff_t ms_os_write(int file, const void *data, size_t n_bytes);          /* at its end */
bool ms_os_truncate(int file, uint64_t n_bytes);
bool ms_os_sync(int file);

/* Locks the file for this process, or says who has: "" if nobody holds it, because some file systems say with the word
 * for "held" that there are no locks. 0, or an errno. */
#define MS_HOLDER_SIZE 32
int ms_os_lock(int file, char holder[MS_HOLDER_SIZE]);

/* ---- The process ---- */

/* A multiple of MS_ALIGNMENT, aligned to it, for free(). NULL if the system has not as much. */
void *ms_os_allocate(size_t n_bytes);

/* The "C" locale and rounding to nearest for the calling thread, until ms_os_leave_numbers gives back what it had
 * before, traps and exceptions included. */
struct ms_os_numbers {
  void *locale;
#if defined(_WIN32)
  unsigned sse;
  unsigned short x87;
#else
  fenv_t floating;
#endif
};
void ms_os_enter_numbers(struct ms_os_numbers *before);
void ms_os_leave_numbers(const struct ms_os_numbers *before);

uint64_t ms_os_process(void);
bool ms_os_random(void *bytes, size_t n_bytes);

#endif
