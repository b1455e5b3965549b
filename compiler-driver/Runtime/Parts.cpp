//===- Parts.cpp - Tensors in the memories of slices ----------------------===//

#include "compiler-driver/Runtime/Parts.h"

#include "llvm/ADT/STLExtras.h"

#include <cstring>

using namespace llvm;

namespace xpu {

/// Calls `body` for each run of bytes that are next to each other in the whole
/// and in the part of a slice: offset in the whole, in the part, bytes.
static void forEachRun(const ObjectTensor &tensor, const acc::Machine &machine,
                       uint32_t slice,
                       function_ref<void(uint64_t, uint64_t, uint64_t)> body) {
  const ObjectPart place = *getPart(tensor, machine, slice);
  const uint64_t elements = place.countElements();
  if (elements == 0 || is_contained(place.inside, 0u)) {
    return;
  }
  // The dimensions behind the last that is cut are one run.
  size_t inner = place.shape.size();
  uint64_t run = tensor.bytes / elements;
  while (inner > 0 &&
         place.inside[inner - 1] == uint64_t(tensor.shape[inner - 1])) {
    run *= place.inside[--inner];
  }
  const uint64_t unit = run;
  if (inner > 0) {
    run *= place.inside[--inner];
  }
  std::vector<uint64_t> at(inner, 0);
  for (bool isMore = true; isMore;) {
    uint64_t whole = 0, part = 0;
    for (size_t dim = 0; dim <= inner && dim < place.shape.size(); ++dim) {
      const uint64_t offset = dim < inner ? at[dim] : 0;
      whole = whole * uint64_t(tensor.shape[dim]) + place.first[dim] + offset;
      part = part * place.shape[dim] + offset;
    }
    body(whole * unit, part * unit, run);
    isMore = false;
    for (size_t dim = inner; dim > 0 && !isMore; --dim) {
      isMore = ++at[dim - 1] < place.inside[dim - 1];
      at[dim - 1] = isMore ? at[dim - 1] : 0;
    }
  }
}

static void
copyPart(const ObjectTensor &tensor, const acc::Machine &machine,
         uint32_t slice, const void *from,
         function_ref<void(uint64_t, const void *, uint64_t)> write) {
  forEachRun(tensor, machine, slice,
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
  if (object.isIn(object.inputs[number], slice)) {
    copyPart(object.inputs[number], object.machine, slice, bytes, write);
  }
  for (const ObjectPlace &place : object.places) {
    if (place.input == number && object.isIn(place.tensor, slice)) {
      copyPart(place.tensor, object.machine, slice, bytes, write);
    }
  }
}

std::vector<uint8_t> makeHbmImage(const Object &object,
                                  ArrayRef<acc::HostTensor> inputs,
                                  uint32_t slice) {
  std::vector<uint8_t> image;
  auto reserve = [&](uint64_t end) {
    image.resize(std::max<uint64_t>(image.size(), end));
  };
  auto write = [&](uint64_t address, const void *data, uint64_t bytes) {
    reserve(address + bytes);
    if (bytes != 0) {
      memcpy(image.data() + address, data, bytes);
    }
  };
  write(object.constantsAddress, object.constants.data(),
        object.constants.size());
  // Zeros are beyond the whole: masks and products rely on that.
  for (const ObjectPlace &place : object.places) {
    if (object.isIn(place.tensor, slice) &&
        (!place.input || *place.input < inputs.size())) {
      reserve(place.tensor.address + place.tensor.bytes);
    }
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (object.isIn(object.inputs[i], slice)) {
      reserve(object.inputs[i].address + object.inputs[i].bytes);
    }
    placeInput(object, i, inputs[i].bytes.data(), slice, write);
  }
  for (const ObjectPlace &place : object.places) {
    if (!place.input && object.isIn(place.tensor, slice)) {
      copyPart(place.tensor, object.machine, slice,
               object.parts.data() + place.offset, write);
    }
  }
  return image;
}

uint64_t countLoadedBytes(const Object &object, uint32_t slice) {
  uint64_t bytes = object.constants.size();
  for (const ObjectPlace &place : object.places) {
    bytes += object.isIn(place.tensor, slice) ? place.tensor.bytes : 0;
  }
  for (const ObjectTensor &input : object.inputs) {
    bytes += object.isIn(input, slice) ? input.bytes : 0;
  }
  return bytes;
}

void writeInput(const Object &object, size_t number,
                const acc::HostTensor &tensor, uint32_t slice,
                acc::SparseMemory &hbm) {
  placeInput(object, number, tensor.bytes.data(), slice,
             [&](uint64_t address, const void *data, uint64_t bytes) {
               hbm.write(address, data, bytes);
             });
}

void readParts(const Object &object, const ObjectTensor &tensor,
               const acc::ChipOutput &output, void *bytes) {
  for (uint32_t slice = 0; slice < output.slices.size(); ++slice) {
    if (!object.isIn(tensor, slice)) {
      continue;
    }
    const acc::SparseMemory &hbm = output.slices[slice].hbm;
    forEachRun(tensor, object.machine, slice,
               [&](uint64_t whole, uint64_t part, uint64_t size) {
                 hbm.read(tensor.address + part,
                          static_cast<char *>(bytes) + whole, size);
               });
  }
}

} // namespace xpu
