/* Power controller: clocks and supply voltages of the NPUs. Registers: docs/registers.md#power. */
#ifndef DRIVERS_POWER_H
#define DRIVERS_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/hal/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One domain of a controller. Domain n is NPU n's. */
typedef struct power {
  uintptr_t base;
  uint32_t domain;
} power_t;

typedef struct power_point {
  uint32_t clock_hz;
  uint32_t millivolt;
} power_point_t;

/* STATUS_NOT_FOUND: no power controller at the address, or no such domain; STATUS_BAD_VERSION: its
 * registers are of a version that this driver does not know. */
STATUS_MUST_CHECK status_t power_probe(const power_t* power);

/* Operating points of the domain: at least one. */
uint32_t power_points(const power_t* power);

/* Clock and voltage of point `index`. STATUS_BAD_ARG if there is none; `point` is then untouched. */
STATUS_MUST_CHECK status_t power_read_point(const power_t* power, uint32_t index, power_point_t* point);

/* Asks for point `index`: an idle NPU changes at once, a busy one between two commands, and
 * power_is_changing says until when. STATUS_BAD_ARG if there is no such point. */
STATUS_MUST_CHECK status_t power_request(const power_t* power, uint32_t index);

bool power_is_changing(const power_t* power);

/* The point that holds. */
uint32_t power_current(const power_t* power);

#ifdef __cplusplus
}
#endif

#endif /* DRIVERS_POWER_H */
