/* The choice of kernels: made once, then one const table for all. */
#ifndef MS_PLATFORM_DISPATCH_H
#define MS_PLATFORM_DISPATCH_H

#include "kernels/kernels.h"
#include "runtime/mnist_simd.h"

/* The ISAs of this build, from the reference to the fastest. */
struct ms_isa_entry {
  const char *name;
  unsigned required;              /* bits of enum ms_cpu_feature; all must be there */
  const struct ms_kernels *table; /* NULL slots inherit the reference */
};
size_t ms_isa_count(void);
const struct ms_isa_entry *ms_isa_entry(size_t index);
/* By this CPU and its operating system. */
bool ms_isa_is_supported(const struct ms_isa_entry *isa);
/* Names of all ISAs of this build, "scalar, avx2". */
const char *ms_isa_names(void);

/* Publishes the table of `isa`, or of the best ISA if it is NULL. Not to be called while kernels run. */
enum ms_status ms_dispatch(const char *isa);
/* Takes it back. */
void ms_dispatch_end(void);
/* The same choice for a table of the caller's: for tests and benchmarks that hold several side by side. */
enum ms_status ms_dispatch_table(const char *isa, struct ms_kernels *table, const char **chosen);

/* ms_kernels() is the published table, ms_isa() its ISA; both NULL without one. */

/* For listings: the name of each slot and the ISA that serves it in the published table. */
size_t ms_slot_count(void);
const char *ms_slot_name(size_t slot);
const char *ms_slot_isa(size_t slot);

#endif
