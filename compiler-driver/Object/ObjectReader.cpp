//===- ObjectReader.cpp - Reads the ELF file ------------------------------===//

#include "compiler-driver/Object/Object.h"

#include "compiler-driver/Tensor/HostTensor.h"
#include "dialects/Target/Nesting.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace xpu {

static Error fail(StringRef name, const Twine &why) {
  return createStringError(inconvertibleErrorCode(),
                           name + ": " + why +
                               "; expects an object file of acc-cc or acc-as");
}

static Expected<ObjectTensor> readTensor(const json::Value &value,
                                         StringRef name) {
  const json::Object *entry = value.getAsObject();
  if (!entry) {
    return fail(name, "a tensor is no object");
  }
  ObjectTensor tensor;
  tensor.name = entry->getString("name").value_or("").str();
  tensor.type = entry->getString("type").value_or("").str();
  tensor.machineType = entry->getString("machine_type").value_or("").str();
  tensor.address = entry->getInteger("address").value_or(0);
  tensor.bytes = entry->getInteger("bytes").value_or(0);
  if (const json::Array *shape = entry->getArray("shape")) {
    for (const json::Value &size : *shape) {
      tensor.shape.push_back(size.getAsInteger().value_or(0));
    }
  }
  if (const json::Array *split = entry->getArray("split")) {
    for (const json::Value &dim : *split) {
      std::vector<uint32_t> &axes = tensor.split.emplace_back();
      for (const json::Value &axis :
           dim.getAsArray() ? *dim.getAsArray() : json::Array()) {
        // What is no axis is found when the split is checked.
        axes.push_back(uint32_t(axis.getAsInteger().value_or(-1)));
      }
    }
  }
  if (const json::Array *part = entry->getArray("part")) {
    for (const json::Value &size : *part) {
      tensor.part.push_back(size.getAsInteger().value_or(-1));
    }
  }
  tensor.isFed = entry->getBoolean("fed").value_or(false);
  if (std::optional<int64_t> stage = entry->getInteger("stage")) {
    // What is no stage is found when stages are checked.
    tensor.stage = uint32_t(*stage);
  }
  if (const json::Array *values = entry->getArray("required_values")) {
    tensor.requiredValues.emplace();
    for (const json::Value &number : *values) {
      tensor.requiredValues->push_back(number.getAsInteger().value_or(0));
    }
  }
  return tensor;
}

static Expected<std::vector<ObjectTensor>>
readTensors(const json::Object &meta, StringRef key, StringRef name) {
  std::vector<ObjectTensor> result;
  const json::Array *list = meta.getArray(key);
  if (!list) {
    return fail(name, "no list of " + key);
  }
  for (const json::Value &value : *list) {
    Expected<ObjectTensor> tensor = readTensor(value, name);
    if (!tensor) {
      return tensor.takeError();
    }
    result.push_back(std::move(*tensor));
  }
  return result;
}

/// What slices of a chip that work on one graph have beside inputs.
static Error readPlaces(const json::Object &meta, StringRef name,
                        Object &object) {
  object.isGraphOfChip = meta.getBoolean("graph_of_chip").value_or(false);
  const json::Array *places = meta.getArray("places");
  if (!places) {
    return Error::success();
  }
  for (const json::Value &value : *places) {
    Expected<ObjectTensor> tensor = readTensor(value, name);
    if (!tensor) {
      return tensor.takeError();
    }
    ObjectPlace place{std::move(*tensor), std::nullopt, 0};
    if (std::optional<int64_t> input =
            value.getAsObject()->getInteger("input")) {
      if (*input < 0 || size_t(*input) >= object.inputs.size()) {
        return fail(name, "a place is of no input");
      }
      place.input = size_t(*input);
    }
    place.offset = value.getAsObject()->getInteger("offset").value_or(0);
    object.places.push_back(std::move(place));
  }
  return Error::success();
}

/// Launches and what the host does between them.
static Error readLaunches(const json::Object &meta, StringRef name,
                          Object &object) {
  const json::Array *launches = meta.getArray("launches");
  const json::Array *calls = meta.getArray("host_calls");
  if (!launches || !calls || launches->size() != calls->size() + 1) {
    return fail(name, "the launches do not match the host's calls");
  }
  object.launches.clear();
  for (const json::Value &value : *launches) {
    std::optional<int64_t> entry = value.getAsInteger();
    if (!entry || *entry < 0 || *entry > int64_t(UINT32_MAX)) {
      return fail(name, "a launch is no word address");
    }
    object.launches.push_back(static_cast<uint32_t>(*entry));
  }
  for (const json::Value &value : *calls) {
    const json::Object *entry = value.getAsObject();
    if (!entry) {
      return fail(name, "a call of the host is no object");
    }
    HostCall call;
    call.function = entry->getString("function").value_or("").str();
    call.because = entry->getString("because").value_or("").str();
    call.source = entry->getString("source").value_or("").str();
    call.operations = entry->getInteger("operations").value_or(0);
    auto inputs = readTensors(*entry, "inputs", name);
    if (!inputs) {
      return inputs.takeError();
    }
    auto outputs = readTensors(*entry, "outputs", name);
    if (!outputs) {
      return outputs.takeError();
    }
    call.inputs = std::move(*inputs);
    call.outputs = std::move(*outputs);
    object.hostCalls.push_back(std::move(call));
  }
  return Error::success();
}

/// Where programs of the stages of a pipeline begin.
static Error readStages(const json::Object &meta, StringRef name,
                        Object &object) {
  auto read = [&](StringRef key, std::vector<uint32_t> &numbers) {
    const json::Array *list = meta.getArray(key);
    for (const json::Value &value : list ? *list : json::Array()) {
      std::optional<int64_t> number = value.getAsInteger();
      if (!number || *number < 0 || *number > int64_t(UINT32_MAX)) {
        return false;
      }
      numbers.push_back(uint32_t(*number));
    }
    return true;
  };
  if (!read("stage_axes", object.stageAxes) ||
      !read("stages", object.stageEntries)) {
    return fail(name, "stages are no word addresses or lie along no axes");
  }
  return Error::success();
}

/// The chips along the axes are those of the stages.
static Error checkStages(const Object &object, StringRef name) {
  const std::vector<uint32_t> mesh = object.machine.mesh();
  uint64_t chips = 1;
  for (auto [i, axis] : enumerate(object.stageAxes)) {
    if (axis + 2 >= mesh.size() || (i > 0 && axis <= object.stageAxes[i - 1])) {
      return fail(name, "stages lie along other axes than trays (0) and chips "
                        "of a tray (1)");
    }
    chips *= mesh[axis];
  }
  if (object.stageAxes.empty() != object.stageEntries.empty() ||
      (!object.stageAxes.empty() && chips != object.stageEntries.size())) {
    return fail(name, Twine(object.stageEntries.size()) + " stages on " +
                          Twine(object.stageAxes.empty() ? 0 : chips) +
                          " chips along their axes");
  }
  if (!object.stageEntries.empty() &&
      (!object.isGraphOfChip || object.launches.size() != 1)) {
    return fail(name, "stages of no graph, or with calls of the host");
  }
  for (uint32_t entry : object.stageEntries) {
    if (entry > object.code.size()) {
      return fail(name, "a stage begins after the end of the code");
    }
  }
  auto isSound = [&](const ObjectTensor &tensor) {
    return !tensor.stage || *tensor.stage < object.stageEntries.size();
  };
  if (!all_of(object.inputs, isSound) || !all_of(object.outputs, isSound) ||
      !all_of(object.places, [&](const ObjectPlace &place) {
        return isSound(place.tensor);
      })) {
    return fail(name, "a tensor is of a stage that is not there");
  }
  return Error::success();
}

static Expected<json::Value> parseJson(StringRef text, StringRef name) {
  if (Error error = acc::checkJsonNesting(text, name)) {
    return std::move(error);
  }
  Expected<json::Value> value = json::parse(text);
  if (!value) {
    return fail(name, toString(value.takeError()));
  }
  return value;
}

std::optional<ObjectPart> getPart(const ObjectTensor &tensor,
                                  const acc::Machine &machine, uint32_t slice) {
  const bool isPadded = !tensor.part.empty();
  if (tensor.split.size() > tensor.shape.size() ||
      (isPadded && tensor.part.size() != tensor.shape.size())) {
    return std::nullopt;
  }
  const std::vector<uint32_t> extent = machine.mesh();
  std::vector<uint32_t> place(extent.size());
  for (size_t axis = extent.size(); axis > 0; slice /= extent[--axis]) {
    place[axis - 1] = slice % extent[axis - 1];
  }
  ObjectPart result;
  uint32_t used = 0;
  for (auto [dim, size] : enumerate(tensor.shape)) {
    uint64_t parts = 1, number = 0;
    for (uint32_t axis : dim < tensor.split.size() ? tensor.split[dim]
                                                   : std::vector<uint32_t>()) {
      if (axis >= extent.size() || (used >> axis & 1) != 0) {
        return std::nullopt;
      }
      used |= 1u << axis;
      parts *= extent[axis];
      number = number * extent[axis] + place[axis];
    }
    if (size < 0 || (!isPadded && uint64_t(size) % parts != 0)) {
      return std::nullopt;
    }
    // A place is no larger than the whole, and the last parts may be empty.
    const uint64_t whole = uint64_t(size);
    const uint64_t part = isPadded ? uint64_t(tensor.part[dim]) : whole / parts;
    if (part > whole || (part == 0 && whole != 0) ||
        (parts == 1 ? part != whole : part < divideCeil(whole, parts))) {
      return std::nullopt;
    }
    const uint64_t first = std::min(number * part, whole);
    result.shape.push_back(part);
    result.first.push_back(first);
    result.inside.push_back(std::min(part, whole - first));
  }
  return result;
}

uint64_t ObjectPart::countElements() const {
  uint64_t elements = 1;
  for (uint64_t size : shape) {
    elements *= size;
  }
  return elements;
}

std::optional<uint64_t> getWholeBytes(const ObjectTensor &tensor,
                                      const ObjectPart &part) {
  const std::optional<int64_t> whole = acc::countElements(tensor.shape);
  const uint64_t elements = part.countElements();
  if (!whole || elements == 0) {
    return whole ? std::optional<uint64_t>(0) : std::nullopt;
  }
  return checkedMulUnsigned(tensor.bytes / elements, uint64_t(*whole));
}

/// What a program reads and writes lies in its machine's memory. A size that
/// the file claims is checked here, before anything is as large.
static Error checkMemory(const Object &object, StringRef name) {
  const uint64_t size = object.target().hbm.bytes;
  auto isInside = [&](uint64_t address, uint64_t bytes) {
    return address <= size && bytes <= size - address;
  };
  if (!isInside(object.constantsAddress, object.constants.size())) {
    return fail(name, "the constants are beyond the memory of " +
                          object.machine.name());
  }
  auto isSound = [&](const ObjectTensor &tensor) {
    return isInside(tensor.address, tensor.bytes) &&
           acc::countElements(tensor.shape) &&
           getPart(tensor, object.machine, 0)->countElements() <= tensor.bytes;
  };
  std::vector<const ObjectTensor *> tensors;
  auto add = [&](const std::vector<ObjectTensor> &list) {
    for (const ObjectTensor &tensor : list) {
      tensors.push_back(&tensor);
    }
  };
  add(object.inputs);
  add(object.outputs);
  for (const HostCall &call : object.hostCalls) {
    add(call.inputs);
    add(call.outputs);
  }
  for (const ObjectPlace &place : object.places) {
    tensors.push_back(&place.tensor);
  }
  const StringRef axes =
      object.machine.rack
          ? "trays (0), chips of a tray (1), rows (2) and columns (3) of slices"
          : "rows (0) and columns (1) of slices";
  for (const ObjectTensor *tensor : tensors) {
    if (!getPart(*tensor, object.machine, 0)) {
      return fail(name, "tensor '" + tensor->name +
                            "' is divided over other axes than " + axes +
                            ", each once, or into parts "
                            "that are not equal and whose shape is missing or "
                            "does not cover it");
    }
    if (!isSound(*tensor)) {
      return fail(name, "tensor '" + tensor->name +
                            "' is beyond the memory of " +
                            object.machine.name() + " or of a wrong size");
    }
  }
  for (const ObjectPlace &place : object.places) {
    std::optional<uint64_t> whole =
        getWholeBytes(place.tensor, *getPart(place.tensor, object.machine, 0));
    bool isThere = place.input
                       ? place.tensor.shape == object.inputs[*place.input].shape
                       : place.offset <= object.parts.size() && whole &&
                             *whole <= object.parts.size() - place.offset;
    if (!isThere) {
      return fail(name, "a place has more than the input or constant that it "
                        "is of");
    }
  }
  return Error::success();
}

Expected<Object> parseObject(StringRef bytes, StringRef name) {
  Expected<object::ELFFile<object::ELF64LE>> elf =
      object::ELFFile<object::ELF64LE>::create(bytes);
  if (!elf) {
    return fail(name, toString(elf.takeError()));
  }
  auto sections = elf->sections();
  if (!sections) {
    return fail(name, toString(sections.takeError()));
  }
  Object result;
  bool hasCode = false;
  bool hasMeta = false;
  bool hasTarget = false;
  std::string digest;
  for (const auto &section : *sections) {
    Expected<StringRef> sectionName = elf->getSectionName(section);
    if (!sectionName) {
      return fail(name, toString(sectionName.takeError()));
    }
    if (section.sh_type == ELF::SHT_NULL) {
      continue;
    }
    Expected<ArrayRef<uint8_t>> data = elf->getSectionContents(section);
    if (!data) {
      return fail(name, toString(data.takeError()));
    }
    StringRef text(reinterpret_cast<const char *>(data->data()), data->size());
    if (*sectionName == ".text") {
      if (data->size() % 16 != 0) {
        return fail(name, "the code is no whole number of words");
      }
      hasCode = true;
      for (size_t i = 0; i < data->size(); i += 16) {
        result.code.push_back(
            {support::endian::read64le(data->data() + i),
             support::endian::read64le(data->data() + i + 8)});
      }
    } else if (*sectionName == ".hbm") {
      result.constantsAddress = section.sh_addr;
      result.constants.assign(data->begin(), data->end());
    } else if (*sectionName == ".acc.parts") {
      result.parts.assign(data->begin(), data->end());
    } else if (*sectionName == ".acc.target") {
      Expected<acc::Machine> machine =
          acc::parseMachine(text, (name + "(.acc.target)").str());
      if (!machine) {
        return machine.takeError();
      }
      hasTarget = true;
      result.machine = std::move(*machine);
    } else if (*sectionName == ".acc.meta") {
      Expected<json::Value> value = parseJson(text, name);
      if (!value) {
        return value.takeError();
      }
      const json::Object *meta = value->getAsObject();
      if (!meta) {
        return fail(name, "the description is no object");
      }
      hasMeta = true;
      digest = meta->getString("host_digest").value_or("").str();
      auto inputs = readTensors(*meta, "inputs", name);
      if (!inputs) {
        return inputs.takeError();
      }
      auto outputs = readTensors(*meta, "outputs", name);
      if (!outputs) {
        return outputs.takeError();
      }
      result.inputs = *inputs;
      result.outputs = *outputs;
      if (Error error = readLaunches(*meta, name, result)) {
        return std::move(error);
      }
      if (Error error = readPlaces(*meta, name, result)) {
        return std::move(error);
      }
      if (Error error = readStages(*meta, name, result)) {
        return std::move(error);
      }
    } else if (*sectionName == ".acc.host") {
      result.hostModule = text.str();
    } else if (*sectionName == ".acc.lines") {
      Expected<json::Value> value = parseJson(text, name);
      if (!value) {
        return value.takeError();
      }
      if (const json::Array *lines = value->getAsArray()) {
        for (const json::Value &line : *lines) {
          const json::Array *pair = line.getAsArray();
          if (!pair || pair->size() < 2 || pair->size() > 3 ||
              !(*pair)[0].getAsInteger() || !(*pair)[1].getAsString()) {
            return fail(name, "a source line is no pair of address and text");
          }
          std::optional<int64_t> used =
              pair->size() == 3 ? (*pair)[2].getAsInteger() : 0;
          if (!used || *used < 0 || *used > int64_t(UINT32_MAX)) {
            return fail(name, "a source line has no number of used columns");
          }
          int64_t pc = *(*pair)[0].getAsInteger();
          if (pc < 0 || pc > int64_t(UINT32_MAX) ||
              (!result.lines.empty() && result.lines.back().pc > pc)) {
            return fail(name, "the source lines are not in order");
          }
          result.lines.push_back({static_cast<uint32_t>(pc),
                                  (*pair)[1].getAsString()->str(),
                                  static_cast<uint32_t>(*used)});
        }
      }
    }
  }
  if (!hasCode || !hasMeta || !hasTarget) {
    return fail(name, "no code, no description or no target");
  }
  for (uint32_t entry : result.launches) {
    if (entry > result.code.size()) {
      return fail(name, "a launch begins after the end of the code");
    }
  }
  if (digest != digestHostModule(result.hostModule)) {
    return fail(name, "the functions of the host are damaged");
  }
  if (Error error = checkStages(result, name)) {
    return std::move(error);
  }
  if (Error error = checkMemory(result, name)) {
    return std::move(error);
  }
  return result;
}

Expected<Object> readObject(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer) {
    return createStringError(
        buffer.getError(),
        path + ": cannot be read: " + buffer.getError().message());
  }
  return parseObject((*buffer)->getBuffer(), path);
}

uint32_t Object::stageOf(uint32_t slice) const {
  const std::vector<uint32_t> mesh = machine.mesh();
  std::vector<uint32_t> place(mesh.size());
  for (size_t axis = mesh.size(); axis > 0; slice /= mesh[--axis]) {
    place[axis - 1] = slice % mesh[axis - 1];
  }
  uint32_t stage = 0;
  for (uint32_t axis : stageAxes) {
    stage = stage * mesh[axis] + place[axis];
  }
  return stage;
}

const ObjectLine *Object::lineOf(uint32_t pc) const {
  auto it =
      llvm::upper_bound(lines, pc, [](uint32_t value, const ObjectLine &line) {
        return value < line.pc;
      });
  return it == lines.begin() ? nullptr : &*std::prev(it);
}

StringRef Object::sourceOf(uint32_t pc) const {
  const ObjectLine *line = lineOf(pc);
  return line ? StringRef(line->source) : StringRef();
}

uint32_t Object::usedColumnsOf(uint32_t pc) const {
  const ObjectLine *line = lineOf(pc);
  return line ? line->usedColumns : 0;
}

} // namespace xpu
