# The page and the built-in emotes and flairs become part of the program.
file(GLOB_RECURSE web_files CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_LIST_DIR}/pages/* ${CMAKE_CURRENT_LIST_DIR}/assets/*)

# And hls.js, which package.json names and npm fetches into the build folder. Where that fails the build goes on
# without it, and tries again the next time, because the stamp is missing.
set(web_built ${CMAKE_CURRENT_BINARY_DIR}/web)
set(web_vendor hls.light.min.mjs hls.worker.js hls.license.txt)
list(TRANSFORM web_vendor PREPEND ${web_built}/pages/app/vendor/)
add_custom_command(OUTPUT ${web_vendor} ${web_built}/hls.stamp
  COMMAND ${CMAKE_COMMAND} -DFROM=${CMAKE_CURRENT_LIST_DIR} -DTO=${web_built} -P ${CMAKE_CURRENT_LIST_DIR}/vendor.cmake
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/package.json ${CMAKE_CURRENT_LIST_DIR}/package-lock.json
    ${CMAKE_CURRENT_LIST_DIR}/vendor.cmake
  COMMENT "Fetching hls.js with npm"
  VERBATIM)
strims_embed(web BASE ${CMAKE_CURRENT_LIST_DIR} FILES ${web_files} ${web_vendor})
