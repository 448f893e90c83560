/* Calls in known numbers: recursion, tail calls, a sleep that the timer ends, a handler that calls. */
#include "firmware/boot/board.h"
#include "firmware/boot/interrupts.h"
#include "firmware/hal/hart.h"

unsigned fibonacci(unsigned n);
unsigned odd(unsigned n);
unsigned even(unsigned n);
void acknowledge(void);
void ticks(void);

static volatile uint32_t woken;

__attribute__((noinline)) unsigned fibonacci(unsigned n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/* Each ends in a jump to the other. */
__attribute__((noinline)) unsigned odd(unsigned n) {
  return n == 0 ? 0 : even(n - 1);
}
__attribute__((noinline)) unsigned even(unsigned n) {
  return n == 0 ? 1 : odd(n - 1);
}

__attribute__((noinline)) void acknowledge(void) {
  clint_stop(&board_clint);
  woken = 1;
}

#ifndef NO_TIMER
static void on_timer(void* context) {
  (void)context;
  acknowledge();
}
#endif

__attribute__((noinline)) void ticks(void) {
  for (int i = 0; i < 3; ++i) {
    woken = 0;
    clint_set_deadline(&board_clint, clint_time(&board_clint) + 100);
    hart_sleep_until(&woken);
  }
}

int main(void) {
  const bool is_right = fibonacci(10) == 55 && even(8) == 1;
#ifndef NO_TIMER /* the same instructions wherever it runs */
  board_init();
  interrupts_on_timer(on_timer, 0);
  ticks();
#endif
  return is_right ? 0 : 1;
}
