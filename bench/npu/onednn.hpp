// One convolution of oneDNN: unsigned 8-bit features, signed 8-bit weights, 8-bit outputs.
#pragma once

#include <memory>
#include <string>

#include "models/npu/numbers/layer.hpp"

namespace cairn::bench {

/// Set up once, weights already in oneDNN's own layout; `run` executes the primitive alone.
class OneDnnConvolution {
 public:
  explicit OneDnnConvolution(const numbers::Layer& layer);
  ~OneDnnConvolution();
  OneDnnConvolution(OneDnnConvolution&&) noexcept;

  void run();
  std::string implementation() const;  ///< oneDNN's name of the kernel, with its instruction set

  static void use_threads(int threads);

 private:
  struct Primitive;
  std::unique_ptr<Primitive> primitive_;
};

}  // namespace cairn::bench
