//===- Kernel.cpp - One SystemC kernel for each simulation ----------------===//

#include "systemc-models/Slice/Kernel.h"

/// SystemC's library refers to it; the simulations here do not start from it.
int sc_main(int, char **) { return 0; }
