// How the numbers of a file are arranged as inputs of a network.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/npu/numbers/layer.hpp"
#include "platform/data/array.hpp"

namespace cairn::platform {

struct SampleLayout {
  std::uint64_t count = 0;
  bool is_channels_first = false;  ///< [channels][height][width], else [height][width][channels]
};

/// Recognises one input or a batch, channels first or last, without a channel axis where there is
/// one channel, and flat (in the model's own order, channels first). Throws InputError.
SampleLayout sample_layout(const Array& array, const std::string& path,
                           const numbers::Shape& input);

/// Grey from colour or colour from grey if `array` is a picture whose channels differ from the
/// network's.
Array with_channels_of(const Array& array, const numbers::Shape& input);

}  // namespace cairn::platform
