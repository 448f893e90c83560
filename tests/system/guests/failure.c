/* Fails in the way that the macro FAIL names, a few calls deep. With BARE it brings its own start code and has no trap
 * handler, otherwise it starts with the firmware's. */
#include <stdint.h>

#ifdef BARE
__attribute__((naked, section(".text.init"))) void _start(void) {
  __asm__ volatile("la sp, stack_top\n call main\n 1: j 1b\n");
}
#define board_init() ((void)0)
#else
#include "firmware/boot/board.h"
#endif

volatile uint32_t sink;

__attribute__((noinline)) void illegal(void) {
  __asm__ volatile(".word 0xffffffff");
}

__attribute__((noinline)) void load_from_nowhere(void) {
  sink = *(volatile uint32_t*)0x90000000;
}

__attribute__((noinline)) void jump_into_device(void) {
  __asm__ volatile("jalr %0" ::"r"(0x02000000) : "ra"); /* the CLINT: the return address leads here */
  sink = 1;
}

__attribute__((noinline)) uint32_t recurse(volatile uint32_t* caller) {
  volatile uint32_t room[64];
  room[0] = caller[0] + 1;
  if (room[0] == 0) return 0; /* after 2^32 calls */
  return recurse(room) + room[0];
}

__attribute__((noinline)) void stack_overflow(void) {
  volatile uint32_t start = 0;
  sink = recurse(&start);
}

__attribute__((noinline)) void endless_loop(void) {
  for (;;)
    ;
}

__attribute__((noinline)) void middle(void) {
  FAIL();
  sink = 2;
}

int main(void) {
  board_init();
  middle();
  return 0;
}
