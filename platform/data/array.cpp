// What a data file holds: numbers and a shape.
#include "platform/data/array.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::uint64_t checked_elements(const std::string& path, const std::vector<std::uint64_t>& shape) {
  std::uint64_t elements = 1;
  for (const std::uint64_t n : shape)
    if (__builtin_mul_overflow(elements, n, &elements) || elements > kMaxElements)
      throw InputError(
          fmt::format("{}: shape {} has more than {} elements, the most that one file may hold.",
                      path, shape_text(shape), kMaxElements));
  return elements;
}

}  // namespace cairn::platform
