// Trace channels: what a model shows in the waves.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "models/kit/trace_channel.hpp"

namespace cairn::kit::trace {

/// One wire: an interrupt line, a busy flag.
class Bit final : public Channel {
 public:
  explicit Bit(const char* name, Hint hint = {}) : Channel(name, Kind::kBit, 1, hint) {}

  void set(bool value) { set_bits(value ? 1 : 0); }
  void set(bool value, const sc_core::sc_time& at) { set_bits(value ? 1 : 0, at); }
};

/// An unsigned number of 1 to 64 bits; higher bits are dropped. `Format::kSigned` shows it signed.
class Vector final : public Channel {
 public:
  Vector(const char* name, unsigned width, Hint hint = {})
      : Channel(name, Kind::kVector, width, hint), mask_(mask_of(width)) {}

  void set(std::uint64_t value) { set_bits(value & mask_); }
  void set(std::uint64_t value, const sc_core::sc_time& at) { set_bits(value & mask_, at); }

 private:
  static std::uint64_t mask_of(unsigned width) {
    return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  }

  const std::uint64_t mask_;
};

/// A state shown by name. The value is an index into `names`; one beyond them shows as a number.
class Enumeration final : public Channel {
 public:
  /// `names` is not copied: give it static storage.
  Enumeration(const char* name, std::span<const char* const> names, Hint hint = {})
      : Channel(name, Kind::kEnumeration, 32, hint), names_(names) {}

  template <typename E>
  requires std::is_enum_v<E> || std::integral<E>
  void set(E value) { set_bits(static_cast<std::uint32_t>(value)); }
  template <typename E>
  requires std::is_enum_v<E> || std::integral<E>
  void set(E value, const sc_core::sc_time& at) { set_bits(static_cast<std::uint32_t>(value), at); }

  [[nodiscard]] std::span<const char* const> names() const { return names_; }

 private:
  std::span<const char* const> names_;
};

/// A quantity such as power or occupancy; the waves draw it as a curve.
class Real final : public Channel {
 public:
  explicit Real(const char* name, Hint hint = {}) : Channel(name, Kind::kReal, 64, hint) {}

  void set(double value) { set_bits(encode_real(value)); }
  void set(double value, const sc_core::sc_time& at) { set_bits(encode_real(value), at); }
};

/// A name: the firmware's function, the layer. Texts come from a modest set, since a sink
/// keeps each different one once. Ask on() before building a string.
class Text final : public Channel {
 public:
  explicit Text(const char* name, Hint hint = {}) : Channel(name, Kind::kText, 0, hint) {}

  void set(std::string_view value) {
    if (on()) [[unlikely]]
      record_text(value, now_ps());
  }
  void set(std::string_view value, const sc_core::sc_time& at) {
    if (on()) [[unlikely]]
      record_text(value, at.value());
  }
};

/// Every channel of the object hierarchy, parents' before children's, in construction order.
[[nodiscard]] std::vector<Channel*> all_channels();

}  // namespace cairn::kit::trace
