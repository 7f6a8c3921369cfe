# Compiler cache, linker, warnings and sanitizers, the same for every target.

find_program(CCACHE ccache)
if(CCACHE)
  # The sloppiness lets ccache see through the precompiled header; the base folder lets a fresh checkout elsewhere
  # use what another one has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

find_program(MOLD mold)
if(MOLD)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_link_options(-fuse-ld=mold)
  else()
    add_link_options(--ld-path=${MOLD})
  endif()
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                    -Werror=return-type -Werror=unused-result)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess -Wno-missing-field-initializers)
else()
  add_compile_options(-Wno-missing-field-initializers -Wthread-safety)
endif()

if(STRIMS_SANITIZE)
  add_compile_options(-fsanitize=${STRIMS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${STRIMS_SANITIZE})
  add_compile_definitions(STRIMS_SANITIZED=1)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code confuses this analysis; the plain builds keep it.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()

if(STRIMS_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "STRIMS_FUZZ needs clang (libFuzzer)")
  endif()
  # Coverage in all our code, so that the fuzzer is guided by the modules and not only by its own target; bounds
  # checks in the standard containers.
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
