/* Start code of all kernels, for QEMU's virt board and Cairn. */
#include "kernel.h"

#define UART (*(volatile uint8_t*)0x10000000)
#define FINISHER (*(volatile uint32_t*)0x00100000)

__attribute__((naked, section(".text.start"))) void _start(void) {
  __asm__ volatile("la sp, stack_top\n call main\n 1: j 1b\n");
}

int main(void) {
  uint32_t sum = 1;
  for (uint32_t i = 0; i < ITERATIONS; ++i) sum = kernel(sum);
  for (int shift = 28; shift >= 0; shift -= 4) UART = (uint8_t)"0123456789abcdef"[sum >> shift & 15];
  UART = '\n';
  FINISHER = 0x5555;
  for (;;)
    ;
}
