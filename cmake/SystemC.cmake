# Debian ships SystemC without a CMake package: make the target ourselves.
# Its library is built as C++17; SC_CPLUSPLUS lets C++20 code use the same headers.
find_library(SYSTEMC_LIBRARY systemc REQUIRED)
find_path(SYSTEMC_INCLUDE_DIR NAMES systemc REQUIRED)
find_path(TLM_INCLUDE_DIR NAMES tlm REQUIRED)
mark_as_advanced(SYSTEMC_LIBRARY SYSTEMC_INCLUDE_DIR TLM_INCLUDE_DIR)
add_library(SystemC::systemc SHARED IMPORTED GLOBAL)
set_target_properties(SystemC::systemc PROPERTIES
  IMPORTED_LOCATION ${SYSTEMC_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES "${SYSTEMC_INCLUDE_DIR};${TLM_INCLUDE_DIR}"   # IMPORTED: already system includes
  INTERFACE_COMPILE_DEFINITIONS "SC_INCLUDE_DYNAMIC_PROCESSES;SC_CPLUSPLUS=201703L")
