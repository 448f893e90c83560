/* Interrupts at awkward moments: a timer whose period is a few instructions and changes each time, a UART that sends by
 * interrupt, software interrupts, and a main program of long and short instructions, device accesses and sleeps. The
 * handler folds the time, the program counter and the counters of every interrupt into one number, so that a single
 * interrupt taken one instruction early or late changes what is printed. */
#include <stdint.h>

#define REG8(a) (*(volatile uint8_t*)(uintptr_t)(a))
#define REG32(a) (*(volatile uint32_t*)(uintptr_t)(a))
#define csr_read(name) ({ uint32_t v_; __asm__ volatile("csrr %0, " #name : "=r"(v_)); v_; })
#define csr_write(name, v) __asm__ volatile("csrw " #name ", %0" ::"r"((uint32_t)(v)) : "memory")
#define csr_set(name, v) __asm__ volatile("csrs " #name ", %0" ::"r"((uint32_t)(v)) : "memory")

enum { kUart = 0x10000000, kClint = 0x02000000, kPlic = 0x0c000000, kFinisher = 0x00100000 };
enum { kUartSource = 10, kInterrupts = 3000 };

__attribute__((naked, section(".text.init"))) void _start(void) {
  __asm__ volatile("la sp, stack_top\n call main\n 1: j 1b\n");
}

static volatile uint32_t taken, digest = 1;
static uint32_t random_state = 12345;
static const char* volatile text = "sent by interrupt\n";

static void fold(uint32_t value) { digest = (digest ^ value) * 16777619u; }

static uint32_t next_random(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 16;
}

static void set_timer(uint32_t ticks_from_now) {
  const uint32_t now = REG32(kClint + 0xbff8);
  fold(now);
  REG32(kClint + 0x4004) = 0;
  REG32(kClint + 0x4000) = now + ticks_from_now;
}

__attribute__((interrupt, aligned(4))) static void on_trap(void) {
  const uint32_t cause = csr_read(mcause);
  fold(cause);
  fold(csr_read(mepc));
  fold(csr_read(mcycle));
  fold(csr_read(minstret));
  ++taken;
  if (cause == 0x80000007u) {
    set_timer(1 + next_random() % 40); /* 100 ns a tick */
    if (taken % 7 == 0) REG32(kClint) = 1;
  } else if (cause == 0x80000003u) {
    REG32(kClint) = 0;
  } else {
    const uint32_t source = REG32(kPlic + 0x200004);
    (void)REG8(kUart + 2);
    if (*text != 0)
      REG8(kUart) = (uint8_t)*text++;
    else
      REG8(kUart + 1) = 0;
    REG32(kPlic + 0x200004) = source;
  }
}

static uint32_t work(uint32_t n) {
  static uint32_t table[64];
  for (uint32_t i = 0; i < 64; ++i) table[(i * 7 + n) & 63] = table[i & 63] / (n | 1) + i * n;
  return table[n & 63];
}

static void print(const char* s) {
  for (; *s != 0; ++s) {
    while ((REG8(kUart + 5) & 0x20) == 0)
      ;
    REG8(kUart) = (uint8_t)*s;
  }
}

int main(void) {
  csr_write(mtvec, (uintptr_t)on_trap);
  REG32(kPlic + 4 * kUartSource) = 1;
  REG32(kPlic + 0x2000) = 1u << kUartSource;
  csr_write(mie, 0x888);
  set_timer(5);
  csr_set(mstatus, 8);
  REG8(kUart + 1) = 2;
  for (uint32_t n = 0; taken < kInterrupts; ++n) {
    fold(work(n));
    if (n % 16 == 3) __asm__ volatile("wfi");
    if (n % 64 == 9) __asm__ volatile("fence.i");
  }
  csr_write(mie, 0);
  char hex[] = "00000000 00000000\n";
  const uint32_t instret = csr_read(minstret);
  for (int i = 0; i < 8; ++i) {
    hex[i] = "0123456789abcdef"[digest >> (28 - 4 * i) & 15];
    hex[9 + i] = "0123456789abcdef"[instret >> (28 - 4 * i) & 15];
  }
  print(hex);
  REG32(kFinisher) = 0x5555;
  for (;;)
    ;
}
