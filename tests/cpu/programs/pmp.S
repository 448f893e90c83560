// Physical memory protection of data: every kind of match, permission, access and mode.
#include "runtime.inc"

  .equ REGION, 0x80010000     // of the test, within RAM and far from the program

  .macro try_all mode, offsets=offsets, end=snippets_end
  la s3, snippets
1: la s4, \offsets
2: lb t0, 0(s4)
  li a1, REGION + 32
  add a1, a1, t0
  la s11, 3f
  \mode
3: addi s4, s4, 1
  la t0, \offsets\()_end
  bne s4, t0, 2b
  addi s3, s3, 16
  la t0, \end
  bne s3, t0, 1b
  new_line
  .endm

  .macro user_mode
  csrw mepc, s3
  li t0, MPP
  csrc mstatus, t0
  mret
  .endm

  .macro machine_mode
  jr s3
  .endm

  .macro machine_mode_as_user
  data_as_user
  jr s3
  .endm

  start_program
  la s9, show_short
  li t0, 0xffffffff           // entry 15: program and all else, to read and execute
  csrw pmpaddr15, t0
  li t0, 0x1d000000
  csrw pmpcfg3, t0
  li t0, REGION >> 2          // entries 0 (base) and 1 are the ones under test
  la s5, matches
next_match:
  lw t0, 0(s5)
  csrw pmpaddr0, t0
  lw t0, 4(s5)
  csrw pmpaddr1, t0
  la s6, permissions
next_permission:
  lb t0, 0(s6)
  lb t1, 8(s5)
  or t0, t0, t1
  slli t0, t0, 8
  csrw pmpcfg0, t0
  csrr t0, pmpcfg0
  put_word t0
  new_line
  try_all user_mode
  try_all machine_mode_as_user
  try_all machine_mode
  try_all user_mode, misaligned_offsets, atomic_snippets
  try_all machine_mode_as_user, misaligned_offsets, atomic_snippets
  addi s6, s6, 1
  la t0, permissions_end
  bne s6, t0, next_permission
  addi s5, s5, 12
  la t0, matches_end
  bne s5, t0, next_match

  // priority: the lower number decides, whatever the higher one allows
  li t0, (REGION + 32) >> 2
  csrw pmpaddr0, t0           // NA4
  li t0, ((REGION + 32) >> 2) | 1
  csrw pmpaddr1, t0           // NAPOT, 16 bytes
  la s6, priorities
next_priority:
  lhu t0, 0(s6)
  csrw pmpcfg0, t0
  try_all user_mode
  try_all machine_mode_as_user
  addi s6, s6, 2
  la t0, priorities_end
  bne s6, t0, next_priority

  // a lock binds machine mode
  li t0, 0x9910               // entry 1: locked NAPOT, R
  csrw pmpcfg0, t0
  try_all user_mode
  try_all machine_mode
  li t0, 0x1f1f               // of no effect on entry 1; entry 0 has 8 bytes now
  csrw pmpcfg0, t0
  try_all user_mode
  try_all machine_mode
  csrr t0, pmpcfg0
  put_word t0
  new_line
  end_program

// One attempt: cause and the low byte of mtval, or what was read.
show_short:
  csrr t0, mcause
  la t5, amo_snippet          // QEMU calls it a load fault (5) where an AMO may not read; the
  bne s3, t5, 1f              // privileged ISA, 3.7.1, wants a store fault (7)
  li t5, 5
  bne t0, t5, 1f
  li t0, 7
1: li t5, UART
  addi t6, t0, 48
  sb t6, 0(t5)
  csrr t0, mtval
  andi t6, t0, 0x3f
  addi t6, t6, 48
  sb t6, 0(t5)
  andi t6, a0, 0x3f
  addi t6, t6, 48
  sb t6, 0(t5)
  put_char 32
  jr s11

  .balign 4096
snippets:
  .balign 16
  lb a0, 0(a1)
  ecall
  .balign 16
  lhu a0, 0(a1)
  ecall
  .balign 16
  lw a0, 0(a1)
  ecall
  .balign 16
  sb a1, 0(a1)
  ecall
  .balign 16
  sh a1, 0(a1)
  ecall
  .balign 16
  sw a1, 0(a1)
  ecall
  .balign 16
atomic_snippets:
  lr.w a0, (a1)
  ecall
  .balign 16
amo_snippet:
  amoadd.w a0, a1, (a1)
  ecall
  .balign 16
snippets_end:

offsets: .byte -8, -4, 0, 4, 8, 12, 16, 28, 32
offsets_end:
misaligned_offsets: .byte -3, -2, -1, 1, 2, 3, 5, 7, 9, 10, 11, 13, 29, 30, 31
misaligned_offsets_end:
permissions: .byte 0, 1, 3, 4, 5, 7
permissions_end:
  .balign 4
matches:                      // pmpaddr0, pmpaddr1, A of entry 1
  .word 0, (REGION + 32) >> 2, 2 << 3
  .word 0, (REGION + 32) >> 2, 3 << 3
  .word 0, ((REGION + 32) >> 2) | 3, 3 << 3
  .word (REGION + 32) >> 2, (REGION + 44) >> 2, 1 << 3
  .word (REGION + 44) >> 2, (REGION + 32) >> 2, 1 << 3
matches_end:
priorities: .hword 0x1f10, 0x1f11, 0x1913, 0x1817, 0x1b00, 0x0817
priorities_end:
