#include "firmware/drivers/dma.h"

#include "dma_regs.h" /* generated */
#include "firmware/hal/mmio.h"
#include "job_format.h" /* generated */

enum { MAGIC = 0xd3a0, VERSION = 2 };

_Static_assert((int)DMA_REGION_JOB == JOB_BASE_JOB && (int)DMA_REGION_BUFFER == JOB_BASE_BUFFER,
               "regions are the job format's bases");
_Static_assert(DMA_BASE_BUFFER_OFFSET(0) - DMA_BASE_JOB_OFFSET(0) ==
                       4 * (DMA_REGION_BUFFER - DMA_REGION_JOB) &&
                   DMA_WINDOW_BUFFER_OFFSET(0) - DMA_WINDOW_JOB_OFFSET(0) ==
                       4 * (DMA_REGION_BUFFER - DMA_REGION_JOB),
               "bases and windows lie in the order of the regions");
_Static_assert(DMA_EVENT_DONE == DMA_IRQ_STATUS_DONE_MASK &&
                   DMA_EVENT_ERROR == DMA_IRQ_STATUS_ERROR_MASK &&
                   DMA_EVENT_BLOCK == DMA_IRQ_STATUS_BLOCK_MASK,
               "events are the bits of irq_status");

static const uint32_t all_events = DMA_EVENT_DONE | DMA_EVENT_ERROR | DMA_EVENT_BLOCK;

static bool busy(const dma_t* dma) {
  return mmio_read32(dma->base + DMA_STATUS_OFFSET(dma->channel)) & DMA_STATUS_BUSY_MASK;
}

static bool is_aligned(uint32_t address) {
  return address % DMA_DESCRIPTOR_BYTES == 0;
}

status_t dma_probe(const dma_t* dma) {
  const uint32_t id = mmio_read32(dma->base + DMA_ID_OFFSET);
  if (id >> DMA_ID_MAGIC_SHIFT != MAGIC) return STATUS_NOT_FOUND;
  if ((id & DMA_ID_VERSION_MASK) != VERSION) return STATUS_BAD_VERSION;
  const uint32_t channels = (id & DMA_ID_CHANNELS_MASK) >> DMA_ID_CHANNELS_SHIFT;
  return dma->channel < channels ? STATUS_OK : STATUS_NOT_FOUND;
}

status_t dma_set_region(const dma_t* dma, dma_region_t region, uint32_t address, uint32_t bytes) {
  if (region < DMA_REGION_JOB || region > DMA_REGION_BUFFER) return STATUS_BAD_ARG;
  const uintptr_t offset = 4 * ((uintptr_t)region - DMA_REGION_JOB);
  mmio_write32(dma->base + DMA_BASE_JOB_OFFSET(dma->channel) + offset, address);
  mmio_write32(dma->base + DMA_WINDOW_JOB_OFFSET(dma->channel) + offset, bytes);
  return STATUS_OK;
}

status_t dma_enable_events(const dma_t* dma, uint32_t events) {
  if (events & ~all_events) return STATUS_BAD_ARG;
  mmio_write32(dma->base + DMA_IRQ_ENABLE_OFFSET(dma->channel), events);
  return STATUS_OK;
}

status_t dma_set_list(const dma_t* dma, uint32_t address, uint32_t descriptors, uint32_t events) {
  if (!is_aligned(address) || descriptors == 0 || (events & ~all_events)) return STATUS_BAD_ARG;
  if (busy(dma)) return STATUS_BUSY;
  mmio_write32(dma->base + DMA_LIST_OFFSET(dma->channel), address);
  mmio_write32(dma->base + DMA_LIMIT_OFFSET(dma->channel), descriptors);
  return dma_enable_events(dma, events);
}

status_t dma_start(const dma_t* dma) {
  if (busy(dma)) return STATUS_BUSY;
  mmio_write32(dma->base + DMA_IRQ_STATUS_OFFSET(dma->channel), all_events);
  mmio_fence();
  mmio_write32(dma->base + DMA_CTRL_OFFSET(dma->channel), DMA_CTRL_START_MASK);
  return STATUS_OK;
}

void dma_abort(const dma_t* dma) {
  mmio_write32(dma->base + DMA_CTRL_OFFSET(dma->channel), DMA_CTRL_ABORT_MASK);
}

status_t dma_copy(const dma_t* dma, uint32_t descriptor, uint32_t source, uint32_t target,
                  uint32_t bytes) {
  if (bytes == 0 || bytes > DMA_COPY_MAX_BYTES || !is_aligned(descriptor)) return STATUS_BAD_ARG;
  if (busy(dma)) return STATUS_BUSY;

  for (uint32_t offset = 0; offset < DMA_DESCRIPTOR_BYTES; offset += 4)
    mmio_write32(descriptor + offset, 0); /* absolute addresses, no tokens, no next */
  mmio_write32(descriptor + offsetof(job_descriptor_t, source_offset), source);
  mmio_write32(descriptor + offsetof(job_descriptor_t, target_offset), target);
  mmio_write32(descriptor + offsetof(job_descriptor_t, row_bytes), bytes);
  mmio_write32(descriptor + offsetof(job_descriptor_t, rows), 1);
  mmio_write32(descriptor + offsetof(job_descriptor_t, planes), 1);

  const status_t status = dma_set_list(dma, descriptor, 1, DMA_EVENT_DONE | DMA_EVENT_ERROR);
  return status == STATUS_OK ? dma_start(dma) : status;
}

uint32_t dma_on_irq(const dma_t* dma) {
  const uintptr_t irq_status = dma->base + DMA_IRQ_STATUS_OFFSET(dma->channel);
  const uint32_t events = mmio_read32(irq_status) & all_events;
  if (events) mmio_write32(irq_status, events);
  return events;
}

dma_error_t dma_last_error(const dma_t* dma) {
  return (dma_error_t){
      .code = mmio_read32(dma->base + DMA_ERROR_CODE_OFFSET(dma->channel)),
      .address = mmio_read32(dma->base + DMA_ERROR_ADDRESS_OFFSET(dma->channel)),
      .index = mmio_read32(dma->base + DMA_ERROR_INDEX_OFFSET(dma->channel)),
  };
}
