# Headers generated from TOML descriptions, all in one folder that every target sees.
#
# Two targets matter outside this file: `generated_headers` builds them all, `docs` writes the pages under docs/
# that are made from the same descriptions. A test fails when a committed page is stale.
set(CAIRN_GENERATED ${PROJECT_BINARY_DIR}/generated)
set(generator_dir ${PROJECT_SOURCE_DIR}/tools)
file(GLOB generator_sources CONFIGURE_DEPENDS ${generator_dir}/*gen.py ${generator_dir}/generator/*.py)

add_custom_target(generated_headers)
add_library(cairn_generated INTERFACE)
add_library(cairn::generated ALIAS cairn_generated)
target_include_directories(cairn_generated INTERFACE ${CAIRN_GENERATED})
add_dependencies(cairn_generated generated_headers)

# generate(what OUTPUT ... FROM x.toml COMMAND ...): one custom target that generated_headers depends on.
function(generate what)
  cmake_parse_arguments(arg "" "FROM" "OUTPUT;COMMAND" ${ARGN})
  add_custom_command(OUTPUT ${arg_OUTPUT} COMMAND Python3::Interpreter ${arg_COMMAND}
    DEPENDS ${arg_FROM} ${generator_sources} COMMENT "Generating ${what}" VERBATIM)
  add_custom_target(generate_${what} DEPENDS ${arg_OUTPUT})
  add_dependencies(generated_headers generate_${what})
endfunction()

# cairn_generate_registers(dma.toml) -> <block>_regs.hpp, <block>_regs.h. The file is named after its block.
function(cairn_generate_registers toml)
  cmake_path(ABSOLUTE_PATH toml NORMALIZE OUTPUT_VARIABLE path)
  cmake_path(GET path STEM block)
  set(out ${CAIRN_GENERATED}/${block}_regs)
  generate(${block}_regs FROM ${path} OUTPUT ${out}.hpp ${out}.h
    COMMAND ${generator_dir}/reggen.py ${path} --cpp ${out}.hpp --c ${out}.h)
  set_property(GLOBAL APPEND PROPERTY CAIRN_REGISTER_FILES ${path})
endfunction()

# cairn_generate_struct(job.toml) -> <format name>.hpp, <format name>.h. Asking twice is harmless.
function(cairn_generate_struct toml)
  cmake_path(ABSOLUTE_PATH toml NORMALIZE OUTPUT_VARIABLE path)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})   # its name may change
  file(STRINGS ${path} name REGEX "^name *= *\"" LIMIT_COUNT 1)
  string(REGEX REPLACE "^name *= *\"([a-z0-9_]+)\".*" "\\1" name "${name}")
  if(TARGET generate_${name})
    return()   # asked for before
  endif()
  generate(${name} FROM ${path} OUTPUT ${CAIRN_GENERATED}/${name}.hpp ${CAIRN_GENERATED}/${name}.h
    COMMAND ${generator_dir}/structgen.py ${path} --out-dir ${CAIRN_GENERATED})
  set_property(GLOBAL APPEND PROPERTY CAIRN_STRUCT_FILES ${path})
  set_property(GLOBAL APPEND PROPERTY CAIRN_STRUCT_NAMES ${name})
endfunction()

# cairn_generate_map(memory_map.toml) -> memory_map.hpp, memory_map.h, memory_map.ld
function(cairn_generate_map toml)
  cmake_path(ABSOLUTE_PATH toml NORMALIZE OUTPUT_VARIABLE path)
  set(out ${CAIRN_GENERATED}/memory_map)
  generate(memory_map FROM ${path} OUTPUT ${out}.hpp ${out}.h ${out}.ld
    COMMAND ${generator_dir}/mapgen.py ${path} --cpp ${out}.hpp --c ${out}.h --ld ${out}.ld)
  set_property(GLOBAL PROPERTY CAIRN_MAP_FILE ${path})
endfunction()

# Call last: the target `docs`, and (with tests) the test that the committed pages are what it would write.
function(cairn_generate_docs)
  get_property(registers GLOBAL PROPERTY CAIRN_REGISTER_FILES)
  get_property(structs GLOBAL PROPERTY CAIRN_STRUCT_FILES)
  get_property(names GLOBAL PROPERTY CAIRN_STRUCT_NAMES)
  get_property(map GLOBAL PROPERTY CAIRN_MAP_FILE)
  set(docs ${PROJECT_SOURCE_DIR}/docs)
  set(map_docs ${generator_dir}/mapgen.py ${map} --md ${docs}/memory_map.md)
  set(commands COMMAND Python3::Interpreter ${map_docs})
  set(pages memory_map)
  set(page_memory_map ${map_docs})
  if(registers)
    set(page_registers ${generator_dir}/reggen.py ${registers} --map ${map} --md ${docs}/registers.md --svd ${docs}/cairn.svd)
    list(APPEND commands COMMAND Python3::Interpreter ${page_registers})
    list(APPEND pages registers)
  endif()
  foreach(struct name IN ZIP_LISTS structs names)
    set(page_${name} ${generator_dir}/structgen.py ${struct} --md ${docs}/${name}.md)
    list(APPEND commands COMMAND Python3::Interpreter ${page_${name}})
    list(APPEND pages ${name})
  endforeach()
  add_custom_target(docs ${commands} COMMENT "Writing the generated pages of docs/" VERBATIM)
  if(BUILD_TESTING)
    foreach(page IN LISTS pages)
      add_test(NAME lint/docs_${page}_is_current COMMAND Python3::Interpreter ${page_${page}} --check)
      set_tests_properties(lint/docs_${page}_is_current PROPERTIES LABELS lint TIMEOUT 60)
    endforeach()
  endif()
endfunction()
