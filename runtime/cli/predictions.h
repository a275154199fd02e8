/* Predictions of a network as text: for people, for programs. */
#ifndef MS_CLI_PREDICTIONS_H
#define MS_CLI_PREDICTIONS_H

#include "runtime/platform/text.h"

/* What a network says of one image. */
struct prediction {
  const char *picture;          /* its file */
  size_t index;                 /* which of those in the file, from 0 */
  size_t top, left, rows, cols; /* where it is in the picture */
  const uint8_t *pixels;        /* (seen_rows, seen_cols): what the network sees */
  size_t seen_rows, seen_cols;
  size_t n_classes;
  const float *probabilities;     /* (n_classes) */
  const char *const *class_names; /* as struct ms_data has them */
};

size_t predicted_class(const float *probabilities, size_t n_classes);

/* A value of a CSV file (RFC 4180), in quotes where it must be. */
void add_csv_text(struct ms_text *text, const char *value);

/* The line of names, and a line of a prediction. */
void add_csv_head(struct ms_text *text, size_t n_classes);
void add_csv_prediction(struct ms_text *text, const struct prediction *p);

/* An object, without anything around it. */
void add_json_prediction(struct ms_text *text, const struct prediction *p);

/* What the network sees, and a bar for each class, to standard output. */
enum ms_status print_prediction(const struct prediction *p);

/* Probabilities (n, classes) of all images, which have the network's width. */
enum ms_status predict_images(const struct ms_network *network, const struct ms_dataset *images, float *probabilities);

/* A CSV table of the class, the predicted class and all probabilities of each image: to text, or to a file. */
#define PREDICTIONS_HEAD "index,class,predicted"
enum ms_status add_predictions(struct ms_text *text, const struct ms_network *network, const struct ms_dataset *images);
enum ms_status write_predictions(const char *path, const struct ms_network *network, const struct ms_dataset *images);

#endif
