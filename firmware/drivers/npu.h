/* Neural processing unit. Registers: docs/registers.md#npu; job images: docs/job_format.md. */
#ifndef DRIVERS_NPU_H
#define DRIVERS_NPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "firmware/hal/crc32.h"
#include "firmware/hal/status.h"
#include "npu_regs.h" /* generated */

#ifdef __cplusplus
extern "C" {
#endif

/* What npu_probe found. */
typedef struct npu {
  uintptr_t base;
  uint32_t core;           /* number of the core behind the shell */
  uint32_t geometry_hash;  /* the core's configuration */
  uint32_t feature_bits;   /* widest feature */
  uint32_t weight_bits;    /* widest weight */
  uint32_t features_bytes; /* size of the feature SRAM */
  uint32_t weights_bytes;  /* size of the weight SRAM */
  uint32_t buffer_bytes;   /* size of the buffer SRAM */
} npu_t;

/* The parts of a checked job image; offsets count from its start. */
typedef struct npu_job {
  uint32_t image_bytes;
  uint32_t command_offset; /* of the lists of one inference */
  uint32_t command_count;
  uint32_t descriptor_offset;
  uint32_t descriptor_count;
  uint32_t setup_command_offset; /* of the lists to run once before; counts 0: there are none */
  uint32_t setup_command_count;
  uint32_t setup_descriptor_offset;
  uint32_t setup_descriptor_count;
  uint32_t input_bytes;
  uint32_t output_bytes;
  uint32_t scratch_bytes;
} npu_job_t;

typedef struct npu_error {
  uint32_t code;    /* NPU_ERROR_CODE_CODE_* */
  uint32_t command; /* index in the list */
  uint32_t address; /* bus address, or bit offset in the feature ring */
} npu_error_t;

#define NPU_COUNTERS NPU_COUNTER_LOW_COUNT
typedef struct npu_counters {
  uint64_t value[NPU_COUNTERS]; /* in the order of register counter_low */
} npu_counters_t;

/* What npu_on_irq returns, or-ed. */
#define NPU_EVENT_DONE 1u
#define NPU_EVENT_ERROR 2u

/* Fills in `npu`. STATUS_NOT_FOUND: no NPU at `base`; STATUS_BAD_VERSION: its registers or its job
 * format are of a version that this driver does not know. `npu` is untouched unless STATUS_OK. */
STATUS_MUST_CHECK status_t npu_probe(npu_t* npu, uintptr_t base);

/* Whether this NPU can run the image of at most `bytes` bytes at `image` (aligned to 4), and where
 * its parts are. Does not touch the NPU; `job` is untouched unless STATUS_OK. In this order:
 * STATUS_BAD_MAGIC, STATUS_BAD_VERSION, STATUS_BAD_LAYOUT (a part outside the image, or the image
 * larger than `bytes`), STATUS_BAD_CRC, STATUS_WRONG_CORE, STATUS_WRONG_CONFIGURATION. */
STATUS_MUST_CHECK status_t npu_check_job(const npu_t* npu, const crc32_t* crc, const void* image,
                                         uint32_t bytes, npu_job_t* job);

/* The next starts run the commands of the job whose image lies at bus address `image` (a multiple
 * of 64). `events` (NPU_EVENT_*) raise the interrupt. */
STATUS_MUST_CHECK status_t npu_set_job(const npu_t* npu, uint32_t image, const npu_job_t* job,
                                       uint32_t events);

/* The same for the job's set-up: what it loads stays for all inferences. STATUS_BAD_ARG if the job
 * has none. */
STATUS_MUST_CHECK status_t npu_set_setup(const npu_t* npu, uint32_t image, const npu_job_t* job,
                                         uint32_t events);

/* From now on `events` raise the interrupt; those that are pending do so at once. */
STATUS_MUST_CHECK status_t npu_enable_events(const npu_t* npu, uint32_t events);

/* Runs the job. Zeroes the tokens: the DMA channel that works with it is started afterwards. Events
 * of an earlier job that nobody has taken are dropped. */
STATUS_MUST_CHECK status_t npu_start(const npu_t* npu);

/* Ends the job at its next step with an error event; without effect on an idle NPU. */
void npu_abort(const npu_t* npu);

/* Takes and acknowledges the pending events. */
STATUS_MUST_CHECK uint32_t npu_on_irq(const npu_t* npu);

/* Why the last job stopped; code 0 if it did not. */
npu_error_t npu_last_error(const npu_t* npu);

/* Reads all counters as of one moment; with `clear` they start again from zero at that moment. */
void npu_read_counters(const npu_t* npu, bool clear, npu_counters_t* counters);

#ifdef __cplusplus
}
#endif

#endif /* DRIVERS_NPU_H */
