// VGG-16 with one fully connected layer, as it is used for CIFAR-10 (Simonyan and Zisserman, "Very
// Deep Convolutional Networks", ICLR 2015, configuration D).
#include "compiler/generate/architecture.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

Architecture make_vgg(const Generator& g, const numbers::Shape& input, int classes) {
  if (g.depth != 16)
    throw InputError("generate.depth must be 16 for a vgg, not " + std::to_string(g.depth));
  if (g.size != "cifar") throw InputError("generate.size must be \"cifar\" for a vgg");
  if (g.residual) throw InputError("generate.residual must be false for a vgg");
  struct Stage {
    int convolutions, channels;
  };
  constexpr Stage kStages[] = {{2, 64}, {2, 128}, {3, 256}, {3, 512}, {3, 512}};
  ArchitectureBuilder builder(input);
  int at = kNetworkInput, number = 0;
  for (const Stage& stage : kStages) {
    const std::string n = std::to_string(++number);
    for (int i = 1; i <= stage.convolutions; ++i)
      at = builder.convolution("conv" + n + "." + std::to_string(i), at, stage.channels, 3, 1);
    at = builder.max_pool("pool" + n, at, 2, 2, 0);
  }
  builder.fully_connected("fc", at, classes);
  return builder.finish();
}

}  // namespace cairn::compiler
