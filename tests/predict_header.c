/* The forward pass of an exported C header, on the images of an IDX file: logits to standard output, float32, native.
 * C99; compiled by test_exchange_models.sh with -DHEADER='"model.h"' -DFORWARD=model_forward.
 * Usage: predict_header IMAGES */
#include <stdio.h>

#include HEADER

enum { IDX_HEADER_BYTES = 16, PIXELS = 784, CLASSES = 10 };

int main(int argc, char **argv) {
  unsigned char bytes[PIXELS];
  float input[PIXELS], logits[CLASSES];
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!file || fread(bytes, 1, IDX_HEADER_BYTES, file) != IDX_HEADER_BYTES)
    return 1;
  while (fread(bytes, 1, PIXELS, file) == PIXELS) {
    for (int p = 0; p < PIXELS; ++p)
      input[p] = (float)bytes[p] / 255.0f;
    FORWARD(input, logits);
    if (fwrite(logits, sizeof logits, 1, stdout) != 1)
      return 1;
  }
  fclose(file);
  return fflush(stdout) == 0 ? 0 : 1;
}
