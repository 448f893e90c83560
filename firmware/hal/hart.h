/* The hart we run on: control and status registers, interrupts, sleep. Target only. */
#ifndef HAL_HART_H
#define HAL_HART_H

#include <stdbool.h>
#include <stdint.h>

#define HART_CAUSE_INTERRUPT 0x80000000u
#define HART_CAUSE_SOFTWARE 3u
#define HART_CAUSE_TIMER 7u
#define HART_CAUSE_EXTERNAL 11u

#define hart_csr_read(name)                             \
  ({                                                    \
    uint32_t value_;                                    \
    __asm__ volatile("csrr %0, " #name : "=r"(value_)); \
    value_;                                             \
  })

/* `cause` is one of HART_CAUSE_SOFTWARE, _TIMER, _EXTERNAL. */
static inline void hart_unmask(uint32_t cause) {
  __asm__ volatile("csrs mie, %0" ::"r"(1u << cause) : "memory");
}
static inline void hart_mask(uint32_t cause) {
  __asm__ volatile("csrc mie, %0" ::"r"(1u << cause) : "memory");
}

static inline void hart_mask_all(void) {
  __asm__ volatile("csrw mie, zero" ::: "memory");
}

static inline void hart_interrupts_on(void) {
  __asm__ volatile("csrsi mstatus, 8" ::: "memory");
}
static inline void hart_interrupts_off(void) {
  __asm__ volatile("csrci mstatus, 8" ::: "memory");
}

/* A critical section: what was saved is what is restored, so sections may nest. */
static inline uint32_t hart_interrupts_save(void) {
  uint32_t mstatus;
  __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(mstatus)::"memory");
  return mstatus & 8u;
}
static inline void hart_interrupts_restore(uint32_t saved) {
  __asm__ volatile("csrs mstatus, %0" ::"r"(saved) : "memory");
}

/* Sleeps until an interrupt handler has made *event nonzero; interrupts are on afterwards.
 *
 * The event is looked at with interrupts off: one that comes between the look and the wfi stays
 * pending, and wfi returns at once for a pending interrupt even while they are off. */
static inline void hart_sleep_until(const volatile uint32_t* event) {
  hart_interrupts_off();
  while (*event == 0) {
    __asm__ volatile("wfi" ::: "memory");
    hart_interrupts_on(); /* the handler runs here */
    hart_interrupts_off();
  }
  hart_interrupts_on();
}

#endif /* HAL_HART_H */
