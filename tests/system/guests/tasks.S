# Two tasks, each on its own stack, that hand over to each other with ecall.
    .section .text.init, "ax"
    .globl _start
    .type _start, @function
_start:
    la sp, stack_a
    la t0, switch_task
    csrw mtvec, t0
    call task_a
    li t1, 0x100000                 # the finisher: passed
    li t2, 0x5555
    sw t2, 0(t1)
1:  j 1b
    .size _start, . - _start

    .text
    .type task_a, @function
task_a:
    addi sp, sp, -16
    sw ra, 12(sp)
    call work_a
    lw ra, 12(sp)
    addi sp, sp, 16
    ret
    .size task_a, . - task_a

    .type work_a, @function
work_a:
    addi sp, sp, -16
    sw ra, 12(sp)                   # the other task has its own
    li t0, 100
1:  addi t0, t0, -1
    bnez t0, 1b
    ecall
    li t0, 100
1:  addi t0, t0, -1
    bnez t0, 1b
    ecall
    lw ra, 12(sp)
    addi sp, sp, 16
    ret
    .size work_a, . - work_a

    .type task_b, @function
task_b:
    call work_b
    .size task_b, . - task_b

    .type work_b, @function
work_b:
    li t0, 1000
1:  addi t0, t0, -1
    bnez t0, 1b
    ecall
    j work_b
    .size work_b, . - work_b

# The other task goes on after its own ecall, on its own stack.
    .balign 4
    .type switch_task, @function
switch_task:
    csrr t1, mepc
    addi t1, t1, 4
    la t3, other
    lw t2, 0(t3)
    sw t1, 0(t3)
    csrw mepc, t2
    lw t2, 4(t3)
    sw sp, 4(t3)
    mv sp, t2
    mret
    .size switch_task, . - switch_task

    .data
    .balign 16
other:
    .word task_b, stack_b           # pc and sp
    .skip 248
stack_a:
    .skip 256
stack_b:
