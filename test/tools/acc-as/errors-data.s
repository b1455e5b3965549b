// RUN: not acc-as %s -o %t.o 2>&1 | FileCheck %s

// CHECK: errors-data.s:[[#@LINE+2]]:3: error: label 'twice' is defined twice
twice: twice2:
  twice:
// CHECK: errors-data.s:[[#@LINE-2]]:1: note: first defined here
// CHECK: [[#@LINE+1]]:6: error: an address is out of range; expects 0 to 4294967295
.hbm 0x100000000
.hbm 0x10
.word 1
// CHECK: [[#@LINE+1]]:6: error: constants go upwards; expects an address of at least 0x14
.hbm 0x13
// CHECK: [[#@LINE+1]]:3: error: instruction in .hbm; put '.text' before it
  halt
// CHECK: [[#@LINE+1]]:1: error: '.loc' in .hbm; put '.text' before it
.loc "x"
// CHECK: [[#@LINE+1]]:7: error: a byte is out of range; expects -128 to 255
.byte 256
// CHECK: [[#@LINE+1]]:8: error: '1x' is no fp32 number; expects for example 1.5 or -2e-3
.float 1x
// CHECK: [[#@LINE+1]]:7: error: constants beyond the 32-bit address space of HBM
.zero 4294967296
.text
// CHECK: [[#@LINE+1]]:8: error: '5' is no field of halt; expects rd, rs1, rs2, reserved, imm, target, mask
  halt 5
// CHECK: [[#@LINE+1]]:6: error: expects an instruction word, 0x and up to 32 hex digits
.raw 0x000000000000000000000000000000001
// CHECK: [[#@LINE+1]]:6: error: unknown escape in a string; expects \\, \", \n or \xHH
.loc "\q"
// CHECK: [[#@LINE+1]]:1: error: expects an instruction, a label or a directive
= 5
// CHECK: [[#@LINE+1]]:12: error: expects the end of the line
.hbm 0x100 0x200
