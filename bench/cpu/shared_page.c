/* Code and the data that it writes in one page, as small firmware has them. */
#include "kernel.h"

__attribute__((section(".text"), aligned(64))) static uint32_t counters[16] = {1};

__attribute__((aligned(4096), noinline)) uint32_t kernel(uint32_t seed) {
  for (uint32_t i = 0; i < 20000; ++i) {
    seed = seed * 1664525u + 1013904223u;
    ++counters[seed >> 28];
  }
  return seed + counters[3];
}
