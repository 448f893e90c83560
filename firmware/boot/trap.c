/* Trap handler: interrupts go to their handlers. What nobody handles is reported, and the hart parked
 * as it is: for a debugger, a watchdog, or the simulator's post-mortem. */
#include <stddef.h>

#include "firmware/boot/board.h"
#include "firmware/boot/interrupts.h"
#include "firmware/hal/console.h"
#include "firmware/hal/hart.h"

/* What trap_entry saved, in its order. */
typedef struct trap_frame {
  uint32_t ra, t0, t1, t2, a0, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6, sp;
} trap_frame_t;

void trap_handle(const trap_frame_t* frame); /* called by trap_entry only */

/* Privileged architecture, table of mcause values. */
static const char* const causes[] = {
    "instruction address misaligned",
    "instruction access fault",
    "illegal instruction",
    "breakpoint",
    "load address misaligned",
    "load access fault",
    "store address misaligned",
    "store access fault",
    "environment call from user mode",
    "environment call from supervisor mode",
    "reserved exception",
    "environment call from machine mode",
};

static const char* name_of(uint32_t cause) {
  if (cause & HART_CAUSE_INTERRUPT) return "interrupt without a handler";
  return cause < sizeof causes / sizeof causes[0] ? causes[cause] : "unknown exception";
}

/* `ra` is where the interrupted function returns to, unless it has called others itself. */
static void report(uint32_t cause, const trap_frame_t* frame) {
  console_printf("trap: %s (mcause %08lx) at pc %08lx, mtval %08lx, ra %08lx, sp %08lx\n",
                 name_of(cause), (unsigned long)cause, (unsigned long)hart_csr_read(mepc),
                 (unsigned long)hart_csr_read(mtval), (unsigned long)frame->ra,
                 (unsigned long)frame->sp);
}

/* Nothing wakes the hart any more. */
__attribute__((noreturn)) static void park(void) {
  hart_mask_all();
  for (;;)
    __asm__ volatile("wfi");
}

void trap_handle(const trap_frame_t* frame) {
  static bool reporting; /* a trap of the report itself parks at once */
  const uint32_t cause = hart_csr_read(mcause);
  if ((cause & HART_CAUSE_INTERRUPT) && interrupts_dispatch(cause & ~HART_CAUSE_INTERRUPT)) return;
  if (!reporting) {
    reporting = true;
    report(cause, frame);
  }
  park();
}
