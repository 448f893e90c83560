/* Interrupt controller, context 0 (hart 0, machine mode). Registers: docs/registers.md#plic. */
#ifndef DRIVERS_PLIC_H
#define DRIVERS_PLIC_H

#include <stdint.h>

#include "firmware/hal/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct plic {
  uintptr_t base;
} plic_t;

#define PLIC_PRIORITY_HIGHEST 7u

/* Nothing enabled, every priority above 0 interrupts. */
void plic_init(const plic_t* plic);

/* STATUS_BAD_ARG unless source is 1 to 95 and priority 1 to PLIC_PRIORITY_HIGHEST. */
STATUS_MUST_CHECK status_t plic_enable(const plic_t* plic, uint32_t source, uint32_t priority);
STATUS_MUST_CHECK status_t plic_disable(const plic_t* plic, uint32_t source);

/* The pending source of the highest priority, or 0. It stays in service until completed. */
STATUS_MUST_CHECK uint32_t plic_claim(const plic_t* plic);
void plic_complete(const plic_t* plic, uint32_t source);

#ifdef __cplusplus
}
#endif

#endif /* DRIVERS_PLIC_H */
