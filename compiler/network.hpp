// The integer graph: layers with weights and tables, in an order in which they can run. What import
// makes and mapping places.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::compiler {

constexpr int kNetworkInput =
    -1;  ///< NetworkLayer::input of a layer that reads the network's input

/// One layer with everything it needs.
struct NetworkLayer {
  std::string name;  ///< of the node that gives the layer its operation
  numbers::Layer layer;
  std::vector<std::int8_t> weights;  ///< unpacked, in the packed order: see Network
  numbers::Table table;
  std::string
      source_nodes;  ///< names of all nodes merged into the layer: "conv1, conv1.norm, conv1.relu"
  int input = kNetworkInput;   ///< the layer that computes the input, always an earlier one
  int second = kNetworkInput;  ///< Op::add only: likewise for the second operand
  /// Output channels that are computed (a channel mask); empty: all of them. The others hold the
  /// zero point wherever they are read. For layers with weights and all input channels in each
  /// output; the others follow their inputs: see computed_channels() in channel_mask.hpp.
  std::vector<bool> kept;
  /// Channels that compact() took away from the input and from the output of the layer.
  int in_masked = 0, out_masked = 0;
};

/// A network as integers only.
///
/// Tensors are NHWC with one image. Weights are [co][ky][kx][ci], depthwise [co][ky][kx], fully
/// connected [co][input element in NHWC order]; binary ones are -1 and +1.
/// A layer's input has as many elements as the output of the layer that it names and the same
/// memory order, but may name another shape (a reshape without moving data). The last layer's
/// output is the network's; every other layer is read by a later one.
struct Network {
  std::string name;
  numbers::Shape input;
  numbers::FeatureType input_type;
  /// A float input x becomes clamp(round_half_even((x - input_offset) / input_scale + zero point),
  /// input_low, input_high), or, if input_bipolar, +1 where (x - input_offset) / input_scale >= 0,
  /// else -1. Use quantise_input().
  double input_scale = 1.0;
  double input_offset = 0.0;
  int input_low = 0, input_high = 255;
  bool input_bipolar = false;
  std::vector<NetworkLayer> layers;  ///< never empty
  /// An output q stands for (q - zero point of the last layer) * output_scale; > 0.
  double output_scale = 1.0;
  std::vector<std::string> notes;  ///< what a user should know about how the network was made

  const numbers::Layer& last() const { return layers.back().layer; }
};

/// Throws InputError naming the network and the layer unless the network is as described above:
/// valid layers, inputs that are earlier layers' outputs and have their type and as many elements,
/// weights and tables of the right size, every layer but the last read by a later one.
void check(const Network& network);

/// For each layer the last one that reads its output; kNetworkInput if none does.
std::vector<int> last_readers(const Network& network);

/// Maps float inputs to the network's input integers. `nchw` has the model's own order (one image,
/// channels outermost); the result is NHWC. Throws InputError if the size is wrong or a value is
/// not a number.
std::vector<std::int16_t> quantise_input(const Network& network, std::span<const float> nchw);

/// Runs all layers through numbers::reference; masked channels hold the zero point. `input` is
/// NHWC, input.elements() values of input_type. Returns the last layer's integers, NHWC. Adds
/// accumulator overflows to `*overflows` if given. Throws InputError for masks that
/// computed_channels() refuses.
std::vector<std::int32_t> run_reference(const Network& network, std::span<const std::int16_t> input,
                                        std::uint64_t* overflows = nullptr);

}  // namespace cairn::compiler
