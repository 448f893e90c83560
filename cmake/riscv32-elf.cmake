# Bare-metal RV32IMAC toolchain: Debian's gcc-riscv64-unknown-elf, with no C library.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)   # nothing to link a test program with
set(arch "-march=rv32imac_zicsr_zifencei -mabi=ilp32 -mcmodel=medany")
set(CMAKE_C_FLAGS_INIT "${arch} -ffreestanding -ffunction-sections -fdata-sections")
set(CMAKE_ASM_FLAGS_INIT "${arch}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib -Wl,--gc-sections,--fatal-warnings")
