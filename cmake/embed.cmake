# strims_embed(module variable-namespace files...) turns files into a generated source of the module:
# `strims::<module>::embedded()` returns {path, bytes} for each, path relative to the given BASE.
function(strims_embed module)
  cmake_parse_arguments(arg "" "BASE" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${module}_embedded.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tools/embed.py ${module} ${arg_BASE} ${out} ${arg_FILES}
    DEPENDS ${arg_FILES} ${PROJECT_SOURCE_DIR}/tools/embed.py
    VERBATIM)
  target_sources(strims_${module} PRIVATE ${out})
endfunction()
