/* Lays the chosen ISA's slots over the reference and publishes the result. */
#include "runtime/platform/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "reference/reference.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/did_you_mean.h"
#include "runtime/platform/error.h"

static const struct ms_isa_entry isas[] = {
    {"scalar", 0, &ms_kernels_reference},
#if defined(MS_WITH_AVX2)
    {"avx2", MS_CPU_AVX2_FMA, &ms_kernels_avx2},
#endif
#if defined(MS_WITH_AVX512)
    {"avx512", MS_CPU_AVX2_FMA | MS_CPU_AVX512, &ms_kernels_avx512},
#endif
#if defined(MS_WITH_NEON)
    {"sve128", MS_CPU_SVE128,
     &ms_kernels_sve128}, /* as many lanes as NEON, but no lane operand of an fma, no paired loads */
    {"neon", MS_CPU_NEON, &ms_kernels_neon},
    {"sve256", MS_CPU_SVE256, &ms_kernels_sve256},
    {"sve512", MS_CPU_SVE512, &ms_kernels_sve512},
#endif
#if defined(MS_WITH_RVV128)
    {"rvv128", MS_CPU_RVV128, &ms_kernels_rvv128},
    {"rvv256", MS_CPU_RVV256, &ms_kernels_rvv256},
    {"rvv512", MS_CPU_RVV512, &ms_kernels_rvv512},
#endif
#if defined(MS_WITH_VSX)
    {"vsx", MS_CPU_VSX, &ms_kernels_vsx},
#endif
#if defined(MS_WITH_SIMD128)
    {"simd128", MS_CPU_SIMD128, &ms_kernels_simd128},
#endif
#if defined(MS_WITH_RELAXED)
    {"relaxed", MS_CPU_RELAXED_FMA, &ms_kernels_relaxed},
#endif
};

enum { N_ISAS = sizeof isas / sizeof isas[0] };

/* Of every build, so that a name from another machine is not taken for a wrong one. */
static const struct {
  const char *name, *processor;
} all_isas[] = {
    {"avx2", "x86-64"},    {"avx512", "x86-64"},  {"sve128", "AArch64"},      {"neon", "AArch64"},
    {"sve256", "AArch64"}, {"sve512", "AArch64"}, {"rvv128", "RISC-V"},       {"rvv256", "RISC-V"},
    {"rvv512", "RISC-V"},  {"vsx", "POWER"},      {"simd128", "WebAssembly"}, {"relaxed", "WebAssembly"},
};

#define SLOT(member)                                                                                                   \
  { #member, offsetof(struct ms_kernels, member) }
static const struct {
  const char *name;
  size_t offset;
} slots[] = {
    SLOT(gemm),
    SLOT(gemm_skip),
    SLOT(compress),
    SLOT(compress_transposed),
    SLOT(scale_add),
    SLOT(bytes_to_unit),
    SLOT(bias_forward),
    SLOT(bias_backward),
    SLOT(relu_forward),
    SLOT(relu_backward),
    SLOT(dropout),
    SLOT(exp),
    SLOT(log),
    SLOT(adam),
    SLOT(maxnorm),
    SLOT(softmax_cross_entropy_forward),
    SLOT(softmax_cross_entropy_backward),
};
#undef SLOT

enum { N_SLOTS = sizeof slots / sizeof slots[0] };

typedef void (*slot_function)(void);

/* The slots come first in the structure, the numbers behind them. */
_Static_assert(offsetof(struct ms_kernels, gemm_workspace_floats) == N_SLOTS * sizeof(slot_function),
               "a slot of struct ms_kernels is missing in slots[]");

static struct ms_kernels published;
static const struct ms_isa_entry *published_isa;

static slot_function get_slot(const struct ms_kernels *table, size_t slot) {
  slot_function function;
  memcpy(&function, (const char *)table + slots[slot].offset, sizeof function);
  return function;
}

size_t ms_isa_count(void) {
  return N_ISAS;
}

const struct ms_isa_entry *ms_isa_entry(size_t index) {
  return &isas[index];
}

const char *ms_isa_names(void) {
  static char names[16 * N_ISAS];
  if (!names[0])
    for (size_t i = 0; i < N_ISAS; ++i) {
      if (i > 0)
        strcat(names, ", ");
      strcat(names, isas[i].name);
    }
  return names;
}

bool ms_isa_is_supported(const struct ms_isa_entry *isa) {
  return (ms_cpu_features() & isa->required) == isa->required;
}

const char *ms_isa_supported(size_t index) {
  for (size_t i = 0; i < N_ISAS; ++i)
    if (ms_isa_is_supported(&isas[i]) && index-- == 0)
      return isas[i].name;
  return NULL;
}

/* Of an ISA that this build may lack; NULL if there is none of that name. */
static const char *processor_of(const char *name) {
  for (size_t i = 0; i < sizeof all_isas / sizeof all_isas[0]; ++i)
    if (strcmp(name, all_isas[i].name) == 0)
      return all_isas[i].processor;
  return NULL;
}

static enum ms_status find_isa(const char *name, const struct ms_isa_entry **found) {
  *found = NULL;
  for (size_t i = N_ISAS; i-- > 0;) {
    if (name ? strcmp(name, isas[i].name) != 0 : !ms_isa_is_supported(&isas[i]))
      continue;
    if (!ms_isa_is_supported(&isas[i]))
      return ms_fail(MS_ERROR_UNSUPPORTED,
                     "isa %s: this CPU or its operating system does not support it: leave the "
                     "choice to the program or take another of %s",
                     name, ms_isa_names());
    *found = &isas[i];
    return MS_OK;
  }
  const char *processor = name ? processor_of(name) : NULL;
  if (processor)
    return ms_fail(MS_ERROR_UNSUPPORTED,
                   "isa %s: not for this processor, or not in this build (it is %s's): leave the choice to the program "
                   "or take another of %s",
                   name, processor, ms_isa_names());
  char hint[MS_HINT_SIZE];
  return ms_fail(MS_ERROR_ARGUMENT, "isa '%s': unknown%s, must be one of %s", name,
                 ms_did_you_mean(hint, name, &isas->name, N_ISAS, sizeof *isas), ms_isa_names());
}

static void lay_over_reference(const struct ms_kernels *isa, struct ms_kernels *table) {
  *table = ms_kernels_reference;
  for (size_t slot = 0; slot < N_SLOTS; ++slot) {
    const slot_function function = get_slot(isa, slot);
    if (function)
      memcpy((char *)table + slots[slot].offset, &function, sizeof function);
  }
  if (isa->gemm_workspace_floats > table->gemm_workspace_floats)
    table->gemm_workspace_floats = isa->gemm_workspace_floats;
  if (isa->gemm_skip) {
    table->gemm_skip_columns = isa->gemm_skip_columns;
    table->gemm_skip_density = isa->gemm_skip_density;
    table->gemm_skip_min_columns = isa->gemm_skip_min_columns;
  }
}

enum ms_status ms_dispatch_table(const char *isa, struct ms_kernels *table, const char **chosen) {
  const struct ms_isa_entry *entry;
  MS_TRY(find_isa(isa, &entry));
  lay_over_reference(entry->table, table);
  *chosen = entry->name;
  return MS_OK;
}

enum ms_status ms_dispatch(const char *isa) {
  const struct ms_isa_entry *entry;
  MS_TRY(find_isa(isa, &entry));
  lay_over_reference(entry->table, &published);
  published_isa = entry;
  return MS_OK;
}

void ms_dispatch_end(void) {
  published_isa = NULL;
}

const struct ms_kernels *ms_kernels(void) {
  return published_isa ? &published : NULL;
}

const char *ms_isa(void) {
  return published_isa ? published_isa->name : NULL;
}

size_t ms_slot_count(void) {
  return N_SLOTS;
}

const char *ms_slot_name(size_t slot) {
  return slots[slot].name;
}

const char *ms_slot_isa(size_t slot) {
  const bool own = published_isa && get_slot(published_isa->table, slot);
  return own ? published_isa->name : isas[0].name;
}
