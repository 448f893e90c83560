// User mode: what it may execute, what traps show, MPP, MPRV, TW and mcounteren.
#include "runtime.inc"

  start_program
  li a0, 0x1234
  li t0, -1                   // everything is allowed to user mode
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0

  csrr t0, misa
  put_word t0
  new_line
  in_machine just_call
  in_user just_call
  in_user do_ebreak
  in_user do_mret
  in_user do_sret
  in_user do_reserved
  in_user do_compressed_zero
  in_user do_load_nowhere
  in_user do_store_nowhere
  in_user do_jump_nowhere
  in_user do_misaligned_lr
  in_user do_misaligned_load
  in_user do_fence
  in_user do_fence_i

  // CSRs of machine mode; user counters by mcounteren
  in_user read_mstatus
  in_user write_mscratch
  in_user read_mhartid
  li s8, 0
1: csrw mcounteren, s8
  in_user read_cycle
  in_user read_time
  in_user read_instret
  in_user read_cycleh
  in_user read_timeh
  in_user read_instreth
  in_user read_counter3
  in_user read_counter18
  in_user read_counter19
  in_user write_cycle
  in_machine read_counter3
  slli s8, s8, 1
  addi s8, s8, 1
  li t0, 32
  bltu s8, t0, 1b
  li t0, 0x40000
  csrw mcounteren, t0
  in_user read_counter18
  in_user read_counter3

  // WFI: with TW it is illegal in user mode only
  li t0, 8
  csrw mie, t0
  li t0, CLINT
  li t1, 1
  sw t1, 0(t0)                // a software interrupt is pending from here on
  csrci mstatus, 8
  in_machine do_wfi
  li t0, TW
  csrs mstatus, t0
  in_machine do_wfi
  csrw mie, zero
  in_user do_wfi
  li t0, TW
  csrc mstatus, t0

  // Interrupts are taken in user mode whatever MIE says, and in machine mode only with it
  li t0, 8
  csrw mie, t0
  csrci mstatus, 8
  in_machine just_call
  in_user do_spin
  csrci mstatus, 8
  li t0, 0x80
  csrs mstatus, t0            // MPIE: mret will set MIE
  in_user do_spin
  li t0, CLINT
  sw zero, 0(t0)
  csrw mie, zero

  // MPP and MPRV through mret
  li t0, MPP
  csrs mstatus, t0
  li t0, MPRV
  csrs mstatus, t0
  la t0, 1f
  csrw mepc, t0
  mret                        // to machine mode: MPRV stays, MPP becomes user
1: in_machine just_call
  end_program

  .balign 4096
just_call: ecall
do_ebreak: ebreak
do_mret: mret
do_sret: .word 0x10200073
do_reserved: .word 0xffffffff
do_compressed_zero: .hword 0, 0
do_load_nowhere: li a1, 0x90000004
  lw a0, 0(a1)
do_store_nowhere: li a1, 0x90000004
  sw a0, 0(a1)
do_jump_nowhere: li a1, 0x90000004
  jr a1
do_misaligned_lr: la a1, data + 2
  lr.w a0, (a1)
do_misaligned_load: la a1, data + 1
  lw a0, 0(a1)
  ecall
do_fence: fence
  ecall
do_fence_i: fence.i
  ecall
do_wfi: wfi
  ecall
do_spin: j do_spin
read_mstatus: csrr a0, mstatus
write_mscratch: csrw mscratch, a0
read_mhartid: csrr a0, mhartid
  .macro read_counter csr
  csrr a0, \csr
  li a0, 0x600d
  ecall
  .endm
read_cycle: read_counter cycle
read_time: read_counter time
read_instret: read_counter instret
read_cycleh: read_counter cycleh
read_timeh: read_counter timeh
read_instreth: read_counter instreth
read_counter3: read_counter hpmcounter3
read_counter18: read_counter hpmcounter18
read_counter19: read_counter hpmcounter19
write_cycle: csrw cycle, a0
  .balign 4
data: .word 0x44332211, 0x88776655
