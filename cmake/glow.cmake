# SPDX-License-Identifier: MIT
# Flags shared by every floor, and the reader of the .def lists.

set(GLOW_SUPPORT_URL "" CACHE STRING "Where people find help, as Home Assistant shows it; empty for nowhere")
add_library(glow_flags INTERFACE)
target_include_directories(glow_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(glow_flags INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64 _TIME_BITS=64
                           GLOW_VERSION="${PROJECT_VERSION}" GLOW_SUPPORT_URL="${GLOW_SUPPORT_URL}")
target_compile_options(glow_flags INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla
  -Wno-missing-field-initializers -fno-common -fvisibility=hidden)
if(GLOW_WERROR)
  target_compile_options(glow_flags INTERFACE -Werror)
endif()
if(GLOW_SANITIZE)
  target_compile_options(glow_flags INTERFACE -fsanitize=${GLOW_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(glow_flags INTERFACE -fsanitize=${GLOW_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(glow_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  target_link_options(glow_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

# glow_floor(<name> SOURCES <file>… LINK <floor below>…): one static library a floor.
function(glow_floor name)
  cmake_parse_arguments(F "" "" "SOURCES;LINK" ${ARGN})
  add_library(glow_${name} STATIC ${F_SOURCES})
  target_link_libraries(glow_${name} PUBLIC glow_flags ${F_LINK})
endfunction()

# glow_rows(<file.def> <out>): the names in the X(name) rows of a list, in order.
# The same list is an X-macro for C, so a row is written once.
function(glow_rows def out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${def})
  file(STRINGS ${def} rows REGEX "^X\\(")
  set(names)
  foreach(row IN LISTS rows)
    string(REGEX REPLACE "^X\\(([a-z0-9_]+)\\).*" "\\1" name "${row}")
    list(APPEND names ${name})
  endforeach()
  set(${out} ${names} PARENT_SCOPE)
endfunction()
