#include "firmware/boot/interrupts.h"

#include <stddef.h>

#include "firmware/drivers/plic.h"
#include "firmware/hal/hart.h"
#include "memory_map.h" /* generated */
#include "plic_regs.h"  /* generated */

typedef struct entry {
  interrupt_handler_t handler;
  void* context;
} entry_t;

static const plic_t plic = {CAIRN_PLIC_BASE};
static entry_t sources[PLIC_PRIORITY_COUNT];
static entry_t timer;

void interrupts_init(void) {
  plic_init(&plic);
  hart_unmask(HART_CAUSE_EXTERNAL);
}

status_t interrupts_register(uint32_t source, interrupt_handler_t handler, void* context) {
  if (source >= PLIC_PRIORITY_COUNT) return STATUS_BAD_ARG;
  sources[source] = (entry_t){handler, context};
  return plic_enable(&plic, source, 1);
}

void interrupts_on_timer(interrupt_handler_t handler, void* context) {
  timer = (entry_t){handler, context};
  hart_unmask(HART_CAUSE_TIMER);
}

static bool call(const entry_t* entry) {
  if (entry->handler == NULL) return false;
  entry->handler(entry->context);
  return true;
}

/* A claim of 0 means that the interrupt went away before we looked. */
static bool serve_external(void) {
  const uint32_t source = plic_claim(&plic);
  if (source == 0) return true;
  const bool served = source < PLIC_PRIORITY_COUNT && call(&sources[source]);
  plic_complete(&plic, source);
  return served;
}

bool interrupts_dispatch(uint32_t cause) {
  if (cause == HART_CAUSE_EXTERNAL) return serve_external();
  return cause == HART_CAUSE_TIMER && call(&timer);
}
