#include "firmware/drivers/finisher.h"

#include "finisher_regs.h" /* generated */
#include "firmware/hal/mmio.h"

void finisher_end(const finisher_t* finisher, uint16_t code) {
  const uint32_t command = code == 0 ? FINISHER_FINISH_COMMAND_PASS : FINISHER_FINISH_COMMAND_FAIL;
  mmio_write32(finisher->base + FINISHER_FINISH_OFFSET,
               command | ((uint32_t)code << FINISHER_FINISH_CODE_SHIFT));
}
