# SystemC and TLM take longer to parse than most models: parse them once for all libraries that use them.
# The tidy preset switches this off and so finds missing includes.
add_library(cairn_systemc_headers OBJECT ${CMAKE_CURRENT_LIST_DIR}/systemc_headers.cpp)
target_link_libraries(cairn_systemc_headers PRIVATE SystemC::systemc cairn_warnings)
target_precompile_headers(cairn_systemc_headers PRIVATE
  <systemc> <tlm> <tlm_utils/simple_initiator_socket.h> <tlm_utils/simple_target_socket.h>
  <cstdint> <functional> <map> <memory> <string> <vector>)

# True in `result` if `target` links SystemC, directly or through another target.
function(uses_systemc target result)
  set(${result} FALSE PARENT_SCOPE)
  get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
  foreach(link IN LISTS links)
    if(link STREQUAL SystemC::systemc)
      set(${result} TRUE PARENT_SCOPE)
      return()
    elseif(link MATCHES "^cairn" AND TARGET ${link})
      uses_systemc(${link} found)
      if(found)
        set(${result} TRUE PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
endfunction()

# Call when all libraries are there.
function(cairn_precompile_systemc)
  get_property(libraries GLOBAL PROPERTY CAIRN_LIBRARIES)
  foreach(library IN LISTS libraries)
    uses_systemc(${library} found)
    if(found)
      target_precompile_headers(${library} REUSE_FROM cairn_systemc_headers)
    endif()
  endforeach()
endfunction()
