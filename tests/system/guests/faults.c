/* Fails in the way that FAULT names; each function says which. */
#include "firmware/boot/board.h"
#include "firmware/boot/interrupts.h"
#include "firmware/hal/console.h"
#include "firmware/hal/hart.h"
#include "memory_map.h" /* generated */

#define NOWHERE 0x60000000u /* no device and no memory there */

void load_nowhere(void);
void store_nowhere(void);
void call_nowhere(void);
void jump_to_device(void);
void illegal_instruction(void);
void recurse(unsigned n);
void large_frame(void);
void loop_for_ever(void);
void sleep_for_ever(void);
void fault_in_interrupt(void);

static volatile unsigned sink; /* a use after each fault: no call is the last thing in a function */

__attribute__((noinline)) void load_nowhere(void) {
  sink = *(volatile unsigned*)NOWHERE;
}

__attribute__((noinline)) void store_nowhere(void) {
  *(volatile unsigned*)NOWHERE = sink;
}

__attribute__((noinline)) void call_nowhere(void) {
  ((void (*)(void))NOWHERE)();
  ++sink;
}

__attribute__((noinline)) void jump_to_device(void) {
  ((void (*)(void))CAIRN_UART0_BASE)();
  ++sink;
}

__attribute__((noinline)) void illegal_instruction(void) {
  __asm__ volatile(".word 0xffffffff");
}

__attribute__((noinline)) void recurse(unsigned n) {
  volatile unsigned room[4] = {n};
  if (n != 0xffffffff) recurse(n + 1);
  sink = room[0];
}

__attribute__((noinline)) void large_frame(void) {
  volatile unsigned room[0x1000]; /* twice the stack */
  room[0] = sink;
  sink = room[0];
}

__attribute__((noinline)) void loop_for_ever(void) {
  console_printf("looping\n");
  for (;;)
    ++sink;
}

__attribute__((noinline)) void sleep_for_ever(void) {
  const volatile uint32_t never = 0;
  hart_sleep_until(&never);
}

static void on_timer(void* context) {
  (void)context;
  load_nowhere();
  ++sink;
}

__attribute__((noinline)) void fault_in_interrupt(void) {
  interrupts_on_timer(on_timer, 0);
  clint_set_deadline(&board_clint, clint_time(&board_clint) + 10);
  for (;;)
    ++sink;
}

int main(void) {
  board_init();
  FAULT;
  ++sink;
  return 0;
}
