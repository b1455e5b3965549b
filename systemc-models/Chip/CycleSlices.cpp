//===- CycleSlices.cpp - Slices of a chip cycle by cycle ------------------===//

#include "systemc-models/Chip/CycleSlices.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;

/// Cycles without any change in a slice that runs, until no change can come any
/// more but from the network.
static constexpr unsigned kPatience = 16;

class CycleSlices::Member : public NetMember {
public:
  Member(CycleSlices &all, CycleSlice &slice, const SliceId &id)
      : slice(slice), id(id), all(all) {}

  // NetMember
  Executor *scratchpadOf() override { return nullptr; }
  void agreed(uint64_t, isa::Fault) override {
    goCycle = currentCycle();
    all.wake.notifyAt(goCycle + 1);
  }
  void disagreed(uint64_t) override {
    mismatchCycle = currentCycle();
    all.wake.notifyAt(mismatchCycle + 1);
  }
  void exchange(std::shared_ptr<BeatExchange> own, size_t number) override {
    beats = std::move(own);
    place = number;
    if (!llvm::is_contained(all.exchanges, beats)) {
      all.exchanges.push_back(beats);
    }
  }

  CycleSlice &slice;
  SliceId id;
  Command command; ///< that it has offered last
  bool isRunning = true, isOffering = false;
  uint64_t goCycle = UINT64_MAX, mismatchCycle = UINT64_MAX;
  std::shared_ptr<BeatExchange> beats;
  size_t place = 0; ///< in it

private:
  CycleSlices &all;
};

CycleSlices::CycleSlices(sc_core::sc_module_name name, const Machine &machine,
                         uint32_t chip, llvm::ArrayRef<CycleSlice *> slices,
                         Net &net)
    : sc_module(name), net(net) {
  for (auto [number, slice] : llvm::enumerate(slices)) {
    if (slice) {
      members.push_back(std::make_unique<Member>(
          *this, *slice, sliceIdOf(machine, chip, uint32_t(number))));
      net.connect(uint32_t(number), *members.back());
    }
  }
  SC_HAS_PROCESS(CycleSlices);
  SC_METHOD(run);
  sensitive << wake.get();
}

CycleSlices::~CycleSlices() = default;

/// What the slices do in the cycle that has begun, and the network with it.
void CycleSlices::observe() {
  bool isActive = false;
  for (auto &m : members) {
    isActive |= m->slice.observe(cycle);
    if (m->isRunning && !m->slice.isRunning()) {
      m->isRunning = false;
      net.leave(m->id.slice, cycle - 1);
    }
    std::optional<isa::Collective> offer = m->slice.offer();
    if (offer && !m->isOffering) {
      m->command.engine = isa::Engine::Net;
      m->command.body = Collective(*offer);
      placeInGroup(m->command, m->id);
      // It is seen a cycle after the start.
      net.arrive(m->id.slice, m->command, cycle - 1);
    }
    m->isOffering = offer.has_value();
    auto beat = m->slice.beat();
    if (beat && m->beats) {
      m->beats->give(m->place, *beat);
    }
  }
  for (auto &exchange : exchanges) {
    exchange->advance(cycle);
  }
  quietFor = isActive || !exchanges.empty() ? 0 : quietFor + 1;
}

/// Everything up to the beginning of the current cycle.
void CycleSlices::run() {
  wake.happened();
  if (!hasStarted) {
    hasStarted = true;
    for (auto &m : members) {
      m->slice.start();
      m->slice.clock({});
    }
    observe();
  }
  while (cycle < currentCycle()) {
    for (auto &m : members) {
      CycleSlice::FromNet in;
      in.go = m->goCycle == cycle;
      in.mismatch = m->mismatchCycle == cycle;
      if (m->beats) {
        in.words = m->beats->words();
      }
      m->slice.clock(in);
    }
    llvm::erase_if(exchanges, [](auto &e) { return e->isDone(); });
    ++cycle;
    observe();
  }
  if (quietFor <= kPatience) {
    wake.notifyAt(currentCycle() + 1);
  }
}
