//===- Parser.h - State of the assembly parser ------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ASSEMBLER_PARSER_H
#define COMPILER_DRIVER_ASSEMBLER_PARSER_H

#include "compiler-driver/Assembler/Fields.h"
#include "compiler-driver/Assembler/Lexer.h"
#include "compiler-driver/Object/Object.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/SourceMgr.h"

namespace xpu {

/// Recursive descent over lines. Functions return false after they have
/// reported an error; the parser then goes on with the next line.
class Parser {
public:
  Parser(llvm::SourceMgr &sources, llvm::raw_ostream &errors);

  /// The object, or nothing if there was an error.
  std::optional<Object> parse();

private:
  // Tokens and messages (Parser.cpp).
  void advance() { token = lexer.next(); }
  bool error(llvm::StringRef at, const llvm::Twine &message);
  bool expect(char c, const llvm::Twine &where);
  bool accept(char c);
  bool parseInteger(int64_t low, uint64_t high, uint64_t &value,
                    const llvm::Twine &what);
  bool parseFloatBits(uint32_t &bits);
  bool parseString(std::string &text, const llvm::Twine &what);
  bool atFloat() const;

  // Lines (Parser.cpp).
  bool parseLine();
  bool parseLabel(Token name);
  bool resolveLabels();

  // Directives (ParseDirective.cpp).
  bool parseDirective(Token name);
  bool parseTarget(Token name);
  bool parseTargetParameters(Token name);
  bool finishTarget();
  bool parseTensor(std::vector<ObjectTensor> &tensors);
  bool parseLoc();
  bool parseLaunch(Token name);
  bool parseHostCall(Token name);
  bool parseHostModule(Token name);
  bool parseHex(Token name, std::string &bytes);
  bool parseParts(Token name);
  bool parsePlace(Token name);
  bool parseStages();
  bool parseList(std::vector<int64_t> &list, llvm::StringRef what);
  bool parseRaw();
  bool parseHbm(Token name);
  bool parseData(Token name);
  bool appendData(llvm::StringRef at, const void *data, uint64_t bytes);

  // Instructions (ParseInstruction.cpp).
  bool parseInstruction(Token mnemonic);
  bool parseField(const isa::InstrInfo &info, const isa::FieldInfo &field,
                  isa::Word *words);
  bool parseValue(const isa::FieldInfo &field, unsigned offset,
                  isa::Word *words);
  bool parseRegister(uint64_t maximum, uint64_t &value);
  bool parseProgram(const isa::FieldInfo &field, isa::Word *words,
                    unsigned &uops);
  bool parseUop(uint64_t &bits);

  /// A use of a label, to be filled in at the end.
  struct Fixup {
    llvm::StringRef label;
    size_t word;
    unsigned offset;
    unsigned width;
  };
  struct Label {
    uint64_t pc;
    llvm::StringRef at;
  };

  llvm::SourceMgr &sources;
  llvm::raw_ostream &errors;
  Lexer lexer;
  Token token;
  Object object;
  bool hasTarget = false;
  bool hasParameters = false;
  llvm::StringRef targetAt;
  std::string targetName; ///< Where the target is named.
  bool hasHbm = false;
  bool inData = false;
  uint64_t zeroBytes = 0; ///< Constants that no text gives.
  unsigned numErrors = 0;
  unsigned programUops = 0; ///< Of the instruction that is being parsed.
  std::vector<Fixup> fixups;
  llvm::StringMap<Label> labels;
};

/// ", did you mean 'x'?" if a candidate is close to `name`, else nothing.
std::string suggest(llvm::StringRef name,
                    llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace xpu

#endif // COMPILER_DRIVER_ASSEMBLER_PARSER_H
