/* Formatted output without a libc. */
#ifndef HAL_CONSOLE_H
#define HAL_CONSOLE_H

#ifdef __cplusplus
extern "C" {
#endif

/* Where characters go; before the first call, nowhere. */
void console_set_output(void (*put)(char c));

/* Knows %s %c %d %u %x %%, the modifier l, and a width that may start with 0 (%08lx). Another
 * conversion is printed as it stands. */
void console_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));

#ifdef __cplusplus
}
#endif

#endif /* HAL_CONSOLE_H */
