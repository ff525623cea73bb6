# heddle_add_test(name sources... [EXPECT verified|violated|error|inconclusive] [OPTIONS option...])
#
# Builds a harness from the sources and registers it with CTest under its name. The test passes where the run ends with
# the verdict expected; without EXPECT that is `verified`. OPTIONS stand on the harness's command line.

set(heddle_expect_script ${CMAKE_CURRENT_LIST_DIR}/HeddleExpect.cmake CACHE INTERNAL "")

function(heddle_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "EXPECT" "OPTIONS")
  if(NOT test_EXPECT)
    set(test_EXPECT verified)
  endif()
  set(verdicts verified violated error inconclusive)  # the place of each is its exit code
  list(FIND verdicts "${test_EXPECT}" exit_code)
  if(exit_code EQUAL -1)
    message(FATAL_ERROR "heddle_add_test(${name}): EXPECT is one of ${verdicts}; not '${test_EXPECT}'.")
  endif()
  if(NOT test_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "heddle_add_test(${name}): no source files.")
  endif()

  add_executable(${name} ${test_UNPARSED_ARGUMENTS})
  # All of it, so that a main() among the sources is an error of the linker, and not what runs instead of the tests.
  target_link_libraries(${name} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,heddle::main>)
  target_compile_options(${name} PRIVATE -fno-omit-frame-pointer)
  add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -DEXPECTED=${exit_code} -P ${heddle_expect_script}
                                -- $<TARGET_FILE:${name}> ${test_OPTIONS})
endfunction()
