/* Integer arithmetic in registers: a generator of random numbers with a branch that depends on them. */
#include "kernel.h"

uint32_t kernel(uint32_t seed) {
  uint32_t x = seed | 1, odd = 0;
  for (uint32_t i = 0; i < 100000; ++i) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    if (x & 4) odd += x * 2654435761u;
  }
  return x + odd;
}
