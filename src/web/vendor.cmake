# cmake -DFROM=<src/web> -DTO=<folder> -P vendor.cmake
#
# Fetches hls.js in the version of FROM/package-lock.json with npm, and puts its player, its worker and its license into
# TO/pages/app/vendor. It never fails: without npm or the network, notes take their place, and the page plays what the
# browser can play by itself.
cmake_minimum_required(VERSION 3.25)
set(vendor ${TO}/pages/app/vendor)
set(work ${TO}/npm)
set(library ${work}/node_modules/hls.js)
file(MAKE_DIRECTORY ${vendor} ${work})
file(REMOVE ${TO}/hls.stamp)

function(do_without why)
  if(NOT EXISTS ${vendor}/hls.light.min.mjs)
    foreach(name hls.light.min.mjs hls.worker.js hls.license.txt)
      file(WRITE ${vendor}/${name} "// ${name} was not to be had when this program was built.\n")
    endforeach()
  endif()
  message(NOTICE
    "note: built without a new hls.js (${why}).\n"
    "note: Video plays only in browsers that know HLS themselves, until npm works and the program is built again.")
endfunction()

find_program(npm npm)
if(NOT npm)
  do_without("npm is not installed")
  return()
endif()
foreach(name package.json package-lock.json)
  file(COPY_FILE ${FROM}/${name} ${work}/${name})
endforeach()
execute_process(
  COMMAND ${npm} ci --ignore-scripts --no-audit --no-fund --no-update-notifier --prefer-offline
    --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=60000
  WORKING_DIRECTORY ${work} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code EQUAL 0 OR NOT EXISTS ${library}/dist/hls.light.min.mjs)
  string(STRIP "${output}" output)
  message(NOTICE "${output}")
  do_without("npm ci failed")
  return()
endif()
foreach(name hls.light.min.mjs hls.worker.js)
  file(COPY_FILE ${library}/dist/${name} ${vendor}/${name} ONLY_IF_DIFFERENT)
endforeach()
file(COPY_FILE ${library}/LICENSE ${vendor}/hls.license.txt ONLY_IF_DIFFERENT)
file(TOUCH ${TO}/hls.stamp)
