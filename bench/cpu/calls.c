/* Function calls: recursion, and calls through pointers. */
#include "kernel.h"

__attribute__((noinline)) static uint32_t fibonacci(uint32_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__attribute__((noinline)) static uint32_t add(uint32_t a, uint32_t b) { return a + b; }
__attribute__((noinline)) static uint32_t mix(uint32_t a, uint32_t b) { return a ^ b << 1; }
__attribute__((noinline)) static uint32_t low(uint32_t a, uint32_t b) { return a < b ? a : b; }
__attribute__((noinline)) static uint32_t turn(uint32_t a, uint32_t b) { return a << 5 | (a + b) >> 27; }

static uint32_t (*const volatile operations[4])(uint32_t, uint32_t) = {add, mix, low, turn};

uint32_t kernel(uint32_t seed) {
  uint32_t sum = fibonacci(15 + (seed & 1));
  for (uint32_t i = 0; i < 5000; ++i) sum = operations[(sum ^ i) & 3](sum, i);
  return sum;
}
