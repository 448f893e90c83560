// check() of network.hpp: whether layers fit each other.
#include <string>

#include "compiler/network.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

using numbers::Requantisation;

[[noreturn]] void refuse(const Network& network, const NetworkLayer& l, const std::string& reason) {
  throw InputError("network '" + network.name + "': layer '" + l.name + "': " + reason);
}

std::string of(std::size_t count, std::int64_t expected) {
  return std::to_string(count) + ", not " + std::to_string(expected);
}

void check_operand(const Network& network, std::size_t index, int input,
                   const numbers::FeatureType& type) {
  const NetworkLayer& l = network.layers[index];
  if (input < kNetworkInput || input >= static_cast<int>(index))
    refuse(network, l,
           "its input is layer " + std::to_string(input) + ", which is no earlier layer");
  const bool first = input == kNetworkInput;
  const numbers::Layer* from =
      first ? nullptr : &network.layers[static_cast<std::size_t>(input)].layer;
  if ((first ? network.input : from->out).elements() != l.layer.in.elements())
    refuse(network, l, "its input does not have the elements that it reads");
  if ((first ? network.input_type : from->out_type) != type)
    refuse(network, l, "its input does not have the type that it reads");
}

void check_sizes(const Network& network, const NetworkLayer& l) {
  const numbers::Layer& layer = l.layer;
  const auto require = [&](const char* what, std::size_t count, std::int64_t expected) {
    if (static_cast<std::int64_t>(count) != expected)
      refuse(network, l, std::string("the number of its ") + what + " is " + of(count, expected));
  };
  const std::int64_t channels = layer.out.channels;
  require("weights", l.weights.size(), layer.weight_count());
  if (!l.table.bias.empty()) require("biases", l.table.bias.size(), channels);
  if (layer.op == numbers::Op::max_pool) return;
  switch (layer.requantisation) {
    case Requantisation::none:
      break;
    case Requantisation::multiply:
    case Requantisation::multiply_tflite:
      require("multipliers", l.table.multiplier.size(), channels);
      require("shifts", l.table.shift.size(), channels);
      break;
    case Requantisation::thresholds:
      require("thresholds", l.table.thresholds.size(),
              channels * ((std::int64_t{1} << layer.out_type.bits) - 1));
      require("directions", l.table.descending.size(), channels);
      break;
  }
}

}  // namespace

void check(const Network& network) {
  if (network.layers.empty()) throw InputError("network '" + network.name + "' has no layer");
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const NetworkLayer& l = network.layers[i];
    if (const std::string reason = numbers::invalid(l.layer); !reason.empty())
      refuse(network, l, reason);
    check_operand(network, i, l.input, l.layer.in_type);
    if (l.layer.op == numbers::Op::add) check_operand(network, i, l.second, l.layer.second_type);
    check_sizes(network, l);
  }
  const std::vector<int> last = last_readers(network);
  for (std::size_t i = 0; i + 1 < network.layers.size(); ++i)
    if (last[i] == kNetworkInput)
      refuse(network, network.layers[i], "no later layer reads its output");
}

}  // namespace cairn::compiler
