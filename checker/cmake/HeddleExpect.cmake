# cmake -DEXPECTED=N -P HeddleExpect.cmake -- program arguments...
#
# Runs the program and fails where it does not end with exit code N. (CTest's WILL_FAIL takes a crash for a violation.)

set(command "")
set(begun FALSE)
foreach(index RANGE 1 ${CMAKE_ARGC})
  if(begun AND index LESS CMAKE_ARGC)
    list(APPEND command "${CMAKE_ARGV${index}}")
  elseif("${CMAKE_ARGV${index}}" STREQUAL "--")
    set(begun TRUE)
  endif()
endforeach()

execute_process(COMMAND ${command} RESULT_VARIABLE exit_code)
if(NOT exit_code STREQUAL EXPECTED)
  message(FATAL_ERROR "Expected exit code ${EXPECTED}, got: ${exit_code}")
endif()
