// The layers of a generated network before they have numbers.
#pragma once

#include <string>
#include <vector>

#include "compiler/generate/generate.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::compiler {

struct ArchitectureLayer {
  std::string name;
  numbers::Op op = numbers::Op::convolution;
  int input = kNetworkInput, second = kNetworkInput;  ///< as in NetworkLayer
  numbers::Shape in{}, out{};
  int kernel = 1, stride = 1, pad = 0;
  bool relu = true;  ///< the outputs are not negative
  /// Layers whose outputs are added must have the same channel mask: they share this name.
  std::string mask_group{};
};

struct Architecture {
  numbers::Shape input;
  std::vector<ArchitectureLayer> layers;
};

/// Throws InputError for an unknown family, depth, variant or size, and for inputs so small that a
/// window does not fit.
Architecture make_architecture(const Generator& generator);

/// Adds layers at the end of an architecture. Every method returns the index of the layer it added.
class ArchitectureBuilder {
 public:
  explicit ArchitectureBuilder(const numbers::Shape& input) { architecture_.input = input; }

  /// Square kernel; padding such that a stride of 1 keeps the size.
  int convolution(const std::string& name, int input, int channels, int kernel, int stride,
                  bool relu = true);
  int max_pool(const std::string& name, int input, int kernel, int stride, int pad);
  int global_average_pool(const std::string& name, int input);
  int fully_connected(const std::string& name, int input, int outputs);
  int add(const std::string& name, int input, int second);

  void set_mask_group(int layer, const std::string& group);
  int channels(int layer) const { return shape(layer).channels; }
  Architecture finish() { return std::move(architecture_); }

 private:
  numbers::Shape shape(int layer) const;
  int append(ArchitectureLayer layer, int channels);

  Architecture architecture_;
};

Architecture make_resnet(const Generator& generator, const numbers::Shape& input, int classes);
Architecture make_vgg(const Generator& generator, const numbers::Shape& input, int classes);

}  // namespace cairn::compiler
