# The page and the built-in emotes and flairs become part of the program.
file(GLOB_RECURSE web_files CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_LIST_DIR}/pages/* ${CMAKE_CURRENT_LIST_DIR}/assets/*)
strims_embed(web BASE ${CMAKE_CURRENT_LIST_DIR} FILES ${web_files})
