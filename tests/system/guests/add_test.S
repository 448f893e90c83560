# In the style of riscv-tests: numbered cases, the result through tohost. EXPECTED is the sum of 2 and 3 to claim.
#include "riscv_test.h"
RVTEST_CODE_BEGIN
    TEST_CASE(2, a0, 5, li a1, 2; li a2, 3; add a0, a1, a2)
    TEST_CASE(3, a0, EXPECTED, li a1, 2; li a2, 3; add a0, a1, a2)
    TEST_CASE(4, a0, 0xffffffff, li a1, 2; li a2, 3; sub a0, a1, a2)
    RVTEST_PASS
fail:
    RVTEST_FAIL
RVTEST_DATA
