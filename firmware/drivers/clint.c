#include "firmware/drivers/clint.h"

#include "clint_regs.h" /* generated */
#include "firmware/hal/mmio.h"

uint64_t clint_time(const clint_t* clint) {
  uint32_t high = mmio_read32(clint->base + CLINT_MTIME_HI_OFFSET);
  for (;;) { /* again if the low word wrapped in between: once in 429 s */
    const uint32_t low = mmio_read32(clint->base + CLINT_MTIME_LO_OFFSET);
    const uint32_t after = mmio_read32(clint->base + CLINT_MTIME_HI_OFFSET);
    if (after == high) return ((uint64_t)high << 32) | low;
    high = after;
  }
}

void clint_set_deadline(const clint_t* clint, uint64_t deadline) {
  /* The high word goes out of reach first: no order of two writes passes a time that is too early.
   */
  mmio_write32(clint->base + CLINT_MTIMECMP_HI_OFFSET, UINT32_MAX);
  mmio_write32(clint->base + CLINT_MTIMECMP_LO_OFFSET, (uint32_t)deadline);
  mmio_write32(clint->base + CLINT_MTIMECMP_HI_OFFSET, (uint32_t)(deadline >> 32));
}

void clint_stop(const clint_t* clint) {
  clint_set_deadline(clint, UINT64_MAX);
}

void clint_raise_software(const clint_t* clint) {
  mmio_write32(clint->base + CLINT_MSIP_OFFSET, CLINT_MSIP_PENDING_MASK);
}

void clint_clear_software(const clint_t* clint) {
  mmio_write32(clint->base + CLINT_MSIP_OFFSET, 0);
}
