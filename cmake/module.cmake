# strims_module(name [DEPS other...] [LIBS third-party...])
#
# One static library `strims_<name>` from src/<name>/**/*.cc and one test program `<name>_test` from
# src/<name>/**/*_test.cc. DEPS are modules of a lower layer; LIBS are third-party link targets, private to
# the module: no third-party header may appear in our headers.

add_library(strims_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cc)
target_precompile_headers(strims_pch PRIVATE
  <algorithm> <array> <atomic> <bit> <chrono> <cstdint> <cstring> <deque> <expected> <functional>
  <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <tuple>
  <unordered_map> <unordered_set> <utility> <variant> <vector>)

if(STRIMS_TESTS)
  # Tests read GoogleTest besides, which costs a second in each file. They are compiled without optimisation, in half
  # the time: what they test is optimised. Whoever uses this header links strims_test_options.
  add_library(strims_test_options INTERFACE)
  target_compile_options(strims_test_options INTERFACE -O0)
  add_library(strims_test_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cc)
  target_precompile_headers(strims_test_pch PRIVATE
    <algorithm> <array> <atomic> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <span> <string>
    <string_view> <thread> <unordered_map> <utility> <variant> <vector> <gmock/gmock.h> <gtest/gtest.h>)
  target_link_libraries(strims_test_pch PRIVATE strims_test_options GTest::gmock GTest::gtest Threads::Threads)
endif()

function(strims_module name)
  cmake_parse_arguments(arg "" "" "DEPS;LIBS" ${ARGN})
  set(dir ${PROJECT_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(deps ${arg_DEPS})
  list(TRANSFORM deps PREPEND strims_)

  if(sources)
    add_library(strims_${name} STATIC ${sources})
    target_include_directories(strims_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_precompile_headers(strims_${name} REUSE_FROM strims_pch)
    target_link_libraries(strims_${name} PUBLIC ${deps} PRIVATE ${arg_LIBS} Threads::Threads)
  else()
    add_library(strims_${name} INTERFACE)
    target_include_directories(strims_${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(strims_${name} INTERFACE ${deps})
  endif()

  if(STRIMS_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_precompile_headers(${name}_test REUSE_FROM strims_test_pch)
    target_link_libraries(${name}_test PRIVATE strims_${name} strims_test_options ${arg_LIBS} GTest::gmock
                          GTest::gtest_main Threads::Threads)
    target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_compile_definitions(${name}_test PRIVATE STRIMS_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
