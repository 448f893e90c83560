// Channel masks: which output channels of a network are computed at all.
#pragma once

#include <vector>

#include "compiler/network.hpp"

namespace cairn::compiler {

/// The channel masks of all layers, as they take effect: NetworkLayer::kept of convolutions and
/// fully connected layers; a depthwise, pooling, requantising or adding layer computes a channel
/// exactly if its input has it. [layer][output channel]; empty: all channels.
///
/// Throws InputError naming the layers if a mask has the wrong length, keeps nothing, masks the
/// network's output, is set on a layer that follows its input and differs from what the input says,
/// if the operands of an addition have different masks, if the zero point of a masked channel is no
/// feature, or if a layer reads masked channels in another shape (a fully connected layer may).
std::vector<std::vector<bool>> computed_channels(const Network& network);

/// The same network without its masked channels: fewer output channels in the layers that make them
/// and fewer input channels, with fewer weights, in those that read them. Same results.
/// NetworkLayer::in_masked and out_masked tell what was taken away; `kept` is empty. Throws as
/// computed_channels().
Network compact(Network network);

/// Sets the masks of convolutions (depthwise ones follow) and fully connected layers for every
/// output channel whose weights are all zero and whose output therefore always is the zero point,
/// where computed_channels() allows it. Returns how many channels were masked. Layers that have a
/// mask keep it.
int mask_dead_channels(Network& network);

}  // namespace cairn::compiler
