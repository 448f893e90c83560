/* Two tasks that share the hart: the timer interrupt takes it from one and gives it to the other, as in an RTOS. */
#include <stdbool.h>
#include <stddef.h>

#include "firmware/boot/board.h"
#include "firmware/boot/interrupts.h"
#include "firmware/hal/console.h"
#include "firmware/hal/hart.h"

#define SLICE_US 50u
#define STACK_WORDS 512u
#define MSTATUS_MPIE (1u << 7)
#define MSTATUS_MPP_MACHINE (3u << 11)

typedef struct task {
  const char* name;
  uint32_t (*work)(void);
  uint32_t* stack_pointer; /* while it does not run */
  uint32_t result;
  uint32_t slices;
  bool done;
  uint32_t stack[STACK_WORDS] __attribute__((aligned(16)));
} task_t;

static uint32_t count_primes(void) {
  uint32_t count = 0;
  for (uint32_t n = 2; n < 3000; ++n) {
    bool prime = true;
    for (uint32_t d = 2; d * d <= n && prime; ++d) prime = n % d != 0;
    count += prime;
  }
  return count;
}

static uint32_t longest_collatz(void) {
  uint32_t best = 0, start_of_best = 0;
  for (uint32_t start = 1; start < 500; ++start) {
    uint32_t steps = 0;
    for (uint32_t n = start; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    if (steps > best) {
      best = steps;
      start_of_best = start;
    }
  }
  return start_of_best;
}

static task_t tasks[] = {{.name = "primes below 3000", .work = count_primes},
                         {.name = "longest Collatz start below 500", .work = longest_collatz}};
enum { TASKS = sizeof tasks / sizeof tasks[0] };
static task_t idle; /* main itself: it sleeps until both are done */
static task_t* current = &idle;
static uint32_t switches;
static volatile uint32_t all_done;

/* Saves what a C function must keep, with the trap's own return address and status, on the stack of the task that
 * runs; stores its stack pointer in *from; goes on with the other task where it called this, or at first in
 * task_begin. Interrupts are off. */
void switch_stack(uint32_t** from, uint32_t* to);
__attribute__((naked)) void switch_stack(uint32_t** from, uint32_t* to) {
  (void)from;
  (void)to;
  __asm__ volatile(
      "addi sp, sp, -64\n"
      "sw ra, 0(sp)\n sw s0, 4(sp)\n sw s1, 8(sp)\n sw s2, 12(sp)\n sw s3, 16(sp)\n sw s4, 20(sp)\n"
      "sw s5, 24(sp)\n sw s6, 28(sp)\n sw s7, 32(sp)\n sw s8, 36(sp)\n sw s9, 40(sp)\n sw s10, 44(sp)\n"
      "sw s11, 48(sp)\n"
      "csrr t0, mepc\n sw t0, 52(sp)\n"
      "csrr t0, mstatus\n sw t0, 56(sp)\n"
      "sw sp, 0(a0)\n"
      "mv sp, a1\n"
      "lw t0, 56(sp)\n csrw mstatus, t0\n"
      "lw t0, 52(sp)\n csrw mepc, t0\n"
      "lw ra, 0(sp)\n lw s0, 4(sp)\n lw s1, 8(sp)\n lw s2, 12(sp)\n lw s3, 16(sp)\n lw s4, 20(sp)\n"
      "lw s5, 24(sp)\n lw s6, 28(sp)\n lw s7, 32(sp)\n lw s8, 36(sp)\n lw s9, 40(sp)\n lw s10, 44(sp)\n"
      "lw s11, 48(sp)\n"
      "addi sp, sp, 64\n"
      "ret\n");
}

/* The next task that is not done, in turn; main when all are. */
static task_t* next_task(void) {
  const size_t now = current == &idle ? TASKS - 1 : (size_t)(current - tasks);
  for (size_t i = 1; i <= TASKS; ++i)
    if (!tasks[(now + i) % TASKS].done) return &tasks[(now + i) % TASKS];
  return &idle;
}

static void reschedule(void) {
  task_t* const from = current;
  current = next_task();
  if (current == from) return;
  ++current->slices;
  ++switches;
  switch_stack(&from->stack_pointer, current->stack_pointer);
}

static void on_timer(void* context) {
  (void)context;
  if (all_done) {
    clint_stop(&board_clint);
    return;
  }
  clint_set_deadline(&board_clint, clint_time(&board_clint) + SLICE_US * CLINT_TICKS_PER_US);
  reschedule();
}

static void run_current(void) {
  current->result = current->work();
  hart_interrupts_off();
  current->done = true;
  if (next_task() == &idle) all_done = 1;
  reschedule();
}

/* A new task: leaves the trap that switched to it, with interrupts on. */
__attribute__((naked)) static void task_begin(void) {
  __asm__ volatile("mret\n");
}

static void task_create(task_t* task) {
  enum { RA = 0, MEPC = 13, MSTATUS = 14, WORDS = 16 };
  uint32_t* const frame = task->stack + STACK_WORDS - WORDS;
  frame[RA] = (uint32_t)(uintptr_t)task_begin;
  frame[MEPC] = (uint32_t)(uintptr_t)run_current;
  frame[MSTATUS] = MSTATUS_MPIE | MSTATUS_MPP_MACHINE;
  task->stack_pointer = frame;
}

int main(void) {
  board_init();
  for (size_t i = 0; i < TASKS; ++i) task_create(&tasks[i]);
  interrupts_on_timer(on_timer, NULL);
  clint_set_deadline(&board_clint, clint_time(&board_clint) + SLICE_US * CLINT_TICKS_PER_US);
  hart_sleep_until(&all_done);

  bool took_turns = true;
  for (size_t i = 0; i < TASKS; ++i) {
    console_printf("%s: %lu\n", tasks[i].name, (unsigned long)tasks[i].result);
    took_turns = took_turns && tasks[i].slices > 2;
  }
  console_printf("The tasks took turns: %s.\n", took_turns && switches > 6 ? "yes" : "no");
  return took_turns ? 0 : 1;
}
