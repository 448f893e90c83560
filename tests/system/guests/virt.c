/* A program for QEMU's virt board: UART polled, then by interrupt through the PLIC; timer and software interrupts
 * through the CLINT; the end through the finisher. It prints nothing that depends on how fast the machine is. */
#include <stdint.h>

#define REG8(a) (*(volatile uint8_t*)(uintptr_t)(a))
#define REG32(a) (*(volatile uint32_t*)(uintptr_t)(a))

enum { kUart = 0x10000000, kClint = 0x02000000, kPlic = 0x0c000000, kFinisher = 0x00100000 };
enum { kUartSource = 10, kSoftware = 3, kTimer = 7, kExternal = 11 };

#define csr_read(name) ({ uint32_t v_; __asm__ volatile("csrr %0, " #name : "=r"(v_)); v_; })
#define csr_write(name, v) __asm__ volatile("csrw " #name ", %0" ::"r"((uint32_t)(v)) : "memory")
#define csr_set(name, v) __asm__ volatile("csrs " #name ", %0" ::"r"((uint32_t)(v)) : "memory")
#define csr_clear(name, v) __asm__ volatile("csrc " #name ", %0" ::"r"((uint32_t)(v)) : "memory")

__attribute__((naked, section(".text.init"))) void _start(void) {
  __asm__ volatile("la sp, stack_top\n call main\n 1: j 1b\n");
}

/* Polled. */
static void put(char c) {
  while ((REG8(kUart + 5) & 0x20) == 0)
    ;
  REG8(kUart) = (uint8_t)c;
}
static void print(const char* s) {
  for (; *s != 0; ++s) put(*s);
}
static void print_hex(uint32_t v) {
  for (int shift = 28; shift >= 0; shift -= 4) put("0123456789abcdef"[v >> shift & 15]);
}
static void line(const char* what, uint32_t v) {
  print(what);
  print_hex(v);
  put('\n');
}

static volatile uint32_t ticks, software, externals, exceptions, last_cause, last_value;
static const char* volatile pending_text; /* what the UART's interrupt sends next */

static uint64_t mtime(void) {
  uint32_t high, low;
  do {
    high = REG32(kClint + 0xbffc);
    low = REG32(kClint + 0xbff8);
  } while (REG32(kClint + 0xbffc) != high);
  return (uint64_t)high << 32 | low;
}
static void set_timer(uint64_t at) {
  REG32(kClint + 0x4004) = 0xffffffff;
  REG32(kClint + 0x4000) = (uint32_t)at;
  REG32(kClint + 0x4004) = (uint32_t)(at >> 32);
}

static void on_external(void) {
  const uint32_t source = REG32(kPlic + 0x200004);
  if (source == kUartSource) {
    ++externals;
    const uint8_t why = REG8(kUart + 2) & 15; /* reading IIR acknowledges an empty transmitter */
    if (why == 2) {
      if (*pending_text != 0)
        REG8(kUart) = (uint8_t)*pending_text++;
      else
        REG8(kUart + 1) = 0;
    }
  }
  REG32(kPlic + 0x200004) = source;
}

__attribute__((interrupt, aligned(4))) static void on_trap(void) {
  const uint32_t cause = csr_read(mcause);
  if (cause == (0x80000000u | kTimer)) {
    ++ticks;
    set_timer(ticks < 5 ? mtime() + 1000 : ~0ull); /* 100 us apart */
  } else if (cause == (0x80000000u | kSoftware)) {
    ++software;
    REG32(kClint) = 0;
  } else if (cause == (0x80000000u | kExternal)) {
    on_external();
  } else {
    ++exceptions;
    last_cause = cause;
    last_value = csr_read(mtval);
    csr_write(mepc, csr_read(mepc) + 4); /* the causes below are 32-bit instructions */
  }
}

static void wait_for(const volatile uint32_t* count, uint32_t wanted) {
  csr_clear(mstatus, 8);
  while (*count < wanted) {
    __asm__ volatile("wfi" ::: "memory");
    csr_set(mstatus, 8);
    csr_clear(mstatus, 8);
  }
}

int main(void) {
  csr_write(mtvec, (uintptr_t)on_trap);
  set_timer(~0ull);
  print("polled\n");

  csr_set(mie, 1u << kSoftware);
  csr_set(mstatus, 8);
  for (uint32_t i = 1; i <= 3; ++i) {
    REG32(kClint) = 1;
    while (software < i)
      ;
  }
  line("software interrupts ", software);

  csr_set(mie, 1u << kTimer);
  set_timer(mtime() + 1000);
  wait_for(&ticks, 5);
  line("timer interrupts ", ticks);

  REG32(kPlic + 4 * kUartSource) = 1;            /* priority */
  REG32(kPlic + 0x2000) = 1u << kUartSource;     /* enabled for machine mode */
  REG32(kPlic + 0x200000) = 0;                   /* threshold */
  csr_set(mie, 1u << kExternal);
  csr_set(mstatus, 8);
  pending_text = "by interrupt through the PLIC\n";
  REG8(kUart + 1) = 2; /* transmitter empty */
  while (*pending_text != 0 || REG8(kUart + 1) != 0)
    ;
  line("an interrupt for each character: ", externals >= 30);

  /* Faults. Devices answer to what has no address on either machine in the same way. */
  __asm__ volatile(".option push\n.option norvc\n lw zero, 0(%0)\n.option pop" ::"r"(0x90000000u));
  line("load from nowhere, mcause ", last_cause);
  line("  mtval ", last_value);
  __asm__ volatile(".option push\n.option norvc\n sw zero, 0(%0)\n.option pop" ::"r"(0x90000004u));
  line("store to nowhere, mcause ", last_cause);
  line("  mtval ", last_value);
  __asm__ volatile(".word 0xffffffff");
  line("illegal instruction, mtval ", last_value);
  line("exceptions ", exceptions);

  uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  uint32_t word;
  __asm__ volatile("lw %0, 0(%1)" : "=r"(word) : "r"(bytes + 1) : "memory");
  line("misaligned word ", word);
  print("end\n");
  REG32(kFinisher) = 7 << 16 | 0x3333; /* failure 7: the exit status differs, QEMU's is the code */
  for (;;)
    ;
}
