# Thin wrappers, so that every target is built with the same flags and a
# CMakeLists.txt says only what is particular to its folder.
#
# The packaged LLVM has RTTI on and exceptions on or off as the user likes; we
# keep both on, because SystemC and protobuf need them.

set(ACC_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, for example address,undefined")
option(ACC_WERROR "Treat warnings as errors" OFF)

option(ACC_FUZZ "Build test/fuzz for libFuzzer" OFF)

if(ACC_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
if(ACC_SANITIZE)
  # Undefined behaviour ends a program, as does a wrong address.
  add_compile_options(-fsanitize=${ACC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ACC_SANITIZE})
endif()

# Floating-point contraction would make the bit-exact models depend on the
# host compiler.
add_compile_options(-ffp-contract=off)

# libstdc++ 12 uses a function in std::stable_sort that it marks as deprecated.
set(ACC_WARNINGS -Wall -Wextra -Wno-unused-parameter -Wno-deprecated-declarations)
if(ACC_SANITIZE)
  # Instrumented loops do not vectorise; that is no defect.
  list(APPEND ACC_WARNINGS -Wno-pass-failed)
endif()
if(ACC_WERROR)
  list(APPEND ACC_WARNINGS -Werror)
endif()

function(_acc_common target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  target_include_directories(${target} SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  target_compile_options(${target} PRIVATE ${ACC_WARNINGS})
  set_property(GLOBAL APPEND PROPERTY ACC_TARGETS ${target})
endfunction()

# acc_library(Name sources... [LINK libs...] [DEPENDS targets...])
# A static library. LINK is PUBLIC. Link against LLVM and MLIR by the names
# `LLVM` and `MLIR` only: these are the shared libraries, and mixing them with
# their static parts gives every dialect two type identifiers.
function(acc_library name)
  cmake_parse_arguments(A "" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${A_UNPARSED_ARGUMENTS})
  _acc_common(${name})
  if(A_LINK)
    target_link_libraries(${name} PUBLIC ${A_LINK})
  endif()
  if(A_DEPENDS)
    add_dependencies(${name} ${A_DEPENDS})
  endif()
endfunction()

# Data of an installation, relative to its prefix; tools find it from where they
# are (dialects/Target/DataDirectory.cpp).
set(ACC_INSTALL_DATA share/acc)
# LLVM and SystemC are where they were found.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

# acc_embed(FILE NAME): NAME.inc holds the file's text as a C++ literal.
function(acc_embed file name)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}.inc"
    CONTENT "R\"embedded(@text@)embedded\"\n" @ONLY)
endfunction()

# acc_install_tool(name): an executable of the installation, if it has been
# built.
function(acc_install_tool name)
  install(TARGETS ${name} RUNTIME DESTINATION bin OPTIONAL)
endfunction()

# acc_tool(name sources... [LINK libs...] [DEPENDS targets...])
# An executable in build/<preset>/bin; the lit suite depends on all of them.
function(acc_tool name)
  cmake_parse_arguments(A "" "" "LINK;DEPENDS" ${ARGN})
  add_executable(${name} ${A_UNPARSED_ARGUMENTS})
  _acc_common(${name})
  target_link_libraries(${name} PRIVATE ${A_LINK})
  if(A_DEPENDS)
    add_dependencies(${name} ${A_DEPENDS})
  endif()
  set_property(GLOBAL APPEND PROPERTY ACC_TOOLS ${name})
  acc_install_tool(${name})
endfunction()

# acc_unit_test(name sources... [LINK libs...])
# A GoogleTest program, run by CTest.
function(acc_unit_test name)
  cmake_parse_arguments(A "" "" "LINK" ${ARGN})
  add_executable(${name} ${A_UNPARSED_ARGUMENTS})
  _acc_common(${name})
  target_link_libraries(${name} PRIVATE ${A_LINK} GTest::gtest GTest::gtest_main Threads::Threads)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/unittests)
  target_compile_definitions(${name} PRIVATE ACC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# mlir_tablegen(out args...) after set(LLVM_TARGET_DEFINITIONS file.td) is
# upstream's; it needs the include directories of MLIR and of the project.
include(AddLLVM)
include(AddMLIR)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})

# acc_doc(name file.td generator [args...])
# Writes build/<preset>/docs/<name>.md from the descriptions in a TableGen file.
function(acc_doc name td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  mlir_tablegen(${name}.md ${ARGN})
  set(page ${CMAKE_BINARY_DIR}/docs/${name}.md)
  add_custom_command(OUTPUT ${page}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_BINARY_DIR}/${name}.md ${page}
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${name}.md)
  add_custom_target(AccDoc-${name} ALL DEPENDS ${page})
endfunction()
