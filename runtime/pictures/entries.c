/* What is in a folder, on POSIX. */
#include "runtime/pictures/entries.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"

static enum ms_status cannot_read(const char *folder, int error) {
  return ms_fail(error == ENOMEM ? MS_ERROR_MEMORY : MS_ERROR_DATA, "%s: the folder cannot be read: %s", folder,
                 strerror(error));
}

enum ms_status ms_entries(const char *folder, ms_entry_function *function, void *context) {
  char path[MS_PATH_SIZE];
  DIR *directory = opendir(folder);
  if (!directory)
    return cannot_read(folder, errno);
  enum ms_status status = MS_OK;
  while (status == MS_OK) {
    errno = 0;
    const struct dirent *entry = readdir(directory);
    if (!entry) {
      if (errno != 0)
        status = cannot_read(folder, errno);
      break;
    }
    if (entry->d_name[0] == '.' || strcmp(entry->d_name, "__MACOSX") == 0)
      continue;
    status = ms_path_join(path, folder, entry->d_name);
    if (status == MS_OK)
      status = function(context, path, entry->d_name);
  }
  closedir(directory);
  return status;
}
