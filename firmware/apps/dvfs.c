/* infer.c with another operating point for each input in turn: dynamic voltage and frequency scaling
 * by software, through the power controller. */
#include "firmware/apps/infer.h"
#include "firmware/drivers/power.h"
#include "firmware/hal/console.h"
#include "memory_map.h" /* generated */

status_t infer_before_start(uint32_t npu, uint32_t input) {
  const power_t power = {CAIRN_POWER0_BASE, npu};
  status_t status = power_probe(&power);
  if (status != STATUS_OK) return status;
  const uint32_t index = input % power_points(&power);
  power_point_t point;
  status = power_read_point(&power, index, &point);
  if (status == STATUS_OK) status = power_request(&power, index);
  if (status != STATUS_OK) return status;
  while (power_is_changing(&power)) {
  }
  console_printf("npu%lu: input %lu at %lu Hz, %lu mV\n", (unsigned long)npu, (unsigned long)input,
                 (unsigned long)point.clock_hz, (unsigned long)point.millivolt);
  return STATUS_OK;
}
