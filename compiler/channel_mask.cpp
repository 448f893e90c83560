#include "compiler/channel_mask.hpp"

#include <algorithm>

#include "models/kit/input_error.hpp"
#include "models/npu/numbers/reference.hpp"

namespace cairn::compiler {

namespace {

using Mask = std::vector<bool>;
using numbers::Op;

bool mixes_channels(const numbers::Layer& layer) {
  return layer.op == Op::convolution || layer.op == Op::fully_connected;
}

/// The masks of one network, layer by layer.
class MaskWalk {
 public:
  explicit MaskWalk(const Network& network) : network_(network) {}

  std::vector<Mask> run() {
    for (const NetworkLayer& l : network_.layers) {
      Mask mask = own_mask(l);
      check_shape(l, l.input);
      if (l.layer.op == Op::add) check_shape(l, l.second);
      if (!mixes_channels(l.layer)) mask = followed_mask(l, std::move(mask));
      check_zero_point(l, mask);
      masks_.push_back(std::move(mask));
    }
    if (!masks_.empty() && !masks_.back().empty())
      refuse(network_.layers.back(),
             "gives the network's output, of which no channel can be masked");
    return std::move(masks_);
  }

 private:
  [[noreturn]] void refuse(const NetworkLayer& l, const std::string& reason) const {
    throw InputError("network '" + network_.name + "': layer '" + l.name + "' " + reason);
  }
  std::string name_of(int layer) const {
    return layer == kNetworkInput
               ? "the network's input"
               : "'" + network_.layers[static_cast<std::size_t>(layer)].name + "'";
  }
  const Mask& mask_of(int layer) const {
    static const Mask kAll;
    return layer == kNetworkInput ? kAll : masks_[static_cast<std::size_t>(layer)];
  }

  Mask own_mask(const NetworkLayer& l) const {
    if (l.kept.empty()) return {};
    const auto channels = static_cast<std::size_t>(l.layer.out.channels);
    if (l.kept.size() != channels)
      refuse(l, "has " + std::to_string(channels) + " output channels, but its channel mask has " +
                    std::to_string(l.kept.size()));
    const auto kept = std::ranges::count(l.kept, true);
    if (kept == 0) refuse(l, "has a channel mask that keeps no channel; at least one must be kept");
    return static_cast<std::size_t>(kept) == channels ? Mask{} : l.kept;
  }

  /// Reading masked channels as another shape would make them something else than channels.
  void check_shape(const NetworkLayer& l, int input) const {
    if (mask_of(input).empty() || l.layer.op == Op::fully_connected) return;
    if (network_.layers[static_cast<std::size_t>(input)].layer.out != l.layer.in)
      refuse(l,
             "reads " + name_of(input) +
                 ", which has a channel mask, in another shape; only fully connected layers may");
  }

  Mask followed_mask(const NetworkLayer& l, Mask own) const {
    const Mask& input = mask_of(l.input);
    Mask mask;
    if (!input.empty()) {
      const std::size_t repeat = static_cast<std::size_t>(l.layer.out.channels) / input.size();
      mask.resize(static_cast<std::size_t>(l.layer.out.channels));
      for (std::size_t c = 0; c < mask.size(); ++c)
        mask[c] = input[c / repeat];
    }
    if (l.layer.op == Op::add && mask_of(l.second) != mask)
      refuse(l, "adds " + name_of(l.input) + " and " + name_of(l.second) +
                    ", which have different channel masks");
    if (!l.kept.empty() && own != mask)
      refuse(l, "has another channel mask than its input, " + name_of(l.input) +
                    "; it computes exactly the channels that its input has");
    return mask;
  }

  void check_zero_point(const NetworkLayer& l, const Mask& mask) const {
    const numbers::FeatureType& type = l.layer.out_type;
    if (mask.empty() || type.bits == numbers::kAccumulatorBits) return;
    if (type.zero_point < type.low() || type.zero_point > type.high())
      refuse(l, "has a channel mask, but its zero point " + std::to_string(type.zero_point) +
                    " is not among its features " + std::to_string(type.low()) + ".." +
                    std::to_string(type.high()));
  }

  const Network& network_;
  std::vector<Mask> masks_;
};

/// The output is the zero point whatever the inputs are.
bool is_dead(const NetworkLayer& l, int channel) {
  const std::size_t inputs = static_cast<std::size_t>(l.layer.inputs_per_output());
  const auto first = l.weights.begin() + static_cast<std::ptrdiff_t>(inputs) * channel;
  return std::all_of(first, first + static_cast<std::ptrdiff_t>(inputs),
                     [](std::int8_t w) { return w == 0; }) &&
         numbers::requantise(l.layer, l.table, channel, 0, nullptr) == l.layer.out_type.zero_point;
}

}  // namespace

std::vector<std::vector<bool>> computed_channels(const Network& network) {
  return MaskWalk(network).run();
}

int mask_dead_channels(Network& network) {
  int masked = 0;
  for (NetworkLayer& l : network.layers) {
    if (!mixes_channels(l.layer) || !l.kept.empty()) continue;
    Mask kept(static_cast<std::size_t>(l.layer.out.channels));
    for (std::size_t c = 0; c < kept.size(); ++c)
      kept[c] = !is_dead(l, static_cast<int>(c));
    if (std::ranges::count(kept, true) == 0) kept[0] = true;
    const auto dead = static_cast<int>(std::ranges::count(kept, false));
    if (dead == 0) continue;
    l.kept = std::move(kept);
    try {
      computed_channels(network);
      masked += dead;
    } catch (const InputError&) {
      l.kept.clear();
    }
  }
  return masked;
}

}  // namespace cairn::compiler
