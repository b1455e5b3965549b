//===- CodeErrors.cpp - Code words that have errors -----------------------===//

#include "systemc-models/Memory/CodeErrors.h"

using namespace acc;

static void add(HbmErrors::Found &found, uint64_t word, CodeStatus status) {
  found.corrected += status == CodeStatus::Corrected;
  if (status == CodeStatus::Error && !found.error) {
    found.error = word * HbmErrors::wordBytes;
  }
}

HbmErrors::Found HbmErrors::read(uint64_t address, uint64_t bytes) const {
  Found found;
  uint64_t last = (address + bytes - 1) / wordBytes;
  for (auto it = all().lower_bound(address / wordBytes);
       it != all().end() && it->first <= last; ++it) {
    add(found, it->first, it->second.status());
  }
  return found;
}

HbmErrors::Found HbmErrors::write(uint64_t address, uint64_t bytes) {
  Found found;
  uint64_t last = (address + bytes - 1) / wordBytes;
  for (auto it = all().lower_bound(address / wordBytes);
       it != all().end() && it->first <= last;) {
    auto [word, bits] = *it++;
    bool isWhole = word * wordBytes >= address &&
                   (word + 1) * wordBytes <= address + bytes;
    CodeStatus status = isWhole ? CodeStatus::Clean : bits.status();
    add(found, word, status);
    if (status != CodeStatus::Error) {
      set(word, {});
    }
  }
  return found;
}
