# Reading upstream's headers is most of the time of a build, so they are read
# once (docs/decisions/0097-precompiled-headers.md). A source includes what it
# uses all the same: the debug preset builds without.
option(ACC_PRECOMPILE "Precompile MLIR's headers" ON)

set(ACC_PRECOMPILED_HEADERS
  <map> <optional> <string> <vector>
  <llvm/ADT/STLExtras.h> <llvm/ADT/StringExtras.h> <llvm/ADT/TypeSwitch.h>
  <llvm/Support/CommandLine.h> <llvm/Support/Error.h> <llvm/Support/FormatVariadic.h> <llvm/Support/JSON.h>
  <mlir/Dialect/Affine/IR/AffineOps.h> <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Bufferization/IR/Bufferization.h> <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/Linalg/IR/Linalg.h> <mlir/Dialect/Math/IR/Math.h> <mlir/Dialect/MemRef/IR/MemRef.h>
  <mlir/Dialect/SCF/IR/SCF.h> <mlir/Dialect/Tensor/IR/Tensor.h>
  <mlir/IR/DialectResourceBlobManager.h> <mlir/IR/Matchers.h> <mlir/IR/PatternMatch.h>
  <mlir/Pass/Pass.h> <mlir/Pass/PassManager.h> <mlir/Transforms/GreedyPatternRewriteDriver.h>)

# Sets `result` to whether a target links MLIR, itself or through a library.
function(_acc_links_mlir target result)
  get_property(known GLOBAL PROPERTY ACC_LINKS_MLIR_${target} SET)
  if(NOT known)
    set(links FALSE)
    if(TARGET ${target})
      get_target_property(libraries ${target} LINK_LIBRARIES)
      foreach(library ${libraries})
        if(library STREQUAL "MLIR")
          set(links TRUE)
        elseif(NOT links AND library MATCHES "^Acc")
          _acc_links_mlir(${library} links)
        endif()
      endforeach()
    endif()
    set_property(GLOBAL PROPERTY ACC_LINKS_MLIR_${target} ${links})
  endif()
  get_property(links GLOBAL PROPERTY ACC_LINKS_MLIR_${target})
  set(${result} ${links} PARENT_SCOPE)
endfunction()

# acc_precompile_headers()
# Has every target that links MLIR read its headers precompiled; called when
# all targets are there. Code of libraries and of programs is position
# independent in different ways, so each have their own.
function(acc_precompile_headers)
  if(NOT ACC_PRECOMPILE)
    return()
  endif()
  file(CONFIGURE OUTPUT precompiled/library.cpp CONTENT "")
  file(CONFIGURE OUTPUT precompiled/program.cpp CONTENT "int main() { return 0; }\n")
  acc_library(AccHeadersOfLibraries ${CMAKE_CURRENT_BINARY_DIR}/precompiled/library.cpp LINK MLIR LLVM)
  add_executable(AccHeadersOfPrograms ${CMAKE_CURRENT_BINARY_DIR}/precompiled/program.cpp)
  _acc_common(AccHeadersOfPrograms)
  target_link_libraries(AccHeadersOfPrograms PRIVATE MLIR LLVM)
  foreach(target AccHeadersOfLibraries AccHeadersOfPrograms)
    target_precompile_headers(${target} PRIVATE ${ACC_PRECOMPILED_HEADERS})
    # The same bytes whenever they are made, for ccache, which does not make them itself.
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "")
  endforeach()

  get_property(targets GLOBAL PROPERTY ACC_TARGETS)
  list(REMOVE_ITEM targets AccHeadersOfLibraries AccHeadersOfPrograms)
  foreach(target ${targets})
    _acc_links_mlir(${target} links)
    if(links)
      get_target_property(type ${target} TYPE)
      if(type STREQUAL "EXECUTABLE")
        target_precompile_headers(${target} REUSE_FROM AccHeadersOfPrograms)
      else()
        target_precompile_headers(${target} REUSE_FROM AccHeadersOfLibraries)
      endif()
    endif()
  endforeach()
endfunction()
