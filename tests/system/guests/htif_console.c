/* Prints through tohost in both ways that programs do, then ends with the code 5. */
#include <stdint.h>

__attribute__((section(".tohost"), aligned(64))) volatile uint64_t tohost, fromhost;

__attribute__((naked, section(".text.init"))) void _start(void) {
  __asm__ volatile("la sp, stack_top\n call main\n");
}

static void put(char c) {
  volatile uint32_t* const words = (volatile uint32_t*)&tohost;
  words[1] = 0x01010000; /* console, put a character */
  words[0] = (uint8_t)c;
}

static uint64_t block[8] __attribute__((aligned(64)));

static uint64_t system_call(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2) {
  block[0] = number;
  block[1] = a0;
  block[2] = a1;
  block[3] = a2;
  __asm__ volatile("fence" ::: "memory");
  tohost = (uintptr_t)block;
  while (fromhost == 0)
    ;
  fromhost = 0;
  __asm__ volatile("fence" ::: "memory");
  return block[0];
}

int main(void) {
  static const char text[] = "by system call\n";
  for (const char* c = "by character\n"; *c != 0; ++c) put(*c);
  if (system_call(64, 1, (uintptr_t)text, sizeof text - 1) != sizeof text - 1) return 1;
  if (system_call(17, 0, 0, 0) != (uint64_t)-38) return 1; /* -ENOSYS */
  tohost = 5 << 1 | 1;
  for (;;)
    ;
}
