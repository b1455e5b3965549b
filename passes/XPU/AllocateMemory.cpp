//===- AllocateMemory.cpp - Addresses of all buffers ----------------------===//

#include "passes/XPU/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"
#include "passes/Support/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_ALLOCATEMEMORYPASS
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

namespace {
/// A buffer with its life in program order.
struct Buffer {
  Value value;
  int64_t size = 0;
  int64_t firstUse = 0;
  int64_t lastUse = 0;
  int64_t address = -1;
};

/// Whether two buffers are live at the same time in the same place.
bool collide(const Buffer &a, const Buffer &b) {
  return a.firstUse <= b.lastUse && b.firstUse <= a.lastUse &&
         a.address < b.address + b.size && b.address < a.address + a.size;
}

/// Free and used space of one region of memory.
class Region {
public:
  Region(int64_t begin, int64_t end, bool rotate)
      : begin(begin), end(end), next(begin), rotate(rotate) {}

  /// Places a buffer that is live from `now`; returns false if it does not fit.
  bool place(Buffer &buffer, int64_t alignment, int64_t now) {
    llvm::erase_if(live,
                   [&](const Buffer *other) { return other->lastUse < now; });
    for (int64_t start : {rotate ? next : begin, begin}) {
      int64_t address = findGap(start, buffer.size, alignment);
      if (address >= 0) {
        buffer.address = address;
        next = address + buffer.size;
        live.insert(llvm::upper_bound(live, &buffer,
                                      [](const Buffer *a, const Buffer *b) {
                                        return a->address < b->address;
                                      }),
                    &buffer);
        return true;
      }
    }
    return false;
  }

  ArrayRef<Buffer *> getLive() const { return live; }
  int64_t size() const { return end - begin; }

private:
  int64_t findGap(int64_t start, int64_t size, int64_t alignment) const {
    int64_t address = llvm::alignTo(start, alignment);
    for (const Buffer *other : live) {
      if (other->address + other->size <= address) {
        continue;
      }
      if (other->address >= address + size) {
        break;
      }
      address = llvm::alignTo(other->address + other->size, alignment);
    }
    return address + size <= end ? address : -1;
  }

  int64_t begin;
  int64_t end;
  int64_t next;
  bool rotate;
  SmallVector<Buffer *> live;
};

struct AllocateMemoryPass final
    : xpu::impl::AllocateMemoryPassBase<AllocateMemoryPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal()) {
      return;
    }
    FailureOr<acc::Target> machine =
        xpu::loadTargetFor(func, target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    Block &body = func.getBody().front();
    llvm::DenseMap<Operation *, int64_t> position;
    int64_t count = 0;
    for (Operation &op : body) {
      position[&op] = count++;
    }
    const int64_t line = machine->hbm.lineBytes;
    Builder builder(&getContext());

    // Arguments and constants come first and stay.
    int64_t fixedEnd = 0;
    auto placeFixed = [&](MemRefType type) {
      int64_t address = fixedEnd;
      fixedEnd = llvm::alignTo(address + xpu::getByteSize(type), line);
      return address;
    };
    for (BlockArgument argument : body.getArguments()) {
      auto type = dyn_cast<MemRefType>(argument.getType());
      if (!type || !type.hasStaticShape()) {
        func.emitError()
            << "expects buffers of static shape as arguments, but got "
            << argument.getType();
        return signalPassFailure();
      }
      func.setArgAttr(argument.getArgNumber(), "xpu.address",
                      builder.getI64IntegerAttr(placeFixed(type)));
    }
    llvm::StringMap<int64_t> globals;
    for (auto get : body.getOps<memref::GetGlobalOp>()) {
      auto [it, isNew] = globals.try_emplace(get.getName(), 0);
      if (isNew) {
        it->second = placeFixed(get.getType());
      }
      get->setAttr("xpu.address", builder.getI64IntegerAttr(it->second));
    }

    std::vector<Buffer> buffers;
    buffers.reserve(count);
    for (auto alloc : body.getOps<memref::AllocOp>()) {
      Buffer buffer;
      buffer.value = alloc.getResult();
      buffer.size = std::max<int64_t>(1, xpu::getByteSize(alloc.getType()));
      buffer.firstUse = std::numeric_limits<int64_t>::max();
      buffer.lastUse = -1;
      collectUses(alloc.getResult(), position, count, buffer);
      if (buffer.lastUse >= 0) {
        buffers.push_back(buffer);
      }
    }
    llvm::sort(buffers, [](const Buffer &a, const Buffer &b) {
      return a.firstUse < b.firstUse;
    });

    auto regions = xpu::ScratchpadRegions::of(*machine, func);
    Region inputs(0, regions.inputsEnd, /*rotate=*/true);
    Region results(regions.inputsEnd, regions.resultsEnd, /*rotate=*/true);
    Region stationary(regions.resultsEnd, regions.stationaryEnd,
                      /*rotate=*/true);
    Region hbm(fixedEnd, machine->hbm.bytes, /*rotate=*/false);
    Region accumulators(0, machine->mxu.accRows, /*rotate=*/true);
    if (fixedEnd > int64_t(machine->hbm.bytes)) {
      func.emitError() << "needs " << fixedEnd
                       << " bytes of HBM for arguments and constants, but "
                       << "target " << machine->name << " has "
                       << machine->hbm.bytes;
      return signalPassFailure();
    }
    if (failed(placeResidents(buffers, regions))) {
      return signalPassFailure();
    }
    for (Buffer &buffer : buffers) {
      if (buffer.address >= 0) {
        buffer.value.getDefiningOp()->setAttr(
            "xpu.address", builder.getI64IntegerAttr(buffer.address));
        continue;
      }
      Region *region = &hbm;
      int64_t alignment = line;
      switch (xpu::getSpace(buffer.value.getType())) {
      case xpu::Space::HBM:
        break;
      case xpu::Space::SPM:
        region = isStationary(buffer.value) ? &stationary
                 : isResult(buffer.value)   ? &results
                                            : &inputs;
        alignment = machine->spm.rowBytes;
        break;
      case xpu::Space::ACC:
        region = &accumulators;
        alignment = 1;
        buffer.size = cast<MemRefType>(buffer.value.getType()).getShape()[0];
        break;
      }
      if (!region->place(buffer, alignment, buffer.firstUse)) {
        reportFull(buffer, *region);
        return signalPassFailure();
      }
      buffer.value.getDefiningOp()->setAttr(
          "xpu.address", builder.getI64IntegerAttr(buffer.address));
    }
  }

  /// Residents come with addresses; nothing else may be live there.
  static LogicalResult placeResidents(std::vector<Buffer> &buffers,
                                      const xpu::ScratchpadRegions &regions) {
    SmallVector<const Buffer *> placed;
    for (Buffer &buffer : buffers) {
      Operation *alloc = buffer.value.getDefiningOp();
      auto address = alloc->getAttrOfType<IntegerAttr>(xpu::kResidentAttr);
      if (!address) {
        continue;
      }
      buffer.address = address.getInt();
      if (xpu::getSpace(buffer.value.getType()) != xpu::Space::SPM ||
          buffer.address < regions.stationaryEnd ||
          buffer.address + buffer.size > regions.residentEnd) {
        return alloc->emitError()
               << "expects a resident value in the scratchpad from "
               << regions.stationaryEnd << " to " << regions.residentEnd - 1
               << ", but it has " << buffer.size << " bytes at "
               << buffer.address;
      }
      for (const Buffer *other : placed) {
        if (collide(buffer, *other)) {
          InFlightDiagnostic diag = alloc->emitError(
              "expects resident values that are live together in different "
              "places");
          diag.attachNote(other->value.getLoc()) << "the other one";
          return failure();
        }
      }
      placed.push_back(&buffer);
    }
    return success();
  }

  /// Uses include those through views and the return.
  static void collectUses(Value value,
                          const llvm::DenseMap<Operation *, int64_t> &position,
                          int64_t count, Buffer &buffer) {
    for (Operation *user : value.getUsers()) {
      int64_t at = position.lookup(user);
      if (llvm::isa<func::ReturnOp>(user)) {
        at = count;
      }
      buffer.firstUse = std::min(buffer.firstUse, at);
      buffer.lastUse = std::max(buffer.lastUse, at);
      if (!llvm::isa<xpu::CommandOpInterface>(user)) {
        for (Value result : user->getResults()) {
          collectUses(result, position, count, buffer);
        }
      }
    }
  }

  static bool isStationary(Value buffer) {
    return llvm::any_of(buffer.getUsers(), [&](Operation *user) {
      auto matmul = dyn_cast<xpu::MatmulOp>(user);
      return matmul && matmul.getW() == buffer;
    });
  }

  /// Written by the matrix unit or the vector unit.
  static bool isResult(Value buffer) {
    return llvm::any_of(buffer.getUsers(), [&](Operation *user) {
      if (auto vpu = dyn_cast<xpu::VpuOp>(user)) {
        return vpu.getOutput() == buffer;
      }
      return llvm::isa<xpu::AccStoreOp>(user);
    });
  }

  static void reportFull(const Buffer &buffer, const Region &region) {
    InFlightDiagnostic diag = emitError(buffer.value.getLoc());
    diag << "needs " << buffer.size << " more of "
         << xpu::stringifySpace(xpu::getSpace(buffer.value.getType()))
         << " for a buffer of type " << buffer.value.getType()
         << ", but there is no such gap among " << region.size();
    SmallVector<Buffer *> live(region.getLive());
    llvm::sort(live, [](const Buffer *a, const Buffer *b) {
      return a->size > b->size;
    });
    for (const Buffer *other : ArrayRef<Buffer *>(live).take_front(8)) {
      diag.attachNote(other->value.getLoc())
          << "live here: " << other->size << " at " << other->address;
    }
  }
};
} // namespace
