//===- FabricBase.td - Classes that describe the fabric's formats ----------===//
//
// The vocabulary of Fabric.td beside Field, Enumeration and Constant. The
// emitters of acc-tblgen write layouts as C++ structs and SystemVerilog packed
// structs, and checks as the matrices that a wide word needs.
//
//===----------------------------------------------------------------------===//

include "IsaBase.td"

/// What a few units of eight bytes hold. Fields are packed in the order in which
/// they are listed, from bit 0 of byte 0 upwards, without gaps.
class Layout<string name, string doc> {
  string Name = name;
  string Doc = doc;
  list<Field> Fields = [];
}

/// A cyclic redundancy check, reflected: `polynomial` has the coefficient of the
/// highest power below x^width in bit 0. Start and final inversion: all ones.
class Check<string name, int width, int polynomial, string doc> {
  string Name = name;
  int Width = width;
  int Polynomial = polynomial;
  string Doc = doc;
}
