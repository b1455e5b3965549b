//===- UnitsTest.cpp ------------------------------------------------------===//

#include "compiler-driver/Systems/Units.h"

#include <gtest/gtest.h>
