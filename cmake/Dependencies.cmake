# Everything comes from Debian packages (packages.txt); nothing is downloaded or vendored.
include(SystemC)
find_package(Threads REQUIRED)
find_program(Python3_EXECUTABLE python3 PATHS /usr/bin NO_DEFAULT_PATH)   # Debian's: numpy and onnx are installed for it
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS iostreams)
find_package(Protobuf REQUIRED)
find_package(asmjit REQUIRED)
find_package(ONNX REQUIRED)   # target onnx_proto; it carries ONNX_NAMESPACE=onnx and ONNX_ML=1

find_library(LIBELF_LIBRARY elf REQUIRED)
find_path(LIBELF_INCLUDE_DIR NAMES libelf.h gelf.h REQUIRED)
mark_as_advanced(LIBELF_LIBRARY LIBELF_INCLUDE_DIR)
add_library(LibElf::elf SHARED IMPORTED GLOBAL)
set_target_properties(LibElf::elf PROPERTIES
  IMPORTED_LOCATION ${LIBELF_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBELF_INCLUDE_DIR})

find_library(LIBDW_LIBRARY dw REQUIRED)   # elfutils: DWARF lines and call frames
find_path(LIBDW_INCLUDE_DIR NAMES elfutils/libdw.h REQUIRED)
mark_as_advanced(LIBDW_LIBRARY LIBDW_INCLUDE_DIR)
add_library(LibDw::dw SHARED IMPORTED GLOBAL)
set_target_properties(LibDw::dw PROPERTIES
  IMPORTED_LOCATION ${LIBDW_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBDW_INCLUDE_DIR}
  INTERFACE_LINK_LIBRARIES LibElf::elf)
