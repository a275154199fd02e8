/* Whole files: reading, writing atomically, making folders. */
#ifndef MS_PLATFORM_FILES_H
#define MS_PLATFORM_FILES_H

#include "runtime/mnist_simd.h"

#define MS_PATH_SIZE 4096 /* bytes of a path, its 0 included */

/* MS_ERROR_ARGUMENT if it is empty or too long. So do all functions below that return a status. */
enum ms_status ms_path_check(const char *path);

/* folder + "/" + name, or folder where name is "", to path (MS_PATH_SIZE). MS_ERROR_ARGUMENT besides if it is too
 * long. */
enum ms_status ms_path_join(char *path, const char *folder, const char *name);

/* What follows the last slash. */
const char *ms_last_part(const char *path);

/* Replaces what separates folders here, besides '/', by '/'. */
void ms_path_forward(char *path);

bool ms_is_folder(const char *path);
bool ms_exists(const char *path);

/* MS_OK if a file that begins with head may be written there and nothing of somebody's is lost: there is none, an empty
 * one, or a regular one that begins so too. Else MS_ERROR_ARGUMENT, the message ending in remedy, which is to choose
 * another place: it is another file, a link, a device, a pipe, a folder. */
enum ms_status ms_check_place(const char *path, const char *head, const char *remedy);

/* MS_ERROR_SYSTEM: "<path>: cannot be written: <the error>: <what can be done>". error: an errno. */
enum ms_status ms_cannot_write(const char *path, int error);

/* The whole of a regular file; free(*data). MS_ERROR_DATA, with the message naming the path, if it is missing, not a
 * regular file, changes while it is read, or is over max_bytes; MS_ERROR_SYSTEM if it is there and may not be
 * opened, or its disk fails. */
enum ms_status ms_file_read(const char *path, size_t max_bytes, uint8_t **data, size_t *n_bytes);

/* Bytes [at, at + n_bytes) of such a file, fewer where it ends before; *n_read of them. *file_bytes: of the whole. */
enum ms_status ms_file_read_part(const char *path, uint64_t at, size_t n_bytes, uint8_t *data, size_t *n_read,
                                 uint64_t *file_bytes);

/* Writes to an open file. False, with errno, if not all could be written. */
bool ms_write_all(int file, const void *data, size_t n_bytes);

/* Whether an errno says that this file system, or this sandbox, does not have the call or does not permit it, and
 * nothing of a failing disk: FUSE, SMB and others differ in the word for it. EBADF is what some say of a folder. */
bool ms_is_unsupported(int error);

/* fsync. MS_NOT_DURABLE where the file system does not have it, or it is not permitted: what was written is in the
 * system's hands, and survives the process, but perhaps no power cut. -1, with errno, if the disk fails. */
enum { MS_NOT_DURABLE = 1 };
int ms_sync(int file);

/* Writes a temporary file in the same folder, fsyncs it, renames it to path and fsyncs the folder: after a crash path
 * holds the old content or the new. On failure the temporary file is removed and path is as before. Where the file
 * system cannot sync, that is no failure. What is at path and not an ordinary file is left as it is. */
enum ms_status ms_file_write(const char *path, const void *data, size_t n_bytes);

/* The same, of a file that nobody else may read. */
enum ms_status ms_file_write_private(const char *path, const void *data, size_t n_bytes);

/* False, with errno, if it is still there. */
bool ms_file_remove(const char *path);

/* Makes the folder and those above it; one that exists already is fine. */
enum ms_status ms_make_folder(const char *path);

/* Writes, replaces and removes a file in the folder, as ms_file_write and ms_run_folder_forget will: what they would
 * run into is known before. *is_durable: whether the file system can sync. */
#define MS_PROBE_FILE "run.probe"
enum ms_status ms_folder_probe(const char *folder, bool *is_durable);

/* Makes it durable which files a folder holds. */
enum ms_status ms_folder_sync(const char *folder);

#endif
