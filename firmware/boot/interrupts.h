/* Interrupt handlers, called from the trap handler with interrupts off: they do not nest. */
#ifndef BOOT_INTERRUPTS_H
#define BOOT_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/hal/status.h"

typedef void (*interrupt_handler_t)(void* context);

/* No handlers; external interrupts are unmasked. */
void interrupts_init(void);

/* Calls `handler(context)` for each interrupt of `source` (CAIRN_*_IRQ) and enables it.
 * STATUS_BAD_ARG: there is no such source. */
STATUS_MUST_CHECK status_t interrupts_register(uint32_t source, interrupt_handler_t handler,
                                               void* context);

/* Calls `handler(context)` for each timer interrupt and unmasks it. The handler moves the deadline
 * or stops the timer. */
void interrupts_on_timer(interrupt_handler_t handler, void* context);

/* Serves the interrupt `cause` (HART_CAUSE_*). False if nobody registered for it. */
STATUS_MUST_CHECK bool interrupts_dispatch(uint32_t cause);

#endif /* BOOT_INTERRUPTS_H */
