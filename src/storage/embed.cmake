# The migrations become part of the program.
file(GLOB migration_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/migrations/*.sql)
strims_embed(storage BASE ${CMAKE_CURRENT_LIST_DIR}/migrations FILES ${migration_files})
