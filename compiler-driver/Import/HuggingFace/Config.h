//===- Config.h - Reading a model's config.json -----------------*- C++ -*-===//
//
// Configurations in the style of Hugging Face, of the families gpt2, gptj,
// llama, mistral, mixtral, qwen3, qwen3_moe, gpt_oss, deepseek_v3, kimi_k2 and
// bert. Keys that change nothing in the sizes of a layer are not read.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_CONFIG_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_CONFIG_H

#include "compiler-driver/Import/HuggingFace/ConfigReader.h"

namespace acc {

/// The model of a configuration; its name is the file's, or the folder's if the
/// file is called config.json. An unsupported error for other families, which
/// names those that are known.
llvm::Expected<systems::ModelShape> readModelConfig(llvm::StringRef path);

llvm::Expected<systems::ModelShape> parseModelConfig(const ConfigFile &file);

} // namespace acc

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_CONFIG_H
