# Writes model.json: what Runtime/RtlModels.cpp reads to make the model of a
# target on demand. Relative paths begin at the folder of the file.

function(_acc_json_list out)
  list(JOIN ARGN "\", \"" text)
  set(${out} "[\"${text}\"]" PARENT_SCOPE)
endfunction()

# acc_write_recipe(file ROOT folder SOURCES files... RACK_SOURCES files...): ROOT is
# the folder that rtl/ is in; RACK_SOURCES are for chips of a rack.
function(acc_write_recipe file)
  cmake_parse_arguments(A "" "ROOT" "SOURCES;RACK_SOURCES" ${ARGN})
  set(definitions ${XPU_MODEL_DEFINITIONS} ${XPU_WAVES_DEFINITIONS})
  list(TRANSFORM definitions PREPEND -D)
  _acc_json_list(verilate ${XPU_VERILATOR_FLAGS} ${XPU_WAVES_FLAGS} --top-module xpu_tb --prefix Vxpu_tb)
  _acc_json_list(one_slice ${XPU_ONE_SLICE_FLAGS})
  _acc_json_list(compile ${XPU_MODEL_OPTIONS} ${definitions})
  _acc_json_list(runtime ${XPU_VERILATOR_RUNTIME} ${XPU_WAVES_RUNTIME})
  _acc_json_list(sources ${A_SOURCES})
  _acc_json_list(rack_sources ${A_RACK_SOURCES})
  set(libraries -lpthread)
  if(ACC_RTL_WAVES)
    list(APPEND libraries -lz)
  endif()
  _acc_json_list(libraries ${libraries})
  file(CONFIGURE OUTPUT ${file} CONTENT "{
  \"root\": \"${A_ROOT}\",
  \"verilate\": ${verilate},
  \"one_slice\": ${one_slice},
  \"sources\": ${sources},
  \"rack_sources\": ${rack_sources},
  \"compile\": ${compile},
  \"runtime\": ${runtime},
  \"libraries\": ${libraries}
}
" @ONLY)
endfunction()

set(_sources ${XPU_WAIVERS} ${XPU_ISA_SV} ${XPU_SFU_SV} ${XPU_RTL_PACKAGES} ${XPU_RTL_MODULES} ${XPU_RTL_BENCH})
set(_rack_sources ${XPU_WAIVERS} ${XPU_ISA_SV} ${XPU_SFU_SV} ${XPU_RTL_PACKAGES} ${XPU_RACK_PACKAGES} ${XPU_RTL_MODULES}
    ${XPU_RACK_MODULES} ${XPU_RTL_BENCH})
acc_write_recipe(${ACC_RTL_RECIPE} ROOT ${PROJECT_SOURCE_DIR} SOURCES ${_sources} RACK_SOURCES ${_rack_sources})

# The same files where an installation has them.
function(_acc_installed out)
  set(files)
  foreach(_file ${ARGN})
    if(_file STREQUAL XPU_ISA_SV OR _file STREQUAL XPU_SFU_SV OR _file STREQUAL XPU_FABRIC_SV)
      get_filename_component(_file ${_file} NAME)
      list(APPEND files generated/${_file})
    else()
      file(RELATIVE_PATH _file ${PROJECT_SOURCE_DIR}/rtl ${_file})
      list(APPEND files ${_file})
    endif()
  endforeach()
  set(${out} ${files} PARENT_SCOPE)
endfunction()
_acc_installed(_installed ${_sources})
_acc_installed(_rack_installed ${_rack_sources})
acc_write_recipe(${CMAKE_CURRENT_BINARY_DIR}/installed/model.json ROOT .. SOURCES ${_installed} RACK_SOURCES ${_rack_installed})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/installed/model.json DESTINATION ${ACC_INSTALL_DATA}/rtl)
