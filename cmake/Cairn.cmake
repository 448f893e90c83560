# cairn_library and cairn_test: how every folder under models/, compiler/, platform/ and tests/ is built.
include(Generate)
option(CAIRN_WERROR "Treat compiler warnings as errors" ON)

add_library(cairn_warnings INTERFACE)
target_compile_options(cairn_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Wshadow $<$<BOOL:${CAIRN_WERROR}>:-Werror>)

include(PrecompiledSystemC)

# cairn_library(name SOURCES ... [REGS x.toml ...] [LINK ...])
# One library per folder, as target cairn::name. Headers are included from the repository root.
# LINK is public; a library without SOURCES is header-only.
function(cairn_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;REGS;LINK" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cairn_library(${name}): unknown argument ${arg_UNPARSED_ARGUMENTS}")
  endif()
  foreach(toml IN LISTS arg_REGS)
    cairn_generate_registers(${toml})
  endforeach()
  if(arg_SOURCES)
    add_library(cairn_${name} STATIC ${arg_SOURCES})
    target_include_directories(cairn_${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(cairn_${name} PUBLIC cairn_generated ${arg_LINK} PRIVATE cairn_warnings)
    add_dependencies(cairn_${name} generated_headers)
    set_property(GLOBAL APPEND PROPERTY CAIRN_LIBRARIES cairn_${name})
  else()
    add_library(cairn_${name} INTERFACE)
    target_include_directories(cairn_${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(cairn_${name} INTERFACE cairn_generated ${arg_LINK})
  endif()
  add_library(cairn::${name} ALIAS cairn_${name})
endfunction()

# cairn_test(name LABEL unit|model|firmware|system SOURCES ... [LINK ...] [TIMEOUT seconds])
# CTest runs every TEST in a process of its own: SystemC allows one elaboration per process.
function(cairn_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(NOT arg_LABEL OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cairn_test(${name}): LABEL is missing, or unknown argument ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${name} ${arg_SOURCES} $<TARGET_OBJECTS:test_main>)
  target_link_libraries(${name} PRIVATE ${arg_LINK} cairn_generated GTest::gtest SystemC::systemc cairn_warnings)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  set(c_sources ${arg_SOURCES})
  list(FILTER c_sources INCLUDE REGEX "\\.c$")
  if(NOT c_sources)   # one precompiled header cannot serve two languages
    target_precompile_headers(${name} REUSE_FROM test_main)
  endif()
  add_dependencies(${name} generated_headers)
  gtest_discover_tests(${name} TEST_PREFIX "${arg_LABEL}/" NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
endfunction()

# cairn_python_test(name LABEL x SCRIPT file.py [ARGS ...]): a Python unittest file as one test.
function(cairn_python_test name)
  cmake_parse_arguments(arg "" "LABEL;SCRIPT" "ARGS" ${ARGN})
  add_test(NAME ${arg_LABEL}/${name} COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SCRIPT} ${arg_ARGS}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${arg_LABEL}/${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT 60)
endfunction()
