//===- NetworkConfig.cpp - Networks of images and sound -------------------===//

#include "compiler-driver/Import/HuggingFace/NetworkConfig.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace llvm;
using acc::ConfigReader;
using acc::systems::Block;
using acc::systems::Network;
using acc::systems::Operation;
using After = Operation::After;
using Before = Operation::Before;

namespace {

Operation product(double rows, double terms, double columns,
                  Before before = Before::Nothing,
                  After after = After::Nothing) {
  Operation operation;
  operation.rows = rows;
  operation.terms = terms;
  operation.columns = columns;
  operation.before = before;
  operation.after = after;
  return operation;
}

/// With the sum of what the block has read.
Operation added(Operation operation) {
  operation.addsInput = true;
  return operation;
}

Operation attention(double heads, double size, double queries, double keys) {
  Operation operation;
  operation.kind = Operation::Kind::Attention;
  operation.heads = heads;
  operation.terms = size;
  operation.rows = queries;
  operation.keys = keys;
  return operation;
}

/// A square image of `side` results.
Operation convolution(double side, double inputs, double outputs, double kernel,
                      Before before = Before::Nothing,
                      After after = After::Nothing, double stride = 1) {
  Operation operation = product(side, inputs, outputs, before, after);
  operation.kind = Operation::Kind::Convolution;
  operation.width = side;
  operation.kernel = kernel;
  operation.stride = stride;
  return operation;
}

/// Attention of all tokens to all, and a feed-forward part, each on a
/// normalised input (ViT, Whisper's encoder).
Block encoderLayer(StringRef name, double count, double tokens, double hidden,
                   double heads, double features) {
  Block block{name.str(), count, {}};
  block.operations = {
      product(tokens, hidden, 3 * hidden, Before::LayerNorm),
      attention(heads, hidden / heads, tokens, tokens),
      added(product(tokens, hidden, hidden)),
      product(tokens, hidden, features, Before::LayerNorm, After::Gelu),
      added(product(tokens, features, hidden))};
  return block;
}

void checkMultiple(ConfigReader &reader, double size, double of,
                   const Twine &what) {
  if (std::fmod(size, of) != 0) {
    reader.fail(what);
  }
}

/// Dosovitskiy et al., arXiv 2010.11929.
void readVit(ConfigReader &reader, Network &network) {
  double image = reader.size("image_size"), patch = reader.size("patch_size");
  double channels = reader.size("num_channels", 3);
  double hidden = reader.size("hidden_size");
  double heads = reader.size("num_attention_heads");
  checkMultiple(reader, image, patch,
                "'image_size' is not a multiple of 'patch_size'");
  checkMultiple(reader, hidden, heads,
                "'hidden_size' is not a multiple of 'num_attention_heads'");
  double side = std::floor(image / patch), tokens = side * side + 1;
  network.once = {{"patches",
                   1,
                   {convolution(side, channels, hidden, patch, Before::Nothing,
                                After::Nothing, patch)}},
                  encoderLayer("layer", reader.size("num_hidden_layers"),
                               tokens, hidden, heads,
                               reader.size("intermediate_size")),
                  {"classes",
                   1,
                   {product(1, hidden, reader.size("num_labels", 1000),
                            Before::LayerNorm)}}};
}

/// He et al., arXiv 1512.03385; the stride is in the 3 x 3 convolution, as in
/// torchvision and MLPerf.
void readResNet(ConfigReader &reader, Network &network) {
  std::vector<double> widths = reader.sizes("hidden_sizes");
  // A quarter of the width, as in all published networks of this form.
  std::vector<double> narrow;
  if (reader.has("bottleneck_sizes")) {
    narrow = reader.sizes("bottleneck_sizes");
  } else {
    for (double width : widths) {
      narrow.push_back(std::max(1.0, std::floor(width / 4)));
    }
  }
  std::vector<double> depths = reader.sizes("depths");
  if (reader.text("layer_type", "bottleneck") != "bottleneck" ||
      widths.size() != narrow.size() || widths.size() != depths.size()) {
    reader.fail("expects bottleneck layers, and as many of 'hidden_sizes' and "
                "'bottleneck_sizes' as of 'depths'");
    return;
  }
  double side = std::floor(reader.size("image_size", 224) / 2);
  double inputs = reader.size("embedding_size");
  auto relu = [](double side, double inputs, double outputs, double kernel,
                 double stride = 1) {
    return convolution(side, inputs, outputs, kernel, Before::Nothing,
                       After::Relu, stride);
  };
  network.once = {
      {"stem", 1, {relu(side, reader.size("num_channels", 3), inputs, 7, 2)}}};
  side = std::floor(side / 2);
  for (auto [stage, depth] : enumerate(depths)) {
    double wide = widths[stage], thin = narrow[stage];
    double stride = stage == 0 ? 1 : 2, before = side;
    side = std::floor(side / stride);
    std::string name = "stage " + std::to_string(stage + 1);
    network.once.push_back(
        {name + ", first block",
         1,
         {relu(before, inputs, thin, 1), relu(side, thin, thin, 3, stride),
          relu(side, thin, wide, 1),
          convolution(side, inputs, wide, 1, Before::Nothing, After::Nothing,
                      stride)}});
    if (depth > 1) {
      network.once.push_back(
          {name + ", block",
           depth - 1,
           {relu(side, wide, thin, 1), relu(side, thin, thin, 3),
            added(relu(side, thin, wide, 1))}});
    }
    inputs = wide;
  }
  network.once.push_back(
      {"classes", 1, {product(1, inputs, reader.size("num_labels", 1000))}});
}

/// Peebles and Xie, arXiv 2212.09748: scales and shifts of each layer come from
/// the step's time and the class.
void readDit(ConfigReader &reader, Network &network) {
  double patch = reader.size("patch_size"),
         channels = reader.size("in_channels");
  double heads = reader.size("num_attention_heads");
  double hidden = reader.has("attention_head_dim")
                      ? heads * reader.size("attention_head_dim")
                      : reader.size("hidden_size");
  double side = std::floor(
      reader.size(reader.either("input_size", "sample_size")) / patch);
  double tokens = side * side,
         features = hidden * reader.number("mlp_ratio", 4);
  double results = reader.size(
      "out_channels", (reader.flag("learn_sigma", true) ? 2 : 1) * channels);
  checkMultiple(reader, hidden, heads,
                "'hidden_size' is not a multiple of 'num_attention_heads'");
  Block layer = encoderLayer(
      "layer", reader.size(reader.either("num_hidden_layers", "num_layers")),
      tokens, hidden, heads, features);
  layer.operations.insert(layer.operations.begin(),
                          product(1, hidden, 6 * hidden));
  network.step = {
      {"patches", 1, {product(tokens, patch * patch * channels, hidden)}},
      // Sinusoids of 256 frequencies.
      {"time",
       1,
       {product(1, 256, hidden, Before::Nothing, After::Silu),
        product(1, hidden, hidden)}},
      layer,
      {"results",
       1,
       {product(1, hidden, 2 * hidden),
        product(tokens, hidden, patch * patch * results, Before::LayerNorm)}}};
  network.steps = 250; // The paper's; half of the evaluations without class.
  network.evaluations = 2;
}

/// Layers of FLUX.1: text and image with weights of their own, then together
/// (black-forest-labs/flux, src/flux/modules/layers.py).
void readFlux(ConfigReader &reader, Network &network) {
  double heads = reader.size("num_attention_heads");
  double size = reader.size(reader.either("head_dim", "attention_head_dim"));
  double hidden = reader.size("hidden_size", heads * size);
  double features = hidden * reader.number("mlp_ratio", 4);
  if (heads * size != hidden) {
    reader.fail("'hidden_size' is not 'num_attention_heads' times 'head_dim'");
  }
  // An image of 1024 x 1024: latents of 128 x 128 in patches of 2 x 2.
  constexpr double kImage = 4096, kText = 512, kAll = kImage + kText;
  double inputs = reader.size("in_channels");
  auto embed = [&](double terms) {
    return SmallVector<Operation>{
        product(1, terms, hidden, Before::Nothing, After::Silu),
        product(1, hidden, hidden)};
  };
  Block vectors{"time, guidance and text vector", 1, {}};
  for (double terms :
       {256.0, 256.0,
        reader.size(reader.either("vec_in_dim", "pooled_projection_dim"))}) {
    if (terms == 256 && vectors.operations.size() == 2 &&
        !reader.flag(reader.either("guidance_embed", "guidance_embeds"),
                     true)) {
      continue;
    }
    append_range(vectors.operations, embed(terms));
  }
  Block both{"double block",
             reader.size(reader.either("num_double_blocks", "num_layers")),
             {}};
  for (double tokens : {kImage, kText}) {
    append_range(both.operations, ArrayRef{product(1, hidden, 6 * hidden),
                                           product(tokens, hidden, 3 * hidden,
                                                   Before::LayerNorm)});
  }
  both.operations.push_back(attention(heads, size, kAll, kAll));
  for (double tokens : {kImage, kText}) {
    append_range(both.operations,
                 ArrayRef{added(product(tokens, hidden, hidden)),
                          product(tokens, hidden, features, Before::LayerNorm,
                                  After::Gelu),
                          added(product(tokens, features, hidden))});
  }
  Block single{
      "single block",
      reader.size(reader.either("num_single_blocks", "num_single_layers")),
      {}};
  single.operations = {
      product(1, hidden, 3 * hidden),
      product(kAll, hidden, 3 * hidden, Before::LayerNorm),
      product(kAll, hidden, features, Before::LayerNorm, After::Gelu),
      attention(heads, size, kAll, kAll),
      added(product(kAll, hidden + features, hidden))};
  network.step = {{"image and text",
                   1,
                   {product(kImage, inputs, hidden),
                    product(kText,
                            reader.size(reader.either("context_in_dim",
                                                      "joint_attention_dim")),
                            hidden)}},
                  vectors,
                  both,
                  single,
                  {"results",
                   1,
                   {product(1, hidden, 2 * hidden),
                    product(kImage, hidden, reader.size("out_channels", inputs),
                            Before::LayerNorm)}}};
  network.steps =
      50; // diffusers' default; guidance is an input of the network.
}

/// Sizes of a U-Net, by levels from the finest.
struct UNetSizes {
  std::vector<double> widths, depths, heads;
  double middleDepth = 0; ///< transformer blocks between the two halves
  double blocks = 1;      ///< of a level, on the way down
  double embedding = 1, label = 0, context = 1, side = 1;
  double inputs = 4, results = 4;
};

/// As in Stability-AI/generative-models.
UNetSizes readSizes(ConfigReader &reader) {
  UNetSizes sizes;
  double base = reader.size("model_channels");
  double headSize = reader.size("num_head_channels");
  for (double factor : reader.sizes("channel_mult")) {
    sizes.widths.push_back(base * factor);
    sizes.heads.push_back(std::floor(base * factor / headSize));
    checkMultiple(reader, base * factor, headSize,
                  "channels are not a multiple of 'num_head_channels'");
  }
  sizes.depths = reader.sizes("transformer_depth", 0);
  if (sizes.widths.size() != sizes.depths.size()) {
    reader.fail("'transformer_depth' has not one entry for each of "
                "'channel_mult'");
    return sizes;
  }
  sizes.middleDepth = sizes.depths.empty() ? 0 : sizes.depths.back();
  sizes.blocks = reader.size("num_res_blocks");
  sizes.embedding = reader.size("time_embed_dim");
  sizes.label = reader.size("adm_in_channels", 0);
  sizes.context = reader.size("context_dim");
  return sizes;
}

/// A number for all levels, or one for each of them.
std::vector<double> readLevels(ConfigReader &reader, StringRef key,
                               size_t levels, double otherwise) {
  if (reader.json().getArray(key)) {
    return reader.sizes(key);
  }
  return std::vector<double>(levels, reader.size(key, otherwise));
}

/// As in diffusers, whose `attention_head_dim` is the number of heads.
UNetSizes readDiffusersSizes(ConfigReader &reader) {
  UNetSizes sizes;
  sizes.widths = reader.sizes("block_out_channels");
  size_t levels = sizes.widths.size();
  sizes.heads = readLevels(
      reader, reader.either("num_attention_heads", "attention_head_dim"),
      levels, 8);
  std::vector<double> depths =
      readLevels(reader, "transformer_layers_per_block", levels, 1);
  const json::Array *kinds = reader.json().getArray("down_block_types");
  if (!kinds || kinds->size() != levels || depths.size() != levels ||
      sizes.heads.size() != levels) {
    reader.fail("expects as many 'down_block_types', and numbers of heads and "
                "of transformer layers, as 'block_out_channels'");
    return sizes;
  }
  for (size_t level = 0; level < levels; ++level) {
    StringRef kind = (*kinds)[level].getAsString().value_or("");
    sizes.depths.push_back(kind.starts_with("CrossAttn") ? depths[level] : 0);
    checkMultiple(reader, sizes.widths[level], sizes.heads[level],
                  "'block_out_channels' are not multiples of the heads");
  }
  sizes.middleDepth = depths.back();
  sizes.blocks = reader.size("layers_per_block", 2);
  sizes.embedding = 4 * sizes.widths.front();
  sizes.label = reader.size("projection_class_embeddings_input_dim", 0);
  sizes.context = reader.size("cross_attention_dim");
  return sizes;
}

/// Builds a U-Net (Ronneberger et al., arXiv 1505.04597) with attention to a
/// text, as Rombach et al. (arXiv 2112.10752) and SDXL (Podell et al.,
/// arXiv 2307.01952) have it.
class UNet {
public:
  UNet(const UNetSizes &sizes, Network &network)
      : sizes(sizes), network(network), side(sizes.side) {}

  void run() {
    embed();
    double width = sizes.widths.front();
    add({"first convolution", 1, {convolution(side, sizes.inputs, width, 3)}});
    std::vector<double> skips{width};
    size_t levels = sizes.widths.size();
    for (size_t level = 0; level < levels; ++level) {
      for (double block = 0; block < sizes.blocks; ++block) {
        residual(width, sizes.widths[level]);
        width = sizes.widths[level];
        transformer(level, sizes.depths[level]);
        skips.push_back(width);
      }
      if (level + 1 < levels) {
        side = std::floor(side / 2);
        add({"down, " + name(width, width),
             1,
             {convolution(side, width, width, 3, Before::Nothing,
                          After::Nothing, 2)}});
        skips.push_back(width);
      }
    }
    residual(width, width);
    transformer(levels - 1, sizes.middleDepth);
    residual(width, width);
    for (size_t level = levels; level-- > 0;) {
      for (double block = 0; block <= sizes.blocks; ++block) {
        residual(width + skips.back(), sizes.widths[level]);
        skips.pop_back();
        width = sizes.widths[level];
        transformer(level, sizes.depths[level]);
      }
      if (level > 0) {
        side *= 2;
        add({"up, " + name(width, width),
             1,
             {convolution(side, width, width, 3)}});
      }
    }
    add({"results",
         1,
         {convolution(side, width, sizes.results, 3, Before::GroupNorm)}});
  }

private:
  const UNetSizes &sizes;
  Network &network;
  double side;

  /// Alike blocks are one.
  void add(Block block) {
    for (Block &other : network.step) {
      if (other.name == block.name) {
        other.count += block.count;
        return;
      }
    }
    network.step.push_back(std::move(block));
  }

  void embed() {
    Block block{"time and size", 1, {}};
    for (double terms : {sizes.widths.front(), sizes.label}) {
      if (terms > 0) {
        append_range(block.operations,
                     ArrayRef{product(1, terms, sizes.embedding,
                                      Before::Nothing, After::Silu),
                              product(1, sizes.embedding, sizes.embedding)});
      }
    }
    add(std::move(block));
  }

  std::string name(double inputs, double outputs) const {
    std::string text = std::to_string(int64_t(inputs));
    if (inputs != outputs) {
      text += " to " + std::to_string(int64_t(outputs));
    }
    return text + " at " + std::to_string(int64_t(side));
  }

  void residual(double inputs, double outputs) {
    Block block{"residual " + name(inputs, outputs), 1, {}};
    block.operations = {
        convolution(side, inputs, outputs, 3, Before::GroupNorm),
        product(1, sizes.embedding, outputs),
        convolution(side, outputs, outputs, 3, Before::GroupNorm)};
    if (inputs != outputs) {
      block.operations.push_back(convolution(side, inputs, outputs, 1));
    }
    block.operations.back().addsInput = inputs == outputs;
    add(std::move(block));
  }

  void transformer(size_t level, double depth) {
    if (depth == 0) {
      return;
    }
    double width = sizes.widths[level], heads = sizes.heads[level];
    constexpr double kText = 77; // Tokens of CLIP.
    double tokens = side * side, headSize = width / heads;
    add({"to and from attention, " + name(width, width),
         1,
         {product(tokens, width, width),
          added(product(tokens, width, width))}});
    Block block{"attention " + name(width, width), depth, {}};
    block.operations = {
        product(tokens, width, 3 * width, Before::LayerNorm),
        attention(heads, headSize, tokens, tokens),
        added(product(tokens, width, width)),
        product(tokens, width, width, Before::LayerNorm),
        product(kText, sizes.context, 2 * width),
        attention(heads, headSize, tokens, kText),
        added(product(tokens, width, width)),
        product(tokens, width, 8 * width, Before::LayerNorm, After::GatedGelu),
        added(product(tokens, 4 * width, width))};
    add(std::move(block));
  }
};

void readUNet(ConfigReader &reader, Network &network) {
  UNetSizes sizes = reader.has("block_out_channels")
                        ? readDiffusersSizes(reader)
                        : readSizes(reader);
  sizes.side = reader.size("sample_size");
  sizes.inputs = reader.size("in_channels", 4);
  sizes.results = reader.size("out_channels", sizes.inputs);
  // No U-Net is as large.
  constexpr double kMostBlocks = 64, kMostLevels = 16;
  if (sizes.widths.empty() || sizes.depths.size() != sizes.widths.size() ||
      double(sizes.widths.size()) > kMostLevels || sizes.blocks > kMostBlocks) {
    reader.fail("expects 1 to 16 levels of 1 to 64 blocks");
    return;
  }
  UNet(sizes, network).run();
  network.steps = 20; // MLPerf's, with classifier-free guidance.
  network.evaluations = 2;
}

/// Radford et al., arXiv 2212.04356: 30 s of sound are encoded at once, and
/// every token of the answer sees them.
void readWhisper(ConfigReader &reader, Network &network) {
  double hidden = reader.size("d_model");
  double sound = reader.size("max_source_positions");
  double layers = reader.size("decoder_layers");
  double heads = reader.size("decoder_attention_heads");
  double encoderHeads = reader.size("encoder_attention_heads");
  double features = reader.size("decoder_ffn_dim");
  for (double count : {heads, encoderHeads}) {
    checkMultiple(reader, hidden, count,
                  "'d_model' is not a multiple of the number of heads");
  }
  network.unit = "token";
  network.once = {
      // Convolutions along time over three frames, the second one with
      // stride 2.
      {"frames",
       1,
       {product(2 * sound, 3 * reader.size("num_mel_bins"), hidden,
                Before::Nothing, After::Gelu),
        product(sound, 3 * hidden, hidden, Before::Nothing, After::Gelu)}},
      encoderLayer("encoder layer", reader.size("encoder_layers"), sound,
                   hidden, encoderHeads, reader.size("encoder_ffn_dim")),
      {"keys and values of the sound",
       layers,
       {product(sound, hidden, 2 * hidden)}}};
  double size = hidden / heads;
  Block layer{"decoder layer", layers, {}};
  layer.operations = {
      product(1, hidden, 3 * hidden, Before::LayerNorm),
      attention(heads, size, 1, 0),
      added(product(1, hidden, hidden)),
      product(1, hidden, hidden, Before::LayerNorm),
      attention(heads, size, 1, sound),
      added(product(1, hidden, hidden)),
      product(1, hidden, features, Before::LayerNorm, After::Gelu),
      added(product(1, features, hidden))};
  network.step = {
      layer,
      {"output",
       1,
       {product(1, hidden, reader.size("vocab_size"), Before::LayerNorm)}}};
  network.inputTokens = int64_t(sound);
  network.cachedPerToken = 2 * layers * hidden;
  network.cachedAlways = 2 * layers * hidden * sound;
  network.secondsOfSound = sound / 50; // 50 positions a second.
}

struct Family {
  StringRef name;
  void (*read)(ConfigReader &, Network &);
};
constexpr Family kFamilies[] = {
    {"vit", readVit},        {"resnet", readResNet},
    {"dit", readDit},        {"DiTTransformer2DModel", readDit},
    {"flux", readFlux},      {"FluxTransformer2DModel", readFlux},
    {"sdxl_unet", readUNet}, {"UNet2DConditionModel", readUNet},
    {"whisper", readWhisper}};

const Family *findFamily(StringRef name) {
  const Family *found =
      find_if(kFamilies, [&](const Family &f) { return f.name == name; });
  return found == std::end(kFamilies) ? nullptr : found;
}

} // namespace

bool acc::isNetwork(const ConfigFile &file) {
  return findFamily(file.family()) != nullptr;
}

Expected<Network> acc::parseNetworkConfig(const ConfigFile &file) {
  const Family *family = findFamily(file.family());
  if (!family) {
    return file.unknownFamily(
        map_to_vector(kFamilies, [](const Family &f) { return f.name.str(); }));
  }
  Network network;
  network.name = file.modelName();
  network.source = file.path();
  network.family = file.family();
  ConfigReader reader = file.reader();
  family->read(reader, network);
  if (Error error = reader.takeError()) {
    return std::move(error);
  }
  return std::move(network);
}
