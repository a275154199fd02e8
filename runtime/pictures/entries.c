/* What is in a folder. */
#include "runtime/pictures/entries.h"

#include <errno.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/system.h"

static enum ms_status cannot_read(const char *folder, int error) {
  return ms_fail(error == ENOMEM ? MS_ERROR_MEMORY : MS_ERROR_DATA, "%s: the folder cannot be read: %s", folder,
                 strerror(error));
}

enum ms_status ms_entries(const char *folder, ms_entry_function *function, void *context) {
  char path[MS_PATH_SIZE];
  struct ms_os_listing *directory = ms_os_list(folder);
  if (!directory)
    return cannot_read(folder, errno);
  enum ms_status status = MS_OK;
  while (status == MS_OK) {
    const char *entry = ms_os_next(directory);
    if (!entry) {
      if (errno != 0)
        status = cannot_read(folder, errno);
      break;
    }
    if (entry[0] == '.' || strcmp(entry, "__MACOSX") == 0)
      continue;
    status = ms_path_join(path, folder, entry);
    if (status == MS_OK)
      status = function(context, path, entry);
  }
  ms_os_end(directory);
  return status;
}
