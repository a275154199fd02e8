/* A data set as PNG files, in a folder for each class:
 *
 *   FOLDER/train/CLASS/NAME.png, FOLDER/test/CLASS/NAME.png     or training, testing; test may be missing
 *   FOLDER/CLASS/NAME.png                                       training images alone
 *
 * class_list.h says which labels the names of the folders give, file_list.h in which order the images are. A folder
 * val, valid or validation beside train is not read, and the description says so: the program takes validation images
 * from the training images. Hidden files and folders are ignored. Folders deeper down are refused. */
#ifndef MS_PICTURES_CLASS_FOLDERS_H
#define MS_PICTURES_CLASS_FOLDERS_H

#include "runtime/mnist_simd.h"

/* Whether a folder looks like one: it has a folder train, training, test or testing with folders in it, or folders with
 * PNG files. */
bool ms_class_folders_are_there(const char *folder);

/* As ms_data_read; of a part that is not wanted no file is opened. The folders of training images have to be there for
 * test images too, unless these are named by numbers: their names give the labels. Names of numbered classes come from
 * classes.txt. All images must have the size of the first. MS_TRANSPOSE_KNOWN
 * transposes nothing. options: NULL as all 0. MS_ERROR_DATA, naming the file or folder and what is wrong with it.
 * A split is an error too: such a folder has none. MS_ERROR_MEMORY: if the images are more than this
 * machine can hold, before they are read. On failure, nothing is held. */
enum ms_status ms_class_folders_read(const char *folder, const struct ms_data_options *options, struct ms_data *data);

#endif
