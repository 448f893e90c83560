/* Register access. On the target: a volatile load or store. In host tests
 * (HAL_MMIO_HOSTED) the test supplies the functions. */
#ifndef HAL_MMIO_H
#define HAL_MMIO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef HAL_MMIO_HOSTED
uint32_t mmio_read32(uintptr_t addr);
void mmio_write32(uintptr_t addr, uint32_t value);
uint8_t mmio_read8(uintptr_t addr);
void mmio_write8(uintptr_t addr, uint8_t value);
void mmio_fence(void);
#else
static inline uint32_t mmio_read32(uintptr_t addr) {
  return *(volatile uint32_t*)addr;
}
static inline void mmio_write32(uintptr_t addr, uint32_t value) {
  *(volatile uint32_t*)addr = value;
}
static inline uint8_t mmio_read8(uintptr_t addr) {
  return *(volatile uint8_t*)addr;
}
static inline void mmio_write8(uintptr_t addr, uint8_t value) {
  *(volatile uint8_t*)addr = value;
}
/* Memory written before is visible to devices, and what they wrote is read afresh, after it. */
static inline void mmio_fence(void) {
  __asm__ volatile("fence" ::: "memory");
}
#endif

#ifdef __cplusplus
}
#endif

#endif /* HAL_MMIO_H */
