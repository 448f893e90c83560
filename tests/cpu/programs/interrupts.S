// Software and timer interrupts: enables, priority, vectors, modes and nesting.
#include "runtime.inc"

  .equ NEVER, 0x4004          // offset of the high half of mtimecmp in the CLINT

  .macro set_software value
  li t0, CLINT
  li t1, \value
  sw t1, 0(t0)
  .endm

  .macro set_timer high
  li t0, CLINT + NEVER
  li t1, \high
  sw t1, 0(t0)
  .endm

  .macro try_with mie
  li t0, \mie
  csrw mie, t0
  csrci mstatus, 8
  li a0, 0
  in_user do_nothing
  csrci mstatus, 8
  li a0, 0
  in_machine do_nothing
  csrci mstatus, 8
  li a0, 0
  in_machine do_enable
  csrci mstatus, 8
  li t0, 0x80                 // MPIE: mret enables
  csrs mstatus, t0
  li a0, 0
  in_user do_nothing
  .endm

  .macro try_all
  csrr t0, mip
  li t1, 0x888
  and t0, t0, t1
  call print_word
  new_line
  try_with 0
  try_with 0x8
  try_with 0x80
  try_with 0x88
  try_with 0x800
  .endm

  .macro try_lines
  set_timer -1
  set_software 0
  try_all
  set_software 1
  try_all
  set_timer 0
  try_all
  set_software 0
  try_all
  .endm

  start_program
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  call lines_direct
  la t0, vectors + 1
  csrw mtvec, t0
  call lines_direct
  csrw mie, zero
  in_user do_nothing          // exceptions go to the base

  // the software interrupt's handler lets the timer interrupt in
  set_timer 0
  set_software 1
  li t0, 0x88
  csrw mie, t0
  la s9, nest
  li s7, 0
  in_user do_nothing
  end_program

lines_direct:
  mv s8, ra
  try_lines
  jr s8

nest:
  csrr s2, mcause
  put_word s2
  csrr t0, mepc
  call print_word
  csrr t0, mstatus
  li t1, MSTATUS_SHOWN
  and t0, t0, t1
  call print_word
  new_line
  bgez s2, done
  addi s7, s7, 1
  li t0, 2
  beq s7, t0, inner
  csrr s5, mstatus
  csrr s6, mepc
  set_software 0
  csrsi mstatus, 8            // the timer interrupt comes here
  csrci mstatus, 8
  csrw mstatus, s5
  csrw mepc, s6
  mret
inner:
  set_timer -1
  mret
done: jr s11

  .balign 4096
do_nothing: nop
  nop
  ecall
do_enable: csrsi mstatus, 8
  nop
  ecall

  .balign 256
  .option norvc
vectors: j handler
  nop
  nop
  j software
  nop
  nop
  nop
  j timer
software: li a0, 3
  j handler
timer: li a0, 7
  j handler
