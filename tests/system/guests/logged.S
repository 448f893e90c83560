# One instruction of each shape that the instruction log writes differently.
    .section .text.init, "ax"
    .globl _start
_start:
    la a0, data
    c.li a1, -3
    sb a1, 1(a0)
    sh a1, 2(a0)
    c.sw a1, 4(a0)
    lbu a2, 1(a0)
    lw zero, 4(a0)
    addi zero, a1, 1
    amoadd.w a3, a1, (a0)
    lr.w a4, (a0)
    sc.w a5, a1, (a0)
    sc.w a5, a1, (a0)           # fails: stores nothing
    csrwi mscratch, 5
    csrrs a6, mscratch, a1
    csrr a7, mscratch           # no write
    la t0, handler
    csrw mtvec, t0
    .word 0xffffffff            # traps: no line
after:
    csrr s1, misa
    li t1, 0x100000
    li t2, 0x5555
    sw t2, 0(t1)                # the end
    .balign 4
handler:
    la t0, after
    csrw mepc, t0
    mret

    .balign 16
data:
    .word 10, 0
