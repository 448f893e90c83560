# Reset entry and trap entry.
#
# Reset: a0 is the hart, a1 what the loader points to; both reach main untouched.

    .cfi_sections .debug_frame
    .option norelax                 # gp is not valid yet; and the debug information has the sizes from here

    .section .reset, "ax"
    j _start

    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined ra               # nobody called us
    la gp, __global_pointer$
    la sp, __stack_top
    la t0, __trap_stack_top
    csrw mscratch, t0
    la t0, trap_entry
    csrw mtvec, t0
    la t0, __bss_start
    la t1, __bss_end                # both are multiples of 4
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  call main
    call board_exit                 # a0: what main returned
3:  wfi
    j 3b
    .cfi_endproc
    .size _start, . - _start

# Saves what a C function may change, in the order of trap_frame_t, and calls trap_handle(frame).
#
# mscratch holds the top of the stack of traps, or 0: then a trap stays on the stack that it finds. It is 0 in a trap, for
# what goes wrong in a handler, and so also in a task that a handler has switched to.
    .section .text.trap_entry, "ax"
    .globl trap_entry
    .type trap_entry, @function
    .balign 4
trap_entry:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_return_column 4929         # the column of mepc: 4096 + its number
    csrrw sp, mscratch, sp
    bnez sp, 1f
    csrrw sp, mscratch, sp
1:  addi sp, sp, -80
    .cfi_def_cfa sp, 80
    sw ra, 0(sp)
    .cfi_offset ra, -80
    sw t0, 4(sp)
    .cfi_offset t0, -76
    sw t1, 8(sp)
    .cfi_offset t1, -72
    sw t2, 12(sp)
    .cfi_offset t2, -68
    sw a0, 16(sp)
    .cfi_offset a0, -64
    sw a1, 20(sp)
    .cfi_offset a1, -60
    sw a2, 24(sp)
    .cfi_offset a2, -56
    sw a3, 28(sp)
    .cfi_offset a3, -52
    sw a4, 32(sp)
    .cfi_offset a4, -48
    sw a5, 36(sp)
    .cfi_offset a5, -44
    sw a6, 40(sp)
    .cfi_offset a6, -40
    sw a7, 44(sp)
    .cfi_offset a7, -36
    sw t3, 48(sp)
    .cfi_offset t3, -32
    sw t4, 52(sp)
    .cfi_offset t4, -28
    sw t5, 56(sp)
    .cfi_offset t5, -24
    sw t6, 60(sp)
    .cfi_offset t6, -20
    csrrw t0, mscratch, zero        # the program's sp
    bnez t0, 2f
    addi t0, sp, 80                 # this trap's own, in a trap
2:  sw t0, 64(sp)
    .cfi_offset sp, -16
    mv a0, sp
    call trap_handle
    lw t0, 64(sp)
    addi t1, sp, 80
    beq t0, t1, 3f
    csrw mscratch, t1
3:
    lw ra, 0(sp)
    lw t0, 4(sp)
    lw t1, 8(sp)
    lw t2, 12(sp)
    lw a0, 16(sp)
    lw a1, 20(sp)
    lw a2, 24(sp)
    lw a3, 28(sp)
    lw a4, 32(sp)
    lw a5, 36(sp)
    lw a6, 40(sp)
    lw a7, 44(sp)
    lw t3, 48(sp)
    lw t4, 52(sp)
    lw t5, 56(sp)
    lw t6, 60(sp)
    lw sp, 64(sp)
    mret
    .cfi_endproc
    .size trap_entry, . - trap_entry
