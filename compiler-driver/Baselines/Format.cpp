//===- Format.cpp - Number formats of stored and multiplied values --------===//

#include "compiler-driver/Baselines/Format.h"

#include "llvm/ADT/StringSwitch.h"

#include <string>

namespace acc::systems {

double bytesPerElement(Format format) {
  switch (format) {
  case Format::Fp64:
    return 8;
  case Format::Fp32:
  case Format::Tf32:
    return 4;
  case Format::Bf16:
  case Format::Fp16:
    return 2;
  case Format::Fp8:
  case Format::Int8:
    return 1;
  case Format::Fp8Block:
    return 1 + 4.0 / 128;
  case Format::Mxfp8:
    return 1 + 1.0 / 32;
  case Format::Mxfp6:
    return 0.75 + 1.0 / 32;
  case Format::Mxfp4:
    return 0.5 + 1.0 / 32;
  case Format::Nvfp4:
    return 0.5 + 1.0 / 16;
  }
  return 4;
}

Format widerFormat(Format a, Format b) {
  return bytesPerElement(a) > bytesPerElement(b) ? a : b;
}

bool needsQuantisation(Format format) { return bytesPerElement(format) < 1.5; }

llvm::StringRef formatName(Format format) {
  switch (format) {
  case Format::Fp64:
    return "fp64";
  case Format::Fp32:
    return "fp32";
  case Format::Tf32:
    return "tf32";
  case Format::Bf16:
    return "bf16";
  case Format::Fp16:
    return "fp16";
  case Format::Fp8:
    return "fp8";
  case Format::Fp8Block:
    return "fp8_block";
  case Format::Mxfp8:
    return "mxfp8";
  case Format::Int8:
    return "int8";
  case Format::Mxfp6:
    return "mxfp6";
  case Format::Mxfp4:
    return "mxfp4";
  case Format::Nvfp4:
    return "nvfp4";
  }
  return "fp32";
}

std::optional<Format> parseFormat(llvm::StringRef name) {
  std::string lower = name.lower();
  llvm::StringRef text = llvm::StringRef(lower).trim();
  // "fp8 (1x128/128x128 scaled)": a scale per block of 128.
  if (text.starts_with("fp8") && text.contains("128")) {
    return Format::Fp8Block;
  }
  // Remarks in brackets are the library's name for it.
  text = text.take_until([](char c) { return c == '(' || c == ' '; });
  return llvm::StringSwitch<std::optional<Format>>(text)
      .Cases({"fp64", "float64", "f64", "double"}, Format::Fp64)
      .Cases({"fp32", "float32", "f32", "float"}, Format::Fp32)
      .Cases({"tf32", "tensorfloat32"}, Format::Tf32)
      .Cases({"bf16", "bfloat16"}, Format::Bf16)
      .Cases({"fp16", "float16", "f16", "half"}, Format::Fp16)
      .Cases({"fp8", "float8", "f8", "fp8_e4m3", "e4m3"}, Format::Fp8)
      .Cases({"fp8_block", "fp8-block", "fp8_blockscale"}, Format::Fp8Block)
      .Case("mxfp8", Format::Mxfp8)
      .Cases({"int8", "i8", "w8a8", "int8_sq"}, Format::Int8)
      .Cases({"mxfp6", "fp6"}, Format::Mxfp6)
      .Cases({"mxfp4", "w4a16_mxfp4", "w4a8_mxfp4", "mixed"}, Format::Mxfp4)
      .Cases({"nvfp4", "fp4", "float4"}, Format::Nvfp4)
      .Default(std::nullopt);
}

} // namespace acc::systems
