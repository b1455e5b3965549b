//===- Parts.cpp - Tensors in the memories of slices ----------------------===//

#include "compiler-driver/Runtime/Parts.h"

#include "llvm/ADT/STLExtras.h"

#include <cstring>

using namespace llvm;

namespace xpu {

/// Calls `body` for each run of bytes that are next to each other in the whole
/// and in the part of a slice: offset in the whole, in the part, bytes.
static void forEachRun(const ObjectTensor &tensor, const acc::Chip::Grid &grid,
                       uint32_t slice,
                       function_ref<void(uint64_t, uint64_t, uint64_t)> body) {
  const uint32_t place[] = {slice / grid.columns, slice % grid.columns};
  const uint32_t extent[] = {grid.rows, grid.columns};
  std::vector<uint64_t> sizes, first;
  uint64_t elements = 1;
  for (auto [dim, size] : enumerate(tensor.shape)) {
    uint64_t parts = 1, number = 0;
    if (dim < tensor.split.size()) {
      for (uint32_t axis : tensor.split[dim]) {
        parts *= extent[axis];
        number = number * extent[axis] + place[axis];
      }
    }
    sizes.push_back(uint64_t(size) / parts);
    first.push_back(number * sizes.back());
    elements *= sizes.back();
  }
  if (elements == 0) {
    return;
  }
  // The dimensions behind the last that is cut are one run.
  size_t inner = sizes.size();
  uint64_t run = tensor.bytes / elements;
  while (inner > 0 && sizes[inner - 1] == uint64_t(tensor.shape[inner - 1])) {
    run *= sizes[--inner];
  }
  const uint64_t unit = run;
  if (inner > 0) {
    run *= sizes[--inner];
  }
  std::vector<uint64_t> at(inner, 0);
  for (uint64_t part = 0; part < tensor.bytes; part += run) {
    uint64_t whole = 0;
    for (size_t dim = 0; dim < inner; ++dim) {
      whole = whole * uint64_t(tensor.shape[dim]) + first[dim] + at[dim];
    }
    if (inner < sizes.size()) {
      whole = whole * uint64_t(tensor.shape[inner]) + first[inner];
    }
    body(whole * unit, part, run);
    for (size_t dim = inner; dim > 0 && ++at[dim - 1] == sizes[dim - 1];
         --dim) {
      at[dim - 1] = 0;
    }
  }
}

static void
copyPart(const ObjectTensor &tensor, const acc::Chip::Grid &grid,
         uint32_t slice, const void *from,
         function_ref<void(uint64_t, const void *, uint64_t)> write) {
  forEachRun(tensor, grid, slice,
             [&](uint64_t whole, uint64_t part, uint64_t bytes) {
               write(tensor.address + part,
                     static_cast<const char *>(from) + whole, bytes);
             });
}

/// Calls `write` with all that an input puts into the HBM of a slice.
static void
placeInput(const Object &object, size_t number, const void *bytes,
           uint32_t slice,
           function_ref<void(uint64_t, const void *, uint64_t)> write) {
  const acc::Chip::Grid grid = object.machine.grid();
  copyPart(object.inputs[number], grid, slice, bytes, write);
  for (const ObjectPlace &place : object.places) {
    if (place.input == number) {
      copyPart(place.tensor, grid, slice, bytes, write);
    }
  }
}

std::vector<uint8_t> makeHbmImage(const Object &object,
                                  ArrayRef<acc::HostTensor> inputs,
                                  uint32_t slice) {
  std::vector<uint8_t> image;
  auto write = [&](uint64_t address, const void *data, uint64_t bytes) {
    if (image.size() < address + bytes) {
      image.resize(address + bytes);
    }
    if (bytes != 0) {
      memcpy(image.data() + address, data, bytes);
    }
  };
  write(object.constantsAddress, object.constants.data(),
        object.constants.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    placeInput(object, i, inputs[i].bytes.data(), slice, write);
  }
  for (const ObjectPlace &place : object.places) {
    if (!place.input) {
      copyPart(place.tensor, object.machine.grid(), slice,
               object.parts.data() + place.offset, write);
    }
  }
  return image;
}

void writeInput(const Object &object, size_t number,
                const acc::HostTensor &tensor, uint32_t slice,
                acc::SparseMemory &hbm) {
  placeInput(object, number, tensor.bytes.data(), slice,
             [&](uint64_t address, const void *data, uint64_t bytes) {
               hbm.write(address, data, bytes);
             });
}

void readParts(const ObjectTensor &tensor, const acc::ChipOutput &output,
               const acc::Chip::Grid &grid, void *bytes) {
  for (uint32_t slice = 0; slice < output.slices.size(); ++slice) {
    const acc::SparseMemory &hbm = output.slices[slice].hbm;
    forEachRun(tensor, grid, slice,
               [&](uint64_t whole, uint64_t part, uint64_t size) {
                 hbm.read(tensor.address + part,
                          static_cast<char *>(bytes) + whole, size);
               });
  }
}

} // namespace xpu
