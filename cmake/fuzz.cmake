# strims_fuzz(name DEPS modules...) builds tests/fuzz/<name>_fuzz.cc. With STRIMS_FUZZ (clang) it is a libFuzzer
# program; otherwise it is linked with a small driver that replays the committed corpus, as an ordinary test.
# The target `fuzzers` builds them all and what they need, nothing else.
add_custom_target(fuzzers)

function(strims_fuzz name)
  cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
  set(deps ${arg_DEPS})
  list(TRANSFORM deps PREPEND strims_)
  set(target ${name}_fuzz)
  if(STRIMS_FUZZ)
    add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cc)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cc
                             ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc)
    add_test(NAME fuzz_replay_${name} COMMAND ${target} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  endif()
  target_link_libraries(${target} PRIVATE ${deps} Threads::Threads)
  add_dependencies(fuzzers ${target})
endfunction()
