//===- NetworkConfig.h - Networks of images and sound -----------*- C++ -*-===//
//
// Configurations of the families vit, resnet, dit, flux, sdxl_unet and whisper
// as lists of operations; of the networks for diffusion also with the names of
// diffusers' configurations.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_NETWORKCONFIG_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_NETWORKCONFIG_H

#include "compiler-driver/Baselines/Network.h"
#include "compiler-driver/Import/HuggingFace/ConfigReader.h"

namespace acc {

/// Whether the configuration is of a family that is read here and not by
/// Config.h.
bool isNetwork(const ConfigFile &file);

/// The network of a configuration; an unsupported error for other families.
llvm::Expected<systems::Network> parseNetworkConfig(const ConfigFile &file);

} // namespace acc

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_NETWORKCONFIG_H
