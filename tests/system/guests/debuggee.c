/* What gdb_test.py debugs: `mode` says what it does, and a debugger can change that before the first instruction. */
#include <stdint.h>

#define UART (*(volatile uint8_t*)0x10000000)
#define FINISHER (*(volatile uint32_t*)0x00100000)
#define PLIC_PRIORITY_10 (*(volatile uint32_t*)0x0c000028)

enum { COMPUTE, SPIN, SLEEP, CRASH };

#ifndef MODE
#define MODE COMPUTE
#endif

volatile uint32_t mode = MODE;
volatile uint32_t rounds;
volatile uint32_t total;
volatile uint32_t table[4];

int main(void);

__attribute__((naked, section(".text.start"))) void _start(void) {
  __asm__("la sp, stack_top\n call main\n 1: j 1b");
}

__attribute__((noinline)) uint32_t factorial(uint32_t n) {
  if (n < 2) return 1;
  return n * factorial(n - 1);
}

__attribute__((noinline)) void accumulate(uint32_t value) {
  total += value;
  ++rounds;
}

__attribute__((noinline)) void spin(void) {
  UART = 'S';
  UART = '\n';
  for (;;)
    ++rounds;
}

__attribute__((noinline)) uint32_t load_from_nowhere(void) {
  return *(volatile uint32_t*)0x70000000;
}

int main(void) {
  PLIC_PRIORITY_10 = 5;
  if (mode == SPIN) spin();
  if (mode == SLEEP)
    for (;;)
      __asm__ volatile("wfi");
  if (mode == CRASH) return (int)load_from_nowhere();
  for (uint32_t i = 1; i <= 4; ++i)
    accumulate(factorial(i));
  UART = total == 1 + 2 + 6 + 24 ? 'Y' : 'N';
  UART = '\n';
  FINISHER = 0x5555;
  return 0;
}

uint32_t stack[1024] __attribute__((aligned(16)));
__asm__(".globl stack_top\n .set stack_top, stack + 4096");
