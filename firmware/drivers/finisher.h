/* Ends the simulation (sifive_test). Registers: docs/registers.md#finisher. */
#ifndef DRIVERS_FINISHER_H
#define DRIVERS_FINISHER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct finisher {
  uintptr_t base;
} finisher_t;

/* The run ends with this access; on real hardware it may return. Code 0 is success. */
void finisher_end(const finisher_t* finisher, uint16_t code);

#ifdef __cplusplus
}
#endif

#endif /* DRIVERS_FINISHER_H */
