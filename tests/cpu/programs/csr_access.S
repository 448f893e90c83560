// Every CSR number in both modes: which accesses trap, and which bits can be written.
#include "runtime.inc"

// Calls `skip` for CSRs that only one side has (docs/hart.md): stimecmp and its kin, and the
// trigger registers.
  .macro skip_if_odd number, skip
  li t0, 0x14d
  beq \number, t0, \skip
  li t0, 0x15d
  beq \number, t0, \skip
  li t0, 0x24d
  beq \number, t0, \skip
  li t0, 0x25d
  beq \number, t0, \skip
  srli t0, \number, 4
  li t1, 0x7a
  beq t0, t1, \skip
  .endm

// Executes one CSR instruction in the mode given: s0 the number, s1 the rest of the instruction.
  .macro try_csr mode
  slli t0, s0, 20
  or t0, t0, s1
  la t1, slot
  sw t0, 0(t1)
  fence.i
  in_\mode slot
  .endm

  .macro show_written csr, mask
  li t0, -1
  csrw \csr, t0
  csrr t0, \csr
  li t1, \mask
  and t0, t0, t1
  call print_word
  csrw \csr, zero
  csrr t0, \csr
  li t1, \mask
  and t0, t0, t1
  call print_word
  new_line
  .endm

  start_program
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  csrw mcounteren, t0         // 0x1f: cycle, time, instret, counters 3 and 4

  la s9, note_trap
  li s0, 0
1: skip_if_odd s0, 2f
  li s7, 0
  li s1, 0x00002573           // csrrs a0, csr, zero
  try_csr machine
  try_csr user
  li s1, 0x0000e5f3           // csrrsi a1, csr, 1: writes
  li t0, 0x305                // mtvec must stay
  beq s0, t0, 3f
  try_csr machine
3: try_csr user
  li t0, 0xff
  beq s7, t0, 2f              // nothing is allowed
  put_word s0
  put_word s7
  new_line
2: addi s0, s0, 1
  li t0, 4096
  bne s0, t0, 1b

  li s9, 0
  show_written mscratch, -1
  show_written mepc, -2       // QEMU keeps bit 0
  show_written mcause, -1
  show_written mtval, -1
  show_written mie, 0x888
  show_written mip, 8
  show_written mstatus, MSTATUS_SHOWN
  show_written mcounteren, 0x7ffff
  show_written mcountinhibit, 0x7fffd
  show_written menvcfg, 1
  csrw mhpmevent3, zero       // the loop wrote to it
  csrw mhpmevent18, zero
  show_written mhpmcounter3, -1
  show_written mhpmcounter18, -1
  show_written mhpmcounter18h, -1
  show_written pmpaddr1, -1
  show_written pmpaddr15, -1
  li t0, 0x1f001b0f           // R, W, X with and without each A
  csrw pmpcfg2, t0
  csrr t0, pmpcfg2
  put_word t0
  csrw pmpcfg2, zero
  new_line
  // locks: the entry itself, and the one below a locked TOR entry
  li t0, 0x12345
  csrw pmpaddr4, t0
  csrw pmpaddr5, t0
  csrw pmpaddr6, t0
  csrw pmpaddr7, t0
  li t0, 0x00008900           // entry 5: locked, TOR, R
  csrw pmpcfg1, t0
  csrw pmpcfg1, zero
  csrr t0, pmpcfg1
  put_word t0
  csrw pmpaddr4, zero
  csrw pmpaddr5, zero
  csrw pmpaddr6, zero
  csrr t0, pmpaddr4
  put_word t0
  csrr t0, pmpaddr5
  put_word t0
  csrr t0, pmpaddr6
  put_word t0
  new_line
  end_program

// Two bits an access: set where it was illegal.
note_trap:
  slli s7, s7, 2
  csrr t0, mcause
  li t1, 2
  bne t0, t1, 1f
  ori s7, s7, 3
1: jr s11

  .balign 4096
slot: .word 0
  ecall
