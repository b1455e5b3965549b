//===- EmitSystemVerilog.cpp - The package xpu_isa_pkg --------------------===//

#include "IsaModel.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace isagen {

static std::string snake(StringRef camel) {
  std::string out;
  for (size_t i = 0; i < camel.size(); ++i) {
    if (isUpper(camel[i]) && i != 0) {
      out += '_';
    }
    out += toLower(camel[i]);
  }
  return out;
}

/// Packed structures list the most significant member first, so the fields are
/// written in reverse, padding up to whole words in front.
static void emitStruct(const Isa &isa, const Instruction &instr, StringRef name,
                       unsigned totalBits, raw_ostream &os) {
  os << "  // " << instr.description << "\n  typedef struct packed {\n";
  if (totalBits > instr.bits()) {
    os << "    logic [" << totalBits - instr.bits() - 1 << ":0] unused;\n";
  }
  for (auto it = instr.fields.rbegin(); it != instr.fields.rend(); ++it) {
    os << "    logic ";
    if (it->isSigned) {
      os << "signed ";
    }
    if (it->count > 1) {
      os << "[" << it->count - 1 << ":0]";
    }
    if (it->width > 1 || it->count > 1) {
      os << "[" << it->width - 1 << ":0] ";
    }
    os << it->name << ";\n";
  }
  os << "  } " << name << ";\n\n";
}

static void emitOpcodes(const Isa &isa, raw_ostream &os) {
  os << "  // Whose command it is: of an engine, or of the sequencer.\n"
        "  function automatic engine_e engine_of(logic [7:0] opcode);\n"
        "    case (opcode)\n";
  for (const Instruction &instr : isa.instructions) {
    if (!instr.isScalar()) {
      os << "      Op" << instr.record << ": return Engine"
         << toUpper(instr.engine[0]) << instr.engine.substr(1) << ";\n";
    }
  }
  os << "      default: return EngineSeq;\n    endcase\n"
     << "  endfunction\n\n"
     << "  // Words of an instruction that says to have n: that many if its "
        "opcode allows them.\n"
        "  function automatic logic [7:0] words_of(logic [7:0] opcode, logic "
        "[7:0] n);\n    case (opcode)\n";
  for (const Instruction &instr : isa.instructions) {
    if (instr.isScalar()) {
      continue;
    }
    std::string name = toTypeName(instr.record);
    os << "      Op" << instr.record << ": return ";
    if (instr.variableTail) {
      os << "(n >= 8'(" << name << "HeadWords) && n <= 8'(" << name
         << "MaxWords)) ? n : 8'(" << name << "HeadWords);\n";
    } else {
      os << "8'(" << name << "Words);\n";
    }
  }
  os << "      default: return 8'd1;\n    endcase\n  endfunction\n\n";
}

static void emitFormats(const Isa &isa, raw_ostream &os) {
  auto byFormat = [&](StringRef type, StringRef name, StringRef other,
                      function_ref<std::string(const Format &)> value) {
    os << "  function automatic " << type << " " << name
       << "(logic [4:0] format);\n    case (format)\n";
    for (const Format &f : isa.formats) {
      os << "      Format" << f.name << ": return " << value(f) << ";\n";
    }
    os << "      default: return " << other << ";\n    endcase\n"
       << "  endfunction\n\n";
  };
  auto byPair = [&](StringRef type, StringRef name, StringRef other,
                    function_ref<std::string(const MatrixPair &)> value) {
    os << "  function automatic " << type << " " << name
       << "(logic [4:0] a, logic [4:0] w);\n"
       << "    case ({matrix_class(a), matrix_class(w)})\n";
    for (const MatrixPair &p : isa.matrixPairs) {
      os << "      {MatrixClass" << p.a << ", MatrixClass" << p.w
         << "}: return " << value(p) << ";\n";
    }
    os << "      default: return " << other << ";\n    endcase\n"
       << "  endfunction\n\n";
  };
  os << "  // Bytes in memory of the smallest piece of a stream; 0 if the "
        "format "
        "is not in memory.\n";
  byFormat("logic [2:0]", "format_bytes", "3'd0",
           [](const Format &f) { return "3'd" + std::to_string(f.bytes); });
  os << "  // Elements in these bytes.\n";
  byFormat("logic [1:0]", "format_elements", "2'd1",
           [](const Format &f) { return "2'd" + std::to_string(f.elements); });
  byFormat("matrix_class_e", "matrix_class", "MatrixClassNone",
           [](const Format &f) { return "MatrixClass" + f.matrixClass; });
  os << "  // Products of a processing element per cycle; 0 if the operands "
        "cannot be multiplied.\n";
  byPair("logic [4:0]", "matrix_group", "5'd0",
         [](const MatrixPair &p) { return "5'd" + std::to_string(p.group); });
  byPair("logic", "takes_scales", "1'b0",
         [](const MatrixPair &p) { return "1'b" + std::to_string(p.scales); });
}

/// Element 0 of an array is written last.
static void emitErrorCodes(const Isa &isa, raw_ostream &os) {
  for (const ErrorCode &code : isa.errorCodes) {
    auto array = [&](StringRef name, ArrayRef<uint64_t> values,
                     unsigned width) {
      os << "  localparam logic [" << values.size() - 1 << ":0][" << width - 1
         << ":0] " << code.name << name << " = {";
      for (size_t i = values.size(); i-- > 0;) {
        os << (i % 4 == 3 || i + 1 == values.size() ? "\n    " : " ") << width
           << "'h" << utohexstr(values[i], /*LowerCase=*/true)
           << (i == 0 ? "" : ",");
      }
      os << "};\n";
    };
    os << "  // Error-correcting code " << code.doc
       << ": data and check bits; the syndrome of an error in a data bit; the "
          "data bits of a check bit.\n  localparam int unsigned "
       << code.name << "Data = " << code.dataBits
       << ";\n  localparam int unsigned " << code.name
       << "Check = " << code.checkBits << ";\n";
    array("Columns", code.columns, code.checkBits);
    array("Rows", code.rows, code.dataBits);
    os << "\n";
  }
}

void emitConstantsSystemVerilog(ArrayRef<Constant> constants, raw_ostream &os) {
  for (const Constant &c : constants) {
    os << "  localparam int unsigned " << c.name << " = " << c.value << "; // "
       << c.doc << "\n";
  }
}

void emitEnumerationSystemVerilog(const Enumeration &e, raw_ostream &os) {
  os << "  // " << e.doc << "\n  localparam int unsigned Num" << e.name
     << "Values = " << e.cases.size() << ";\n  typedef enum logic ["
     << e.width - 1 << ":0] {\n";
  for (size_t i = 0; i < e.cases.size(); ++i) {
    os << "    " << e.name << e.cases[i].name << " = " << e.width << "'d"
       << e.cases[i].value << (i + 1 == e.cases.size() ? "" : ",") << " // "
       << e.cases[i].doc << "\n";
  }
  os << "  } " << snake(e.name) << "_e;\n\n";
}

/// Whether a number is one of an enumeration, as isValid… of C++ says it.
static void emitKnown(const Enumeration &e, raw_ostream &os) {
  os << "  function automatic logic known_" << snake(e.name) << "(logic ["
     << e.width - 1 << ":0] value);\n    case (value)\n";
  for (size_t i = 0; i < e.cases.size(); ++i) {
    os << "      " << e.name << e.cases[i].name
       << (i + 1 == e.cases.size() ? ": return 1'b1;\n" : ",\n");
  }
  os << "      default: return 1'b0;\n    endcase\n  endfunction\n\n";
}

void emitSystemVerilog(const Isa &isa, raw_ostream &os) {
  os << "// Generated by acc-tblgen from dialects/ISA/Xpu.td.\n\n"
     << "package xpu_isa_pkg;\n\n";
  emitConstantsSystemVerilog(isa.constants, os);
  os << "\n";
  for (const Enumeration &e : isa.enumerations) {
    emitEnumerationSystemVerilog(e, os);
    if (e.name == "Uop") {
      emitKnown(e, os);
    }
  }
  for (const Instruction &instr : isa.instructions) {
    os << "  localparam logic [7:0] Op" << instr.record << " = 8'd"
       << instr.opcode << "; // " << instr.mnemonic << "\n";
  }
  os << "\n";
  for (const Instruction &instr : isa.instructions) {
    if (!instr.isScalar()) {
      unsigned words = (instr.bits() + isa.wordBits - 1) / isa.wordBits;
      os << "  localparam int unsigned " << toTypeName(instr.record)
         << (instr.variableTail ? "MaxWords = " : "Words = ") << words << ";\n";
      if (instr.variableTail) {
        os << "  localparam int unsigned " << toTypeName(instr.record)
           << "HeadWords = " << instr.fields.back().offset / isa.wordBits
           << ";\n";
      }
    }
  }
  os << "\n";
  emitOpcodes(isa, os);
  emitFormats(isa, os);
  emitErrorCodes(isa, os);
  emitStruct(isa, isa.uop, "uop_t", isa.uop.bits(), os);
  bool scalarDone = false;
  for (const Instruction &instr : isa.instructions) {
    if (instr.isScalar() && scalarDone) {
      continue;
    }
    unsigned words = (instr.bits() + isa.wordBits - 1) / isa.wordBits;
    std::string name = instr.isScalar()
                           ? "scalar_instr_t"
                           : StringRef(instr.record).lower() + "_cmd_t";
    emitStruct(isa, instr, name, words * isa.wordBits, os);
    scalarDone |= instr.isScalar();
  }
  os << "endpackage\n";
}

} // namespace isagen
