// RUN: acc-opt %s --convert-rack-to-xpu --verify-diagnostics

// expected-error @below {{unsupported: a program for 2 chips of 1 slices}}
module attributes {rack.topology = #rack.topology<chips = 2, slices = 1>} {
}
