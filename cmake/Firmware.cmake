# The firmware: a CMake project of its own with its own compiler, built into <build>/firmware/*.elf.
include(ExternalProject)
find_program(RISCV_GCC riscv64-unknown-elf-gcc REQUIRED)
mark_as_advanced(RISCV_GCC)
set(CAIRN_FIRMWARE ${PROJECT_BINARY_DIR}/firmware)
ExternalProject_Add(firmware
  SOURCE_DIR ${PROJECT_SOURCE_DIR}/firmware
  BINARY_DIR ${CAIRN_FIRMWARE}
  STAMP_DIR ${PROJECT_BINARY_DIR}/firmware-stamps
  TMP_DIR ${PROJECT_BINARY_DIR}/firmware-stamps
  CMAKE_ARGS -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/riscv32-elf.cmake
             -DCAIRN_GENERATED=${CAIRN_GENERATED}
             -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
  BUILD_ALWAYS ON       # its own build decides what is out of date
  INSTALL_COMMAND "")
add_dependencies(firmware generated_headers)
