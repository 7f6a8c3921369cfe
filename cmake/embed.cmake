# strims_embed(module BASE dir FILES files...) compiles files into the module:
# `std::span<const EmbeddedFile> strims::<module>::embedded()` (base/embedded.h) gives {path, bytes} of each,
# sorted by path, which is relative to BASE. Call it in src/<module>/embed.cmake; the module needs a source.
function(strims_embed module)
  cmake_parse_arguments(arg "" "BASE" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${module}_embedded.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tools/embed.py ${module} ${arg_BASE} ${out} ${arg_FILES}
    DEPENDS ${arg_FILES} ${PROJECT_SOURCE_DIR}/tools/embed.py
    VERBATIM)
  # The assembler reads the files when the source is compiled.
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${arg_FILES}")
  get_target_property(type strims_${module} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_sources(strims_${module} PRIVATE ${out})
  endif()
endfunction()
