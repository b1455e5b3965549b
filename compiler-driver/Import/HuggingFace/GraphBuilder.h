//===- GraphBuilder.h - Operators of transformers as a graph ----*- C++ -*-===//
//
// What graphs of whole models and of shares have in common, in ONNX's terms.
// A value is named by the node that makes it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_GRAPHBUILDER_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_GRAPHBUILDER_H

#include "compiler-driver/Baselines/ModelShape.h"
#include "compiler-driver/Import/Onnx/Model.h"

namespace acc::huggingface {

class GraphBuilder {
public:
  using Shape = std::vector<int64_t>;
  using Attributes = std::map<std::string, OnnxAttribute>;

  GraphBuilder(const systems::ModelShape &model, const std::string &name,
               uint64_t seed = 0);

  OnnxModel take() { return std::move(graph); }

  std::string input(const std::string &name, const Shape &shape,
                    DType type = DType::F32);
  void output(const std::string &name, const Shape &shape,
              DType type = DType::F32);
  /// What other slices or chips send, and what goes to them: 16 bits for each
  /// element, wide again at once.
  std::string received(const std::string &name, const Shape &shape);
  void sent(const std::string &value, const Shape &shape);
  std::string node(const std::string &op, const std::string &name,
                   std::vector<std::string> inputs, Attributes attributes = {},
                   std::vector<std::string> moreOutputs = {});
  std::string constant(HostTensor tensor);
  /// Made-up values of deviation `deviation` around `mean`, which repeat.
  std::string weights(const std::string &name, const Shape &shape,
                      double deviation, double mean = 0);
  std::string number(const std::string &name, double value);
  std::string integers(const std::string &name, const Shape &values);

  std::string reshape(const std::string &name, const std::string &x,
                      const Shape &shape);
  std::string transpose(const std::string &name, const std::string &x,
                        const Shape &order);
  std::string slice(const std::string &name, const std::string &x, int64_t axis,
                    int64_t from, int64_t to, int64_t step = 1);
  /// x times weights of shape [.., terms, columns]; the bias is left out if its
  /// name is empty.
  std::string product(const std::string &name, const std::string &x,
                      const std::string &weights, const std::string &bias);
  /// The model's normalisation of the last dimension; LayerNormalization has a
  /// bias.
  std::string norm(const std::string &name, const std::string &x,
                   const std::string &scale, const std::string &bias);
  /// The model's activation of a gate or of a product.
  std::string activate(const std::string &name, const std::string &x);
  /// The activated gate times the other product.
  std::string gate(const std::string &name, const std::string &gate,
                   const std::string &up);

protected:
  const systems::ModelShape &model;
  OnnxModel graph;

private:
  uint64_t seed;
};

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_GRAPHBUILDER_H
