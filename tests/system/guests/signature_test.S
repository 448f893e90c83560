# In the style of riscv-arch-test: results go to the signature, then the model's halt.
#include "riscv_test.h"
RVTEST_CODE_BEGIN
    la s0, begin_signature
    li t0, 0x12345678
    sw t0, 0(s0)
    li t1, -1
    mulhu t2, t0, t1
    sw t2, 4(s0)
    sh t0, 8(s0)
    sb t0, 13(s0)
    RVMODEL_HALT
RVTEST_DATA
RVMODEL_DATA_BEGIN
    .fill 5, 4, 0xdeadbeef
    .globl end_signature
end_signature:
