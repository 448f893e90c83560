#include "firmware/drivers/power.h"

#include "firmware/hal/mmio.h"
#include "power_regs.h" /* generated */

enum { MAGIC = 0xca50, VERSION = 1 };

static uint32_t state(const power_t* power) {
  return mmio_read32(power->base + POWER_STATE_OFFSET(power->domain));
}

status_t power_probe(const power_t* power) {
  const uint32_t id = mmio_read32(power->base + POWER_ID_OFFSET);
  if (id >> POWER_ID_MAGIC_SHIFT != MAGIC) return STATUS_NOT_FOUND;
  if ((id & POWER_ID_VERSION_MASK) != VERSION) return STATUS_BAD_VERSION;
  const uint32_t domains = (id & POWER_ID_DOMAINS_MASK) >> POWER_ID_DOMAINS_SHIFT;
  return power->domain < domains ? STATUS_OK : STATUS_NOT_FOUND;
}

uint32_t power_points(const power_t* power) {
  return (state(power) & POWER_STATE_POINTS_MASK) >> POWER_STATE_POINTS_SHIFT;
}

status_t power_read_point(const power_t* power, uint32_t index, power_point_t* point) {
  if (index >= power_points(power)) return STATUS_BAD_ARG;
  mmio_write32(power->base + POWER_PROBE_OFFSET,
               index | power->domain << POWER_PROBE_DOMAIN_SHIFT);
  point->clock_hz = mmio_read32(power->base + POWER_PROBE_CLOCK_OFFSET);
  point->millivolt = mmio_read32(power->base + POWER_PROBE_SUPPLY_OFFSET);
  return STATUS_OK;
}

status_t power_request(const power_t* power, uint32_t index) {
  if (index >= power_points(power)) return STATUS_BAD_ARG;
  mmio_write32(power->base + POWER_REQUEST_OFFSET(power->domain), index);
  return STATUS_OK;
}

bool power_is_changing(const power_t* power) {
  return (state(power) & POWER_STATE_CHANGING_MASK) != 0;
}

uint32_t power_current(const power_t* power) {
  return state(power) & POWER_STATE_POINT_MASK;
}
