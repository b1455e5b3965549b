//===- SmallTypes.h - Numbers of 8 and fewer bits ---------------*- C++ -*-===//
//
// Floats of 4 and 8 bits are stored as f16 or f32 numbers that they have,
// integers of 2 and 4 bits in 8: conversion to them is arithmetic here.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_SMALLTYPES_H
#define ACC_COMPILER_DRIVER_ONNX_SMALLTYPES_H

#include "compiler-driver/Import/Onnx/ImportContext.h"
#include "compiler-driver/Import/Onnx/Scalar.h"

namespace acc {

/// How numbers between two powers of two become float8e8m0.
enum class ScaleRounding { Up, Down, Nearest };

/// The nearest number of `type`, ties to even (of float8e8m0: as `scale` says).
/// What is beyond its range is its largest number with `saturate`, otherwise
/// infinity, or NaN where there is none.
Scalar roundToSmallFloat(Scalar a, DType type, bool saturate,
                         ScaleRounding scale = ScaleRounding::Up);

/// The low 2 or 4 bits of an integer, as a number of `type`.
Scalar wrapSmallInteger(Scalar a, DType type);

/// The nearest number to a float that an integer type has.
Scalar saturateTo(DType type, Scalar value);

/// Casts to a float of 8 or fewer bits.
OnnxValue castToSmallFloat(ImportContext &context, const OnnxValue &value,
                           DType type, bool saturate,
                           ScaleRounding scale = ScaleRounding::Up);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_SMALLTYPES_H
