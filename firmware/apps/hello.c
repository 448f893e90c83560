/* Greets on the UART, and once more when the timer interrupts. */
#include "firmware/boot/board.h"
#include "firmware/boot/interrupts.h"
#include "firmware/hal/console.h"
#include "firmware/hal/hart.h"

static volatile uint32_t woken;

static void on_timer(void* context) {
  (void)context;
  clint_stop(&board_clint);
  woken = 1;
}

int main(void) {
  const uint32_t sleep_us = 100;
  board_init();
  console_printf("Hello from Cairn.\n");

  interrupts_on_timer(on_timer, 0);
  clint_set_deadline(&board_clint, clint_time(&board_clint) + sleep_us * CLINT_TICKS_PER_US);
  hart_sleep_until(&woken);

  console_printf("The timer woke me after %lu us.\n", (unsigned long)sleep_us);
  return 0;
}
