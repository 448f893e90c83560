/* Macros of the public RISC-V test suites (riscv-tests' env/p, riscv-arch-test's RVMODEL), written anew: what a test
 * program there expects of a machine. */
#ifndef RISCV_TEST_H
#define RISCV_TEST_H

#define TESTNUM gp

/* clang-format off */
#define RVTEST_CODE_BEGIN        \
  .section .text.init;           \
  .globl _start;                 \
  _start:                        \
  li TESTNUM, 0;                 \
  la t0, trap_vector;            \
  csrw mtvec, t0;                \
  j test_begin;                  \
  .align 2;                      \
  trap_vector:                   \
  csrr t5, mcause;               \
  li t6, 11;                     \
  beq t5, t6, write_tohost;      \
  ori TESTNUM, TESTNUM, 1337;    \
  write_tohost:                  \
  sw TESTNUM, tohost, t5;        \
  sw zero, tohost + 4, t5;       \
  j write_tohost;                \
  test_begin:

#define RVTEST_PASS              \
  fence;                         \
  li TESTNUM, 1;                 \
  li a7, 93;                     \
  li a0, 0;                      \
  ecall

#define RVTEST_FAIL              \
  fence;                         \
1:beqz TESTNUM, 1b;              \
  sll TESTNUM, TESTNUM, 1;       \
  or TESTNUM, TESTNUM, 1;        \
  li a7, 93;                     \
  addi a0, TESTNUM, 0;           \
  ecall

#define TEST_CASE(number, reg, expected, code...) \
  li TESTNUM, number;            \
  code;                          \
  li x7, expected;               \
  bne reg, x7, fail

#define RVMODEL_HALT             \
  li x1, 1;                      \
  1: sw x1, tohost, t5;          \
  j 1b

#define RVTEST_DATA                                                        \
  .pushsection .tohost, "aw", @progbits;                                   \
  .align 6; .globl tohost; tohost: .dword 0; .size tohost, 8;              \
  .align 6; .globl fromhost; fromhost: .dword 0; .size fromhost, 8;        \
  .popsection

#define RVMODEL_DATA_BEGIN .data; .align 4; .globl begin_signature; begin_signature:
#define RVMODEL_DATA_END .align 4; .globl end_signature; end_signature:
/* clang-format on */

#endif /* RISCV_TEST_H */
