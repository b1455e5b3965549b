//===- MatmulCost.cpp - The quickest form of a matrix command -------------===//

#include "passes/Analysis/MatmulCost.h"

#include "systemc-models/Timing/Timing.h"

namespace xpu {

MatmulForm chooseMatmulForm(const acc::Target &target, const LoopNest &rows,
                            const LoopNest &sums, int64_t columns,
                            int64_t columnStride,
                            std::pair<FormatKind, FormatKind> formats) {
  MatmulForm best;
  best.cycles = ~uint64_t(0);
  for (unsigned last = 0; last < 3; ++last) {
    for (bool byColumn : {false, true}) {
      llvm::SmallVector<unsigned> order;
      for (unsigned d = 0; d < 3; ++d) {
        if (d != last) {
          order.push_back(d);
        }
      }
      order.push_back(last);
      acc::Matmul command;
      command.aFmt = static_cast<isa::Format>(formats.first);
      command.wFmt = static_cast<isa::Format>(formats.second);
      command.ncols = columns;
      command.wNstride = static_cast<int32_t>(columnStride);
      command.wByCol = byColumn;
      for (unsigned i = 0; i < 3; ++i) {
        command.msize[i] = rows.sizes[i];
        command.aMstride[i] = static_cast<int32_t>(rows.strides[0][i]);
        command.ksize[i] = sums.sizes[order[i]];
        command.aKstride[i] = static_cast<int32_t>(sums.strides[0][order[i]]);
        command.wKstride[i] = static_cast<int32_t>(sums.strides[1][order[i]]);
      }
      uint64_t cycles = acc::matmulPeriod(target, command);
      if (cycles < best.cycles) {
        best = {order, byColumn, cycles};
      }
    }
  }
  return best;
}

} // namespace xpu
