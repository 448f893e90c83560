#include "compiler/adc_steps.hpp"

#include <algorithm>

#include "models/npu/converter_ranges.hpp"
#include "models/npu/numbers/reference.hpp"

namespace cairn::compiler {

namespace {

constexpr std::int64_t kMacs = 400'000'000;  ///< of all samples that are run
constexpr std::size_t kMostSamples = 16;

/// Inputs of every layer, sample after sample: [layer][sample][element].
std::vector<std::vector<std::int16_t>> layer_inputs(
    const Network& network, std::span<const std::vector<std::int16_t>> samples) {
  std::vector<std::vector<std::int16_t>> inputs(network.layers.size());
  for (const std::vector<std::int16_t>& sample : samples) {
    std::vector<std::vector<std::int16_t>> outputs;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const NetworkLayer& l = network.layers[i];
      const auto values = [&](int layer) -> const std::vector<std::int16_t>& {
        return layer == kNetworkInput ? sample : outputs[static_cast<std::size_t>(layer)];
      };
      inputs[i].insert(inputs[i].end(), values(l.input).begin(), values(l.input).end());
      std::vector<std::int32_t> out(static_cast<std::size_t>(l.layer.out.elements()));
      numbers::reference(l.layer, values(l.input), l.weights, l.table, out, nullptr,
                         l.layer.op == numbers::Op::add ? std::span(values(l.second))
                                                        : std::span<const std::int16_t>());
      outputs.emplace_back(out.begin(), out.end());
    }
  }
  return inputs;
}

}  // namespace

std::vector<std::uint16_t> adc_steps(const Network& network, const npu::Mapping& mapping,
                                     const CompileOptions& options) {
  std::vector<std::uint16_t> steps(network.layers.size());
  const auto* const ranges = dynamic_cast<const npu::ConverterRanges*>(&mapping);
  if (ranges == nullptr) return steps;
  bool is_complete = true;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto found = options.adc_steps.find(network.layers[i].name);
    if (found != options.adc_steps.end())
      steps[i] = ranges->described_step(network.layers[i].layer, found->second);
    else if (network.layers[i].layer.has_weights())
      is_complete = false;
  }
  if (is_complete || options.samples.empty()) return steps;
  std::int64_t macs = 1;
  for (const NetworkLayer& l : network.layers)
    macs += l.layer.macs();
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, kMacs / macs));
  const auto inputs = layer_inputs(
      network,
      std::span(options.samples).first(std::min({options.samples.size(), most, kMostSamples})));
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i] == 0 && network.layers[i].layer.has_weights())
      steps[i] = ranges->adc_step(network.layers[i].layer, network.layers[i].weights, inputs[i]);
  return steps;
}

}  // namespace cairn::compiler
