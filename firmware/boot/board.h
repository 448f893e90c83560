/* The devices that every program uses, and how a program ends. */
#ifndef BOOT_BOARD_H
#define BOOT_BOARD_H

#include <stdint.h>

#include "firmware/drivers/clint.h"
#include "firmware/drivers/uart.h"

extern uart_t board_uart;
extern const clint_t board_clint;

/* Console on the UART, interrupt dispatch, interrupts on. */
void board_init(void);

/* The next byte of the console's input; sleeps until there is one. Not from an interrupt handler.
 */
uint8_t board_read(void);

/* Ends the program through the finisher: 0 is success, other values (16 bits) a failure. */
__attribute__((noreturn)) void board_exit(int code);

#endif /* BOOT_BOARD_H */
