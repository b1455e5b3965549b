//===- StaticModel.cpp - The model of one target, linked ------------------===//

#include "rtl/tb/RtlModel.h"
#include "rtl/tb/RtlSim.h"

llvm::StringRef acc::rtlTargetName() { return ACC_RTL_TARGET; }

acc::RtlModel *acc::createRtlModel() { return acc_create_rtl_model(); }
