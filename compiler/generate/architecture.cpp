#include "compiler/generate/architecture.hpp"

#include <utility>

#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

constexpr int kMaxResolution = 4'096;

}  // namespace

numbers::Shape ArchitectureBuilder::shape(int layer) const {
  return layer == kNetworkInput ? architecture_.input
                                : architecture_.layers[static_cast<std::size_t>(layer)].out;
}

int ArchitectureBuilder::append(ArchitectureLayer layer, int channels) {
  layer.in = shape(layer.input);
  const auto out = [&](int size) {
    if (size + 2 * layer.pad < layer.kernel)
      throw InputError("generate.resolution is too small: layer '" + layer.name +
                       "' has a window of " + std::to_string(layer.kernel) +
                       " pixels, but its input has " + std::to_string(size));
    return (size + 2 * layer.pad - layer.kernel) / layer.stride + 1;
  };
  layer.out = {out(layer.in.height), out(layer.in.width), channels};
  if (layer.mask_group.empty()) layer.mask_group = layer.name;
  architecture_.layers.push_back(std::move(layer));
  return static_cast<int>(architecture_.layers.size()) - 1;
}

int ArchitectureBuilder::convolution(const std::string& name, int input, int channels, int kernel,
                                     int stride, bool relu) {
  return append({.name = name,
                 .input = input,
                 .kernel = kernel,
                 .stride = stride,
                 .pad = kernel / 2,
                 .relu = relu},
                channels);
}

int ArchitectureBuilder::max_pool(const std::string& name, int input, int kernel, int stride,
                                  int pad) {
  return append({.name = name,
                 .op = numbers::Op::max_pool,
                 .input = input,
                 .kernel = kernel,
                 .stride = stride,
                 .pad = pad},
                channels(input));
}

int ArchitectureBuilder::global_average_pool(const std::string& name, int input) {
  const int size = shape(input).height;
  return append({.name = name,
                 .op = numbers::Op::average_pool,
                 .input = input,
                 .kernel = size,
                 .stride = size},
                channels(input));
}

int ArchitectureBuilder::fully_connected(const std::string& name, int input, int outputs) {
  const int layer = append(
      {.name = name, .op = numbers::Op::fully_connected, .input = input, .relu = false}, outputs);
  architecture_.layers.back().out.height = architecture_.layers.back().out.width = 1;
  return layer;
}

int ArchitectureBuilder::add(const std::string& name, int input, int second) {
  return append({.name = name, .op = numbers::Op::add, .input = input, .second = second},
                channels(input));
}

void ArchitectureBuilder::set_mask_group(int layer, const std::string& group) {
  architecture_.layers[static_cast<std::size_t>(layer)].mask_group = group;
}

Architecture make_architecture(const Generator& g) {
  if (g.size != "imagenet" && g.size != "cifar")
    throw InputError("generate.size must be \"imagenet\" or \"cifar\", not \"" + g.size + "\"");
  if (g.resolution < 0 || g.resolution > kMaxResolution)
    throw InputError("generate.resolution must be 1 to " + std::to_string(kMaxResolution) +
                     " pixels, not " + std::to_string(g.resolution));
  const bool imagenet = g.size == "imagenet";
  const int pixels = g.resolution != 0 ? g.resolution : imagenet ? 224 : 32;
  const numbers::Shape input{pixels, pixels, 3};
  const int classes = imagenet ? 1000 : 10;
  if (g.family == "resnet") return make_resnet(g, input, classes);
  if (g.family == "vgg") return make_vgg(g, input, classes);
  throw InputError("generate.family must be \"resnet\" or \"vgg\", not \"" + g.family + "\"");
}

}  // namespace cairn::compiler
