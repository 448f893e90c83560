#include "firmware/hal/console.h"

#include <stdarg.h>
#include <stdbool.h>

static void (*output)(char c);

static void put(char c) {
  if (output) output(c);
}

static void put_string(const char* text) {
  while (*text)
    put(*text++);
}

static void put_number(unsigned long value, unsigned base, unsigned width, char fill) {
  char digits[20]; /* 64 bits in decimal */
  unsigned count = 0;
  do {
    digits[count++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value > 0);
  for (; width > count; --width)
    put(fill);
  while (count > 0)
    put(digits[--count]);
}

void console_set_output(void (*new_output)(char c)) {
  output = new_output;
}

void console_printf(const char* format, ...) {
  va_list args;
  va_start(args, format);
  for (; *format; ++format) {
    if (*format != '%') {
      put(*format);
      continue;
    }
    const char* start = format++;
    const char fill = *format == '0' ? '0' : ' ';
    unsigned width = 0;
    for (; *format >= '0' && *format <= '9'; ++format)
      width = width * 10 + (unsigned)(*format - '0');
    const bool is_long = *format == 'l';
    if (is_long) ++format;

    if (*format == 's') {
      put_string(va_arg(args, const char*));
    } else if (*format == 'c') {
      put((char)va_arg(args, int));
    } else if (*format == '%') {
      put('%');
    } else if (*format == 'd') {
      const long value = is_long ? va_arg(args, long) : va_arg(args, int);
      if (value < 0) put('-');
      put_number(value < 0 ? 0ul - (unsigned long)value : (unsigned long)value, 10, width, fill);
    } else if (*format == 'u' || *format == 'x') {
      const unsigned long value = is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned);
      put_number(value, *format == 'x' ? 16 : 10, width, fill);
    } else {
      for (; start < format; ++start)
        put(*start);
      --format; /* the next turn prints the unknown character as text, or finds the end */
    }
  }
  va_end(args);
}
