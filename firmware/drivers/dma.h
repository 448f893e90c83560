/* Linked-list DMA engine. Registers: docs/registers.md#dma; descriptors: docs/job_format.md. */
#ifndef DRIVERS_DMA_H
#define DRIVERS_DMA_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/hal/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One channel of an engine. Channel n works for NPU n. */
typedef struct dma {
  uintptr_t base;
  uint32_t channel;
} dma_t;

/* What descriptors count their offsets from; the numbers are those of the job format's Base. */
typedef enum dma_region {
  DMA_REGION_JOB = 1,
  DMA_REGION_INPUT,
  DMA_REGION_OUTPUT,
  DMA_REGION_SCRATCH,
  DMA_REGION_FEATURES,
  DMA_REGION_WEIGHTS,
  DMA_REGION_BUFFER,
} dma_region_t;

typedef struct dma_error {
  uint32_t code; /* DMA_ERROR_CODE_CODE_* */
  uint32_t address;
  uint32_t index; /* of the descriptor in its list */
} dma_error_t;

/* What dma_on_irq returns, or-ed. */
#define DMA_EVENT_DONE 1u
#define DMA_EVENT_ERROR 2u
#define DMA_EVENT_BLOCK 4u

#define DMA_DESCRIPTOR_BYTES 64u
#define DMA_COPY_MAX_BYTES 0x100000u

/* STATUS_NOT_FOUND: no DMA engine at this address, or it has no such channel. STATUS_BAD_VERSION:
 * a register map that this driver does not know. */
STATUS_MUST_CHECK status_t dma_probe(const dma_t* dma);

/* `bytes` from `address` on are what the next start's rows may touch in `region`. */
STATUS_MUST_CHECK status_t dma_set_region(const dma_t* dma, dma_region_t region, uint32_t address,
                                          uint32_t bytes);

/* The next starts walk `descriptors` entries at most from `address` on (a multiple of
 * DMA_DESCRIPTOR_BYTES). `events` (DMA_EVENT_*) raise the interrupt. */
STATUS_MUST_CHECK status_t dma_set_list(const dma_t* dma, uint32_t address, uint32_t descriptors,
                                        uint32_t events);

/* From now on `events` raise the interrupt; those that are pending do so at once. */
STATUS_MUST_CHECK status_t dma_enable_events(const dma_t* dma, uint32_t events);

/* Walks the list. Events of an earlier list that nobody has taken are dropped. For a list that
 * works with an NPU, start the NPU first: its start zeroes the tokens. */
STATUS_MUST_CHECK status_t dma_start(const dma_t* dma);

/* Stops at the next row with an error event; without effect on an idle channel. */
void dma_abort(const dma_t* dma);

/* Copies 1 to DMA_COPY_MAX_BYTES bytes: sets a list of one descriptor, built at bus address
 * `descriptor` (DMA_DESCRIPTOR_BYTES that must stay until the end), and starts it. */
STATUS_MUST_CHECK status_t dma_copy(const dma_t* dma, uint32_t descriptor, uint32_t source,
                                    uint32_t target, uint32_t bytes);

/* Takes and acknowledges the pending events. */
STATUS_MUST_CHECK uint32_t dma_on_irq(const dma_t* dma);

/* Why the last list stopped; code 0 if it did not. */
dma_error_t dma_last_error(const dma_t* dma);

#ifdef __cplusplus
}
#endif

#endif /* DRIVERS_DMA_H */
