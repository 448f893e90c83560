#include "firmware/drivers/plic.h"

#include <stdbool.h>

#include "firmware/hal/mmio.h"
#include "plic_regs.h" /* generated */

static bool is_source(uint32_t source) {
  return source > 0 && source < PLIC_PRIORITY_COUNT;
}

void plic_init(const plic_t* plic) {
  for (uint32_t word = 0; word < PLIC_ENABLE_COUNT; ++word)
    mmio_write32(plic->base + PLIC_ENABLE_OFFSET(word), 0);
  mmio_write32(plic->base + PLIC_THRESHOLD_OFFSET, 0);
}

status_t plic_enable(const plic_t* plic, uint32_t source, uint32_t priority) {
  if (!is_source(source) || priority == 0 || priority > PLIC_PRIORITY_HIGHEST)
    return STATUS_BAD_ARG;
  const uintptr_t enable = plic->base + PLIC_ENABLE_OFFSET(source / 32);
  mmio_write32(plic->base + PLIC_PRIORITY_OFFSET(source), priority);
  mmio_write32(enable, mmio_read32(enable) | (1u << source % 32));
  return STATUS_OK;
}

status_t plic_disable(const plic_t* plic, uint32_t source) {
  if (!is_source(source)) return STATUS_BAD_ARG;
  const uintptr_t enable = plic->base + PLIC_ENABLE_OFFSET(source / 32);
  mmio_write32(enable, mmio_read32(enable) & ~(1u << source % 32));
  return STATUS_OK;
}

uint32_t plic_claim(const plic_t* plic) {
  return mmio_read32(plic->base + PLIC_CLAIM_OFFSET);
}

void plic_complete(const plic_t* plic, uint32_t source) {
  mmio_write32(plic->base + PLIC_CLAIM_OFFSET, source);
}
