// Channel masks in the metadata of a model file.
#pragma once

#include <string>

#include "compiler/network.hpp"

namespace cairn::compiler {

/// The metadata property: a JSON object that gives for some layers, by name, the list of the output
/// channels that are computed: {"conv1": [0, 1, 5]}.
constexpr const char* kMaskProperty = "cairn.masks";

/// Sets NetworkLayer::kept. Throws InputError "FILE: metadata 'cairn.masks': reason" if `json` is
/// no such object, names a layer or a channel that is not there, or asks for masks that
/// computed_channels() refuses.
void apply_masks(Network& network, const std::string& json, const std::string& file);

}  // namespace cairn::compiler
