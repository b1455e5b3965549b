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

BlockStreams
getBlockStreams(llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<unsigned> rowDims,
                llvm::ArrayRef<unsigned> sumDims, unsigned columnDim,
                const std::array<llvm::SmallVector<int64_t>, 4> &strides,
                int64_t columns, std::pair<FormatKind, FormatKind> formats) {
  const auto &[a, w, aScales, wScales] = strides;
  BlockStreams streams;
  streams.rows.strides.resize(2);
  for (unsigned dim : rowDims) {
    streams.rows.sizes.push_back(sizes[dim]);
    streams.rows.strides[0].push_back(a[dim]);
    streams.rows.strides[1].push_back(aScales[dim]);
  }
  streams.sums.strides.resize(4);
  for (unsigned dim : sumDims) {
    streams.sums.sizes.push_back(sizes[dim]);
    for (unsigned stream = 0; stream < 4; ++stream) {
      streams.sums.strides[stream].push_back(strides[stream][dim]);
    }
  }
  streams.columns = columns;
  streams.columnStride = w[columnDim];
  streams.scaleColumnStride = wScales[columnDim];
  streams.formats = formats;
  return streams;
}

mlir::FailureOr<BlockForm> chooseBlockForm(const acc::Target &target,
                                           BlockStreams streams) {
  LoopNest &rows = streams.rows;
  LoopNest &sums = streams.sums;
  rows.simplify();
  rows.padTo(3);
  sums.simplify();
  sums.padTo(3);
  auto aFormat = static_cast<isa::Format>(streams.formats.first);
  auto wFormat = static_cast<isa::Format>(streams.formats.second);
  auto blockBytes = [](isa::Format format) {
    return int64_t(isa::kScaleBlock) / isa::formatElements(format) *
           isa::formatBytes(format);
  };
  if (rows.sizes.size() > 3 || sums.sizes.size() > 3 ||
      !isa::takesScales(aFormat, wFormat)) {
    return mlir::failure();
  }
  BlockForm best;
  best.cycles = ~uint64_t(0);
  for (unsigned last = 0; last < 3; ++last) {
    // Blocks that follow each other are one run of elements; others, which must
    // be no dimension of their own, are runs of one block.
    bool isRun = sums.sizes[last] == 1 ||
                 (sums.strides[0][last] == blockBytes(aFormat) &&
                  sums.strides[1][last] == blockBytes(wFormat));
    if (!isRun) {
      continue;
    }
    BlockForm form;
    auto stridesOf = [&](unsigned stream, int64_t inner) {
      llvm::SmallVector<int64_t> strides;
      for (unsigned d = 0; d < 3; ++d) {
        if (d != last) {
          strides.push_back(sums.strides[stream][d]);
        }
      }
      strides.push_back(inner);
      return strides;
    };
    for (unsigned d = 0; d < 3; ++d) {
      if (d != last) {
        form.kSizes.push_back(sums.sizes[d]);
      }
    }
    form.kSizes.push_back(sums.sizes[last] * int64_t(isa::kScaleBlock));
    form.aStrides = stridesOf(0, isa::formatBytes(aFormat));
    form.wStrides = stridesOf(1, isa::formatBytes(wFormat));
    form.aScaleStrides = stridesOf(2, sums.strides[2][last]);
    form.wScaleStrides = stridesOf(3, sums.strides[3][last]);
    for (bool byColumn : {false, true}) {
      acc::Matmul command;
      command.scaled = true;
      command.aFmt = aFormat;
      command.wFmt = wFormat;
      command.ncols = streams.columns;
      command.wNstride = static_cast<int32_t>(streams.columnStride);
      command.wsNstride = static_cast<int32_t>(streams.scaleColumnStride);
      command.wByCol = byColumn;
      for (unsigned i = 0; i < 3; ++i) {
        command.msize[i] = rows.sizes[i];
        command.aMstride[i] = static_cast<int32_t>(rows.strides[0][i]);
        command.asMstride[i] = static_cast<int32_t>(rows.strides[1][i]);
        command.ksize[i] = form.kSizes[i];
        command.aKstride[i] = static_cast<int32_t>(form.aStrides[i]);
        command.wKstride[i] = static_cast<int32_t>(form.wStrides[i]);
      }
      form.byColumn = byColumn;
      form.cycles = acc::matmulPeriod(target, command);
      if (form.cycles < best.cycles) {
        best = form;
      }
    }
  }
  if (best.kSizes.empty()) {
    return mlir::failure();
  }
  return best;
}

} // namespace xpu
