// Loads and stores in direct memory, through the window of the access before.
#pragma once

#include <cstring>
#include <type_traits>

#include "models/cpu/hart.hpp"
#include "models/cpu/hart_arithmetic.hpp"

namespace cairn::hart {

/// What a load of type T puts into a register: T gives size and extension.
template <typename T>
inline std::uint32_t load_from(const std::uint8_t* host) {
  std::make_unsigned_t<T> loaded{};
  std::memcpy(&loaded, host, sizeof loaded);
  constexpr unsigned kUnused = std::is_signed_v<T> ? 32 - 8 * sizeof(T) : 0;
  auto value = static_cast<std::uint32_t>(loaded);
  if constexpr (kUnused != 0)
    value = static_cast<std::uint32_t>(as_signed(value << kUnused) >> kUnused);
  return value;
}

template <typename T>
inline void store_to(std::uint8_t* host, std::uint32_t value) {
  const auto stored = static_cast<T>(value);
  std::memcpy(host, &stored, sizeof stored);
}

template <typename T>
constexpr std::size_t kSizeIndex = sizeof(T) == 4 ? 2 : sizeof(T) - 1;

/// False: not direct, nothing happened.
template <typename T>
inline bool Hart::load_direct(std::uint32_t addr, std::uint32_t& value, std::uint64_t& cycle) {
  if (!read_window_.contains(addr, sizeof(T))) [[unlikely]]
    if (!open_window(addr, sizeof(T), AccessKind::kRead, read_window_)) return false;
  value = load_from<T>(read_window_.host + (addr - read_window_.base));
  ++read_window_.region->accesses.reads[kSizeIndex<T>];
  cycle += read_window_.region->read_cycles;
  return true;
}

template <typename T>
inline bool Hart::store_direct(std::uint32_t addr, std::uint32_t value, std::uint64_t& cycle) {
  if (!write_window_.contains(addr, sizeof(T))) [[unlikely]]
    if (!open_window(addr, sizeof(T), AccessKind::kWrite, write_window_)) return false;
  store_to<T>(write_window_.host + (addr - write_window_.base), value);
  ++write_window_.region->accesses.writes[kSizeIndex<T>];
  cycle += write_window_.region->write_cycles;
  return true;
}

}  // namespace cairn::hart
