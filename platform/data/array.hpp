// What a data file holds: numbers and a shape.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cairn::platform {

/// What the numbers of a file stand for.
enum class Meaning : std::uint8_t {
  kPixels,    ///< 0 to 255
  kIntegers,  ///< the network's input integers themselves
  kReals,     ///< real values of the network's input
};

/// Row-major. Every value of the files we read is exact in a double or out of any network's range.
struct Array {
  std::vector<std::uint64_t> shape;
  std::vector<double> values;
  Meaning meaning = Meaning::kIntegers;
};

/// More than this many numbers in one file are refused, before any memory is taken.
constexpr std::uint64_t kMaxElements = 1u << 27;

/// "[10000, 28, 28]"
std::string shape_text(const std::vector<std::uint64_t>& shape);

/// Product of the shape. Throws InputError naming `path` if it exceeds kMaxElements.
std::uint64_t checked_elements(const std::string& path, const std::vector<std::uint64_t>& shape);

}  // namespace cairn::platform
