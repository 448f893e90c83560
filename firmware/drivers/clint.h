/* Machine timer and software interrupt of hart 0. Registers: docs/registers.md#clint. */
#ifndef DRIVERS_CLINT_H
#define DRIVERS_CLINT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clint {
  uintptr_t base;
} clint_t;

#define CLINT_TICKS_PER_US 10u

/* Ticks of 100 ns since reset. */
uint64_t clint_time(const clint_t* clint);

/* The timer interrupt is pending from `deadline` on, until the next call. */
void clint_set_deadline(const clint_t* clint, uint64_t deadline);

/* No timer interrupt any more. */
void clint_stop(const clint_t* clint);

void clint_raise_software(const clint_t* clint);
void clint_clear_software(const clint_t* clint);

#ifdef __cplusplus
}
#endif

#endif /* DRIVERS_CLINT_H */
