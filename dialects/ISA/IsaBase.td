//===- IsaBase.td - Classes that describe the XPU instruction set ----------===//
//
// The vocabulary of Xpu.td. acc-tblgen reads the records and writes the C++
// encoder and decoder, the SystemVerilog package and the ISA manual.
//
//===----------------------------------------------------------------------===//

/// A field of `width` bits, repeated `count` times (an array, element 0 in the
/// lowest bits). Fields of an instruction are packed in the order in which they
/// are listed, from bit 0 of word 0 upwards, without gaps.
class Field<string name, int width, string doc, int count = 1, bit isSigned = 0,
            string enumName = ""> {
  string Name = name;
  int Width = width;
  int Count = count;
  bit IsSigned = isSigned;
  string Enum = enumName;
  string Doc = doc;
}

/// One instruction. `Engine` is "seq" or the engine whose queue takes it.
/// If `VariableTail` is set the last field is an array of which only the first
/// `nwords`-covered elements are present in the code.
class Instr<string mnemonic, int opcode, string engine> {
  string Mnemonic = mnemonic;
  int Opcode = opcode;
  string Engine = engine;
  list<Field> Fields = [];
  string Description = "";
  bit VariableTail = 0;
}

/// One value of an enumeration.
class Case<string name, int value, string doc> {
  string Name = name;
  int Value = value;
  string Doc = doc;
}

/// An element format of `bytes` bytes in memory that hold `elements` elements
/// (neighbours along the contraction), and what the matrix unit takes it for.
class FormatCase<string name, int value, string doc, int bytes,
                 string matrixClass = "None", int elements = 1>
    : Case<name, value, doc> {
  int Bytes = bytes;
  string MatrixClass = matrixClass;
  int Elements = elements;
}

/// Operands of the classes `a` and `w` can be multiplied: a processing element
/// takes `group` products per cycle. `scales`: also with block scales.
class MatrixPair<string a, string w, int group, bit scales> {
  string A = a;
  string W = w;
  int Group = group;
  bit Scales = scales;
}

/// An enumeration that the encodings, the models and the RTL share.
class Enumeration<string name, int width, string doc> {
  string Name = name;
  int Width = width;
  string Doc = doc;
  list<Case> Cases = [];
}

/// A number that is part of the architecture and not of a target.
class Constant<string name, int value, string doc> {
  string Name = name;
  int Value = value;
  string Doc = doc;
}

/// A SECDED code of Hsiao: column i of the parity-check matrix is the syndrome of an
/// error in data bit i; that of check bit j is 1 << j. Columns are distinct, of odd
/// weight, 3 or more.
class ErrorCode<string name, int dataBits, int checkBits, list<int> columns, string doc> {
  string Name = name;
  int DataBits = dataBits;
  int CheckBits = checkBits;
  list<int> Columns = columns;
  string Doc = doc;
}
