// How the numbers of a file are arranged as inputs of a network.
#include "platform/run/sample_layout.hpp"

#include <fmt/format.h>

#include <cmath>
#include <span>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

using Dimensions = std::vector<std::uint64_t>;

/// The layout of one input with these dimensions, if it fits.
std::optional<SampleLayout> layout_of_one(std::span<const std::uint64_t> found,
                                          const numbers::Shape& input) {
  const auto h = static_cast<std::uint64_t>(input.height),
             w = static_cast<std::uint64_t>(input.width),
             c = static_cast<std::uint64_t>(input.channels);
  const Dimensions shape(found.begin(), found.end());
  if (shape == Dimensions{h, w, c} || (c == 1 && shape == Dimensions{h, w}))
    return SampleLayout{1, false};
  if (shape == Dimensions{c, h, w} || shape == Dimensions{h * w * c}) return SampleLayout{1, true};
  std::uint64_t elements = 1;
  for (const std::uint64_t n : shape)
    elements *= n;
  if (h * w == 1 && !shape.empty() && elements == c) return SampleLayout{1, false};
  return std::nullopt;
}

std::string expected(const numbers::Shape& s) {
  if (s.pixels() == 1) return fmt::format("[N, {}]", s.channels);
  std::string out = fmt::format("[N, {}, {}, {}] or [N, {}, {}, {}]", s.height, s.width, s.channels,
                                s.channels, s.height, s.width);
  if (s.channels == 1) out += fmt::format(" or [N, {}, {}]", s.height, s.width);
  return out;
}

}  // namespace

SampleLayout sample_layout(const Array& array, const std::string& path,
                           const numbers::Shape& input) {
  if (const auto one = layout_of_one(array.shape, input)) return *one;
  if (!array.shape.empty())
    if (auto batch = layout_of_one(std::span(array.shape).subspan(1), input)) {
      batch->count = array.shape[0];
      return *batch;
    }
  throw InputError(fmt::format("{}: the shape is {}, but the network takes {}.", path,
                               shape_text(array.shape), expected(input)));
}

Array with_channels_of(const Array& array, const numbers::Shape& input) {
  if (array.meaning != Meaning::kPixels || array.shape.size() != 3) return array;
  const std::uint64_t pixels = array.shape[0] * array.shape[1], found = array.shape[2];
  const auto elements = static_cast<std::uint64_t>(input.elements());
  if (found == 3 && elements == pixels) {
    Array grey{{array.shape[0], array.shape[1], 1}, {}, Meaning::kPixels};
    for (std::size_t i = 0; i < array.values.size(); i += 3) {
      const double luma =
          77 * array.values[i] + 150 * array.values[i + 1] + 29 * array.values[i + 2];
      grey.values.push_back(std::floor((luma + 128) / 256));
    }
    return grey;
  }
  if (found == 1 && elements == 3 * pixels) {
    Array colour{{array.shape[0], array.shape[1], 3}, {}, Meaning::kPixels};
    for (const double value : array.values)
      colour.values.insert(colour.values.end(), 3, value);
    return colour;
  }
  return array;
}

}  // namespace cairn::platform
