// The inputs of a run as the network's own integers.
#include "platform/run/samples.hpp"

#include <fmt/format.h>

#include <cmath>

#include "models/kit/input_error.hpp"
#include "platform/run/sample_layout.hpp"

namespace cairn::platform {

namespace {

/// Index in a file of element (pixel, channel) of one input.
std::size_t file_index(const SampleLayout& layout, const numbers::Shape& s, std::size_t pixel,
                       std::size_t channel) {
  return layout.is_channels_first ? channel * static_cast<std::size_t>(s.pixels()) + pixel
                                  : pixel * static_cast<std::size_t>(s.channels) + channel;
}

/// Real values in the model's own order -> integers.
std::vector<std::int16_t> quantise(std::span<const double> values, const SampleLayout& layout,
                                   const compiler::Network& network, const PixelMapping& mapping) {
  const numbers::Shape& s = network.input;
  const auto pixels = static_cast<std::size_t>(s.pixels()),
             channels = static_cast<std::size_t>(s.channels);
  std::vector<float> nchw(values.size());
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t p = 0; p < pixels; ++p)
      nchw[c * pixels + p] =
          static_cast<float>(values[file_index(layout, s, p, c)] * mapping.scale + mapping.offset);
  return compiler::quantise_input(network, nchw);
}

bool is_allowed(const compiler::Network& network, double value) {
  if (network.input_bipolar) return value == 1 || value == -1;
  return value >= network.input_low && value <= network.input_high && value == std::floor(value);
}

/// Integers as they are, NHWC.
std::vector<std::int16_t> integers(std::span<const double> values, const SampleLayout& layout,
                                   const compiler::Network& network, double offset,
                                   const std::string& path, std::uint32_t sample) {
  const numbers::Shape& s = network.input;
  const auto pixels = static_cast<std::size_t>(s.pixels()),
             channels = static_cast<std::size_t>(s.channels);
  std::vector<std::int16_t> out(values.size());
  for (std::size_t p = 0; p < pixels; ++p)
    for (std::size_t c = 0; c < channels; ++c) {
      const double value = values[file_index(layout, s, p, c)] + offset;
      if (!is_allowed(network, value))
        throw InputError(
            fmt::format("{}: input {} has the value {}, but the network takes {} {} to {}.", path,
                        sample, value, network.input_bipolar ? "only" : "integers from",
                        network.input_bipolar ? -1 : network.input_low,
                        network.input_bipolar ? 1 : network.input_high));
      out[p * channels + c] = static_cast<std::int16_t>(value);
    }
  return out;
}

/// What is added to a pixel to give an 8-bit input.
double pixel_offset(const compiler::Network& network, const std::string& path) {
  const numbers::FeatureType& type = network.input_type;
  if (type.bits != 8 || network.input_bipolar)
    throw InputError(fmt::format(
        "{}: holds pixels of 8 bits, but the input of network {} has {} bits; give a .npy file "
        "with its real values.",
        path, network.name, network.input_bipolar ? 1 : type.bits));
  return type.is_signed ? -128 : 0;
}

/// SplitMix64, finalised: one well-mixed word per counter.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e37'79b9'7f4a'7c15u;
  x = (x ^ (x >> 30)) * 0xbf58'476d'1ce4'e5b9u;
  x = (x ^ (x >> 27)) * 0x94d0'49bb'1331'11ebu;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t sample_count(const Array& array, const std::string& path,
                           const compiler::Network& network) {
  return sample_layout(with_channels_of(array, network.input), path, network.input).count;
}

Samples make_samples(const Array& file, const std::string& path, const compiler::Network& network,
                     std::uint32_t count, const std::optional<PixelMapping>& pixels) {
  const Array array = with_channels_of(file, network.input);
  const SampleLayout layout = sample_layout(array, path, network.input);
  Samples out{count, static_cast<std::size_t>(network.input.elements()), {}};
  out.values.reserve(out.elements * count);
  const bool are_reals =
      array.meaning == Meaning::kReals || (array.meaning == Meaning::kPixels && pixels);
  const PixelMapping mapping =
      array.meaning == Meaning::kPixels && pixels ? *pixels : PixelMapping{};
  const double offset =
      array.meaning == Meaning::kPixels && !pixels ? pixel_offset(network, path) : 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto values = std::span(array.values).subspan(i * out.elements, out.elements);
    const std::vector<std::int16_t> sample =
        are_reals ? quantise(values, layout, network, mapping)
                  : integers(values, layout, network, offset, path, i);
    out.values.insert(out.values.end(), sample.begin(), sample.end());
  }
  return out;
}

Samples random_samples(const compiler::Network& network, std::uint32_t count, std::uint64_t seed) {
  Samples out{count, static_cast<std::size_t>(network.input.elements()), {}};
  out.values.reserve(out.elements * count);
  const auto range = static_cast<std::uint64_t>(network.input_high - network.input_low) + 1;
  for (std::uint64_t i = 0; i < out.elements * count; ++i) {
    const std::uint64_t word = mixed(mixed(seed) + i);
    const int value = network.input_bipolar
                          ? ((word & 1) != 0 ? 1 : -1)
                          : network.input_low + static_cast<int>((word >> 32) * range >> 32);
    out.values.push_back(static_cast<std::int16_t>(value));
  }
  return out;
}

}  // namespace cairn::platform
