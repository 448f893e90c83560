/* Serial port (ns16550a), driven by interrupts. Registers: docs/registers.md#uart. */
#ifndef DRIVERS_UART_H
#define DRIVERS_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "firmware/hal/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UART_QUEUE_BYTES 256u /* a power of two */

/* Bytes between the program and the interrupt handler. */
typedef struct uart_queue {
  uint8_t bytes[UART_QUEUE_BYTES];
  volatile uint32_t written; /* in total; the difference is what waits */
  volatile uint32_t taken;
} uart_queue_t;

typedef struct uart {
  uintptr_t base;
  uart_queue_t transmit;
  uart_queue_t receive;
  bool transmit_irq; /* the transmitter's interrupt is on */
  uint32_t dropped;  /* received bytes for which there was no room, here or in the device */
} uart_t;

/* FIFOs on and empty, 8 data bits, interrupts for received data. */
void uart_init(uart_t* uart, uintptr_t base);

/* Queues what fits and sends what the device takes; an interrupt sends the rest. Returns how many
 * bytes were queued. Call it and uart_on_irq not at the same time: with interrupts off, or from
 * handlers that do not nest. */
STATUS_MUST_CHECK size_t uart_write(uart_t* uart, const void* data, size_t bytes);

/* STATUS_BUSY: nothing has been received. */
STATUS_MUST_CHECK status_t uart_read(uart_t* uart, uint8_t* byte);

/* True once everything queued has been given to the device. */
bool uart_idle(const uart_t* uart);

/* Call from the interrupt handler. */
void uart_on_irq(uart_t* uart);

#ifdef __cplusplus
}
#endif

#endif /* DRIVERS_UART_H */
