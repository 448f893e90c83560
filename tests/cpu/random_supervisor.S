# Runs random programs one after the other and keeps what each of them left behind.
#
# A program owns a slot of 32 KiB: its code from offset 0, data at 0x4000 (x8 points to the middle),
# the log of its traps at 0x6000, this supervisor's frame below x2 = slot + 0x7100, and from
# x2 + 0x300 the registers: those that it starts with, in the end those that it leaves.
#
# Frame: -4 where to go on after a jump to nowhere, -8 traps so far, -12 nonzero: interrupts are
# precise, so that their mepc is logged; from -16 down what is saved.
    .equ FIRST_SLOT, 0x80008000
    .equ CONTROL, 0x80000ff0        # number of programs, then the index of the next
    .equ MAX_TRAPS, 1500
    .equ MSIP, 0x02000000
    .equ MTIMECMP, 0x02004000
    .equ FINISHER, 0x00100000

    .macro keep name, index
    csrr t0, \name
    sw t0, 0x380+4*\index(sp)
    .endm

    .globl _start
    .text
    .option norvc
_start:
    j start

    .org 0x40                       # kFinish: a program ends here, its x31 at -32(x2)
finish:
    .irp r, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    sw x\r, 0x300+4*\r(sp)
    .endr
    lw x31, -32(sp)
    sw x31, 0x37c(sp)
    keep mscratch, 0
    keep mepc, 1
    keep mcause, 2
    keep mtval, 3
    keep mtvec, 4
    keep mie, 5
    keep mip, 6
    csrr t0, mstatus                # of it MIE, MPIE, MPP
    slli t0, t0, 19
    srli t0, t0, 19
    sw t0, 0x39c(sp)
    j next

    .org 0x200                      # kVectored: traps with mtvec in vectored mode
    j handler
    .rept 2
    j handler
    .endr
    j vectored_software
    .rept 12
    j handler
    .endr

    .org 0x280                      # kHandler: all traps with mtvec in direct mode
handler:
    sw t0, -16(sp)
    sw t1, -20(sp)
    sw t2, -24(sp)
    li t2, 0
logged:
    lw t1, -8(sp)
    addi t1, t1, 1
    sw t1, -8(sp)
    li t0, MAX_TRAPS
    bgeu t1, t0, give_up
    andi t1, t1, 255                # the log is a ring of 256 entries
    slli t1, t1, 4
    add t1, t1, sp
    li t0, -0x1100
    add t1, t1, t0
    csrr t0, mstatus                # of it MIE, MPIE, MPP
    slli t0, t0, 19
    srli t0, t0, 19
    sw t0, 12(t1)
    csrr t0, mcause
    sw t0, 0(t1)
    bltz t0, interrupt
    csrr t2, mtval
    sw t2, 4(t1)
    csrr t2, mepc
    sw t2, 8(t1)
    li t1, 1                        # the fetch failed: nothing there to step over
    beq t0, t1, fetch_fault
    li t1, 8                        # a call from user mode asks for machine mode
    bne t0, t1, step_over
    li t1, 0x1800
    csrs mstatus, t1
step_over:
    lbu t1, 0(t2)
    andi t1, t1, 3
    addi t1, t1, -3
    addi t2, t2, 2
    bnez t1, 1f
    addi t2, t2, 2
1:  csrw mepc, t2
restore:
    lw t0, -16(sp)
    lw t1, -20(sp)
    lw t2, -24(sp)
    mret
fetch_fault:
    lw t2, -4(sp)
    csrw mepc, t2
    j restore
vectored_software:
    sw t0, -16(sp)
    sw t1, -20(sp)
    sw t2, -24(sp)
    li t2, 1
    j logged
interrupt:
    sw t2, 4(t1)                    # 1: came through the vector
    lw t2, -12(sp)
    beqz t2, 1f
    csrr t2, mepc
1:  sw t2, 8(t1)
    li t0, MSIP
    sw zero, 0(t0)
    j restore
give_up:
    csrw mepc, zero                 # that of an interrupt may differ
    lw t0, -16(sp)
    lw t1, -20(sp)
    lw t2, -24(sp)
    sw x31, -32(sp)
    j finish

start:
    li t0, -1                       # all of memory is open to user mode
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, MTIMECMP
    li t1, -1
    sw t1, 0(t0)
    sw t1, 4(t0)
next:
    li t0, CONTROL
    lw t1, 0(t0)
    lw t2, 4(t0)
    bgeu t2, t1, done
    addi t3, t2, 1
    sw t3, 4(t0)
    slli t2, t2, 15
    li sp, FIRST_SLOT + 0x7100
    add sp, sp, t2
    li t0, MSIP
    sw zero, 0(t0)
    csrw mie, zero
    li t0, 0x21888
    csrc mstatus, t0
    csrw mscratch, zero
    csrw mepc, zero
    csrw mcause, zero
    csrw mtval, zero
    la t0, handler
    csrw mtvec, t0
    sc.w t0, t0, (sp)               # no reservation is left from the program before
    li t0, 0x7100
    sub x31, sp, t0
    .irp r, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    lw x\r, 0x300+4*\r(sp)
    .endr
    jr x31
done:
    li t0, FINISHER
    li t1, 0x5555
    sw t1, 0(t0)
    j done
