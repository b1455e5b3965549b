//===- VectorOps.h - Micro-operations over arrays of lanes --------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_VECTOROPS_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_VECTOROPS_H

#include "dialects/ISA/Isa.h"

#include <cstdint>

namespace acc {

namespace isa = ::xpu::isa;

/// dst[i] = op(a[i], b[i], c[i]) for i < count. The arrays are either equal or
/// disjoint.
void runUop(isa::Uop op, uint32_t *dst, const uint32_t *a, const uint32_t *b,
            const uint32_t *c, uint32_t count);

/// One node of the reduction tree.
uint32_t reduceOp(isa::ReduceOp op, uint32_t a, uint32_t b);

/// Loads `count` elements with conversion to 32-bit lanes (not Iota or None).
void loadLanes(isa::Format format, const uint8_t *memory, uint32_t address,
               int32_t strideBytes, uint32_t count, uint32_t *lanes);

/// Stores `count` lanes with conversion; lane 0 first.
void storeLanes(isa::Format format, uint8_t *memory, uint32_t address,
                int32_t strideBytes, uint32_t count, const uint32_t *lanes);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_VECTOROPS_H
