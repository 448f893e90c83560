#include "firmware/drivers/uart.h"

#include "firmware/hal/mmio.h"
#include "uart_regs.h" /* generated */

enum {
  FIFO_BYTES = 16,
  WORD_LENGTH_8 = 3,
  TRIGGER_8_BYTES = 2,
};

static uint8_t get(const uart_t* uart, uint32_t offset) {
  return mmio_read8(uart->base + offset);
}

static void set(const uart_t* uart, uint32_t offset, uint32_t value) {
  mmio_write8(uart->base + offset, (uint8_t)value);
}

static uint32_t waiting(const uart_queue_t* queue) {
  return queue->written - queue->taken;
}

static bool push(uart_queue_t* queue, uint8_t byte) {
  if (waiting(queue) == UART_QUEUE_BYTES) return false;
  queue->bytes[queue->written % UART_QUEUE_BYTES] = byte;
  queue->written = queue->written + 1;
  return true;
}

static uint8_t pop(uart_queue_t* queue) {
  const uint8_t byte = queue->bytes[queue->taken % UART_QUEUE_BYTES];
  queue->taken = queue->taken + 1;
  return byte;
}

/* An empty transmitter takes a FIFO full; its interrupt is on only while more waits. */
static void send(uart_t* uart) {
  while (waiting(&uart->transmit) > 0 && (get(uart, UART_LSR_OFFSET) & UART_LSR_THRE_MASK))
    for (int room = FIFO_BYTES; room > 0 && waiting(&uart->transmit) > 0; --room)
      set(uart, UART_DATA_OFFSET, pop(&uart->transmit));
  const bool more = waiting(&uart->transmit) > 0;
  if (more == uart->transmit_irq) return;
  uart->transmit_irq = more;
  set(uart, UART_IER_OFFSET, UART_IER_RECEIVED_MASK | (more ? UART_IER_TRANSMIT_EMPTY_MASK : 0u));
}

static void receive(uart_t* uart) {
  uint8_t status;
  while ((status = get(uart, UART_LSR_OFFSET)) & UART_LSR_DATA_READY_MASK) {
    if (status & UART_LSR_OVERRUN_MASK) ++uart->dropped;
    if (!push(&uart->receive, get(uart, UART_DATA_OFFSET))) ++uart->dropped;
  }
}

void uart_init(uart_t* uart, uintptr_t base) {
  *uart = (uart_t){.base = base};
  set(uart, UART_LCR_OFFSET, WORD_LENGTH_8 << UART_LCR_WORD_LENGTH_SHIFT);
  set(uart, UART_IIR_FCR_OFFSET,
      UART_IIR_FCR_ENABLE_MASK | UART_IIR_FCR_CLEAR_RECEIVE_MASK |
          UART_IIR_FCR_CLEAR_TRANSMIT_MASK | (TRIGGER_8_BYTES << UART_IIR_FCR_TRIGGER_SHIFT));
  set(uart, UART_IER_OFFSET, UART_IER_RECEIVED_MASK);
}

size_t uart_write(uart_t* uart, const void* data, size_t bytes) {
  const uint8_t* from = data;
  size_t queued = 0;
  while (queued < bytes && push(&uart->transmit, from[queued]))
    ++queued;
  send(uart);
  return queued;
}

status_t uart_read(uart_t* uart, uint8_t* byte) {
  if (waiting(&uart->receive) == 0) return STATUS_BUSY;
  *byte = pop(&uart->receive);
  return STATUS_OK;
}

bool uart_idle(const uart_t* uart) {
  return waiting(&uart->transmit) == 0;
}

void uart_on_irq(uart_t* uart) {
  receive(uart);
  send(uart);
}
