#include "firmware/boot/board.h"

#include "firmware/boot/interrupts.h"
#include "firmware/drivers/finisher.h"
#include "firmware/hal/console.h"
#include "firmware/hal/hart.h"
#include "memory_map.h" /* generated */

uart_t board_uart;
const clint_t board_clint = {CAIRN_CLINT_BASE};
static const finisher_t finisher = {CAIRN_FINISHER_BASE};

/* A character that does not fit into the queue is lost: the console never waits. */
static void put(char c) {
  if (c == '\n') put('\r');
  const uint32_t were_on = hart_interrupts_save();
  if (uart_write(&board_uart, &c, 1) == 0) ++board_uart.dropped;
  hart_interrupts_restore(were_on);
}

static void on_uart(void* context) {
  uart_on_irq(context);
}

void board_init(void) {
  uart_init(&board_uart, CAIRN_UART0_BASE);
  console_set_output(put);
  clint_stop(&board_clint); /* mtimecmp is 0 after reset: pending */
  interrupts_init();
  if (interrupts_register(CAIRN_UART0_IRQ, on_uart, &board_uart) != STATUS_OK) board_exit(1);
  hart_interrupts_on();
}

/* The queue is looked at with interrupts off: a byte that comes between the look and the wfi stays
 * pending and ends the sleep. */
uint8_t board_read(void) {
  uint8_t byte;
  hart_interrupts_off();
  while (uart_read(&board_uart, &byte) == STATUS_BUSY) {
    __asm__ volatile("wfi" ::: "memory");
    hart_interrupts_on(); /* the handler runs here */
    hart_interrupts_off();
  }
  hart_interrupts_on();
  return byte;
}

void board_exit(int code) {
  hart_interrupts_off();
  finisher_end(&finisher, (uint16_t)code);
  for (;;)
    __asm__ volatile("wfi");
}
