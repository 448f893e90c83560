// Physical memory protection of code: whole pages, instructions across their ends, locks.
#include "runtime.inc"

  .macro go_user
  csrw mepc, a1
  li t0, MPP
  csrc mstatus, t0
  mret
  .endm

  .macro go_machine
  jr a1
  .endm

  // Jumps into the two pages and over their ends.
  .macro try_all mode
  la s4, targets
1: lw a1, 0(s4)
  li a0, 0
  la s11, 2f
  \mode
2: addi s4, s4, 4
  la t0, targets_end
  bne s4, t0, 1b
  .endm

  start_program
  li t0, -1                   // entry 15: everything else
  csrw pmpaddr15, t0
  li t0, 0x1f000000
  csrw pmpcfg3, t0
  la t0, page_a
  srli t0, t0, 2
  ori t0, t0, 0x1ff           // NAPOT, 4 KiB
  csrw pmpaddr0, t0
  addi t0, t0, 0x400
  csrw pmpaddr1, t0
  la s5, permissions
1: lhu s6, 0(s5)
  csrw pmpcfg0, s6
  put_word s6
  new_line
  call all_modes
  addi s5, s5, 2
  la t0, permissions_end
  bne s5, t0, 1b

  li t0, 0x9c98               // locked: page_a not at all, page_b to execute
  csrw pmpcfg0, t0
  call all_modes
  end_program

all_modes:
  mv s8, ra
  try_all go_user
  try_all go_machine
  jr s8

targets: .word before_a, page_a + 2, before_b, page_b + 2, before_c, page_a - 4, page_b - 4
targets_end:
permissions: .hword 0x1818, 0x1c18, 0x181c, 0x1c1c, 0x1f1f, 0x1919, 0x1b1d
permissions_end:

  // Each page begins with the second half of an addition, and then traps.
  .balign 4096
  .skip 4090
  c.nop
  c.nop
before_a: .hword 0x0505       // c.addi a0, 1 before a 4-byte instruction would be at -2
  .balign 4096
page_a: c.nop
  ecall
  .skip 4096 - 6 - 6
  c.nop
  c.nop
before_b: .hword 0x0513       // addi a0, a0, 1: the low half
page_b: .hword 0x0015
  ecall
  .skip 4096 - 6 - 6
  c.nop
  c.nop
before_c: .hword 0x0513
page_c: .hword 0x0015
  ecall
