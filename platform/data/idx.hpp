// IDX files, the format of MNIST and its relatives.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "platform/data/array.hpp"

namespace cairn::platform {

/// Unsigned bytes are pixels (or labels). `path` is for messages. Throws InputError.
Array parse_idx(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace cairn::platform
