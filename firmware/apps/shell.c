/* A monitor shell on the UART: looks at memory and devices, changes them, ends the run. Input comes
 * by interrupt; the hart sleeps in between. */
#include <stddef.h>

#include "firmware/boot/board.h"
#include "firmware/hal/console.h"
#include "firmware/hal/hart.h"

enum { LINE_BYTES = 128, MAX_WORDS = 4, DUMP_ROW = 16, DUMP_DEFAULT = 64, DUMP_LARGEST = 4096 };

typedef struct command {
  const char* name;
  const char* usage;
  const char* what;
  int least, most; /* arguments; with a negative `most`, the rest of the line is one */
  void (*run)(char** arguments, int count);
} command_t;

/* The hart goes on after a load or store that faults: its trap, like its success, leads to 1. */
static bool try_load(uintptr_t address, uint32_t* value) {
  const uint32_t were_on = hart_interrupts_save();
  uint32_t ok, read, handler;
  __asm__ volatile(
      "la %1, 1f\n csrrw %1, mtvec, %1\n li %0, 0\n lw %2, 0(%3)\n li %0, 1\n"
      ".balign 4\n 1: csrw mtvec, %1"
      : "=&r"(ok), "=&r"(handler), "=&r"(read)
      : "r"(address)
      : "memory");
  hart_interrupts_restore(were_on);
  if (ok) *value = read;
  return ok;
}

static bool try_store(uintptr_t address, uint32_t value) {
  const uint32_t were_on = hart_interrupts_save();
  uint32_t ok, handler;
  __asm__ volatile(
      "la %1, 1f\n csrrw %1, mtvec, %1\n li %0, 0\n sw %3, 0(%2)\n li %0, 1\n"
      ".balign 4\n 1: csrw mtvec, %1"
      : "=&r"(ok), "=&r"(handler)
      : "r"(address), "r"(value)
      : "memory");
  hart_interrupts_restore(were_on);
  return ok;
}

static bool same(const char* a, const char* b) {
  while (*a && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

static int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

/* Decimal, or hexadecimal after 0x. */
static bool parse(const char* text, uint32_t* value) {
  const char* at = text;
  const bool hexadecimal = at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
  const uint32_t base = hexadecimal ? 16 : 10;
  if (hexadecimal) at += 2;
  uint64_t sum = 0;
  const char* const first = at;
  for (; *at; ++at) {
    if ((uint32_t)digit(*at) >= base || sum > UINT32_MAX / base) break;
    sum = sum * base + (uint32_t)digit(*at);
  }
  if (at == first || *at || sum > UINT32_MAX) {
    console_printf("'%s' is no number\n", text);
    return false;
  }
  *value = (uint32_t)sum;
  return true;
}

/* A word's address. */
static bool parse_address(const char* text, uint32_t* address) {
  if (!parse(text, address)) return false;
  if (*address % 4 == 0) return true;
  console_printf("%08lx is no multiple of 4\n", (unsigned long)*address);
  return false;
}

static void fault(uint32_t address) {
  console_printf("%08lx: access fault\n", (unsigned long)address);
}

static void peek(char** arguments, int count) {
  (void)count;
  uint32_t address, value;
  if (!parse_address(arguments[0], &address)) return;
  if (!try_load(address, &value)) return fault(address);
  console_printf("%08lx: %08lx\n", (unsigned long)address, (unsigned long)value);
}

static void poke(char** arguments, int count) {
  (void)count;
  uint32_t address, value;
  if (!parse_address(arguments[0], &address) || !parse(arguments[1], &value)) return;
  if (!try_store(address, value)) fault(address);
}

static void dump_row(uint32_t address, const uint32_t* words, uint32_t bytes) {
  console_printf("%08lx:", (unsigned long)address);
  for (uint32_t i = 0; i < bytes; ++i)
    console_printf(" %02x", (unsigned)(words[i / 4] >> (8 * (i % 4)) & 0xff));
  for (uint32_t i = bytes; i < DUMP_ROW; ++i)
    console_printf("   ");
  console_printf("  ");
  for (uint32_t i = 0; i < bytes; ++i) {
    const char c = (char)(words[i / 4] >> (8 * (i % 4)));
    console_printf("%c", c >= ' ' && c <= '~' ? c : '.');
  }
  console_printf("\n");
}

static void dump(char** arguments, int count) {
  uint32_t address, bytes = DUMP_DEFAULT;
  if (!parse_address(arguments[0], &address)) return;
  if (count > 1 && !parse(arguments[1], &bytes)) return;
  if (bytes > DUMP_LARGEST) bytes = DUMP_LARGEST;
  while (bytes > 0) {
    const uint32_t here = bytes < DUMP_ROW ? bytes : DUMP_ROW;
    uint32_t words[DUMP_ROW / 4];
    for (uint32_t i = 0; i < here; i += 4)
      if (!try_load(address + i, &words[i / 4])) return fault(address + i);
    dump_row(address, words, here);
    address += here;
    bytes -= here;
  }
}

/* Of 64 bits, without the compiler's library; the result wraps after 71 minutes. */
static uint32_t microseconds(uint64_t ticks) {
  const uint32_t high = (uint32_t)(ticks >> 32) % CLINT_TICKS_PER_US << 16 | (uint32_t)ticks >> 16;
  const uint32_t low = high % CLINT_TICKS_PER_US << 16 | ((uint32_t)ticks & 0xffff);
  return high / CLINT_TICKS_PER_US << 16 | low / CLINT_TICKS_PER_US;
}

static void show_time(char** arguments, int count) {
  (void)arguments;
  (void)count;
  console_printf("%lu us since reset, %lu instructions\n",
                 (unsigned long)microseconds(clint_time(&board_clint)),
                 (unsigned long)hart_csr_read(minstret));
}

static void echo(char** arguments, int count) {
  console_printf("%s\n", count > 0 ? arguments[0] : "");
}

static void leave(char** arguments, int count) {
  uint32_t code = 0;
  if (count > 0 && !parse(arguments[0], &code)) return;
  board_exit((int)code);
}

static void help(char** arguments, int count);

static const command_t commands[] = {
    {"help", "", "print this", 0, 0, help},
    {"peek", "ADDR", "print the word at ADDR", 1, 1, peek},
    {"poke", "ADDR VALUE", "write a word", 2, 2, poke},
    {"dump", "ADDR [BYTES]", "print memory, 64 bytes if not said", 1, 2, dump},
    {"time", "", "print the time since reset", 0, 0, show_time},
    {"echo", "TEXT", "print TEXT", 0, -1, echo},
    {"exit", "[CODE]", "end the run; 0, the default, is success", 0, 1, leave},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_padded(const char* text, int width) {
  for (; *text; ++text, --width)
    console_printf("%c", *text);
  for (; width > 0; --width)
    console_printf(" ");
}

static void help(char** arguments, int count) {
  (void)arguments;
  (void)count;
  for (int i = 0; i < COMMANDS; ++i) {
    print_padded(commands[i].name, 6);
    print_padded(commands[i].usage, 14);
    console_printf("%s\n", commands[i].what);
  }
}

/* Cuts the next word off *rest; NULL at the end. */
static char* next_word(char** rest) {
  char* at = *rest;
  while (*at == ' ' || *at == '\t')
    ++at;
  char* const word = at;
  while (*at && *at != ' ' && *at != '\t')
    ++at;
  *rest = *at ? at + 1 : at;
  *at = '\0';
  return *word ? word : NULL;
}

static void call(const command_t* command, char* rest) {
  char* arguments[MAX_WORDS];
  int count = 0;
  if (command->most < 0) {
    if (*rest) arguments[count++] = rest;
  } else {
    char* word;
    while (count < MAX_WORDS && (word = next_word(&rest)) != NULL)
      arguments[count++] = word;
  }
  if (count < command->least || (command->most >= 0 && count > command->most))
    console_printf("usage: %s %s\n", command->name, command->usage);
  else
    command->run(arguments, count);
}

static void execute(char* line) {
  const char* const name = next_word(&line);
  if (name == NULL) return;
  for (int i = 0; i < COMMANDS; ++i)
    if (same(name, commands[i].name)) return call(&commands[i], line);
  console_printf("there is no command '%s'; help lists them\n", name);
}

/* One line, echoed; backspace takes a character back, Ctrl-C the line, Ctrl-U what was typed. CR,
 * LF and CR LF end a line. */
static void read_line(char* line) {
  enum { CONTROL_C = 3, BACKSPACE = 8, CONTROL_U = 21, RUBOUT = 127 };
  static uint8_t last;
  int length = 0;
  for (;;) {
    const uint8_t byte = board_read();
    const bool follows_cr = byte == '\n' && last == '\r';
    last = byte;
    if (follows_cr) continue;
    if (byte == '\r' || byte == '\n') break;
    if (byte == CONTROL_C) {
      console_printf("^C");
      length = 0;
      break;
    }
    if (byte == BACKSPACE || byte == RUBOUT || byte == CONTROL_U) {
      for (int n = byte == CONTROL_U ? length : 1; n > 0 && length > 0; --n, --length)
        console_printf("\b \b");
    } else if (byte >= ' ' && length < LINE_BYTES - 1) {
      line[length++] = (char)byte;
      console_printf("%c", byte);
    }
  }
  line[length] = '\0';
  console_printf("\n");
}

int main(void) {
  char line[LINE_BYTES];
  board_init();
  console_printf("Cairn monitor; help lists the commands.\n");
  for (;;) {
    console_printf("> ");
    read_line(line);
    execute(line);
  }
}
