// Gaussian numbers as a function of a counter: integers and a table, the same bits on any machine.
#pragma once

#include <array>
#include <cstdint>

namespace cairn::npu::cap {

constexpr int kSigmaBits = 12;  ///< a Gaussian number has 2^12 units per sigma
constexpr int kQuantileBits = 10;

/// The means of 1024 equally likely pieces of a normal distribution of sigma 2^12 / sqrt(2); the
/// sum of two has sigma 2^12 and reaches 4.8 sigma.
extern const std::array<std::int32_t, 1 << kQuantileBits> kQuantiles;

/// splitmix64's finaliser (Steele, Lea and Flood, OOPSLA 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

/// What `gaussian` takes is random in all its upper 20 bits.
inline std::int32_t gaussian(std::uint32_t bits) {
  return kQuantiles[bits >> 22] + kQuantiles[bits >> 12 & 0x3ff];
}

/// What a frozen parameter of an instance is drawn for.
enum class Draw : std::uint8_t { capacitor, offset, gain, inl, calibration };
inline std::int32_t gaussian(std::uint64_t seed, Draw draw, std::uint64_t index) {
  const std::uint64_t key = mix(seed + static_cast<std::uint64_t>(draw) + 1);
  return gaussian(static_cast<std::uint32_t>(mix(key + index) >> 32));
}

/// The noise of conversions. One evaluation: one output pixel, chunk, DAC slice and weight bit; its
/// conversions differ in the output channel.
struct EvaluationKey {
  std::uint32_t first, second;
};
constexpr std::uint64_t noise_layer_key(std::uint64_t seed, std::uint32_t layer,
                                        std::uint64_t inference) {
  return mix(mix(mix(seed) + layer) + inference);
}
constexpr std::uint64_t noise_pixel_key(std::uint64_t layer_key, std::uint64_t pixel) {
  return mix(layer_key + pixel);
}
constexpr EvaluationKey evaluation_key(std::uint64_t pixel_key, int chunk, int dac_slice, int bit) {
  const auto index = static_cast<std::uint64_t>(chunk) << 8 |
                     static_cast<std::uint64_t>(dac_slice) << 4 | static_cast<std::uint64_t>(bit);
  const std::uint64_t key = mix(pixel_key + index);
  return {static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key)};
}

/// A 32-bit finaliser of two rounds between the halves of a key (constants: Ettinger's hash
/// prospector).
constexpr std::uint32_t kChannelStep = 0x9e3779b9, kMixFirst = 0x21f0aaad, kMixSecond = 0x735a2d97;
constexpr std::uint32_t noise_bits(const EvaluationKey& key, std::uint32_t channel) {
  std::uint32_t x = channel * kChannelStep + key.first;
  x = (x ^ x >> 16) * kMixFirst + key.second;
  x = (x ^ x >> 15) * kMixSecond;
  return x ^ x >> 15;
}

}  // namespace cairn::npu::cap
