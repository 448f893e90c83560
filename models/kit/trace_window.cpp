#include "models/kit/trace_window.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "models/kit/input_error.hpp"

namespace cairn::kit::trace {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, hexadecimal ? 16 : 10);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> bits_of(const Channel& channel, std::string_view value) {
  switch (channel.value_kind()) {
    case Kind::kText:
      return 0;
    case Kind::kReal:
      return std::nullopt;
    case Kind::kEnumeration: {
      const auto names = dynamic_cast<const Enumeration&>(channel).names();
      const auto found = std::find(names.begin(), names.end(), value);
      if (found == names.end()) return std::nullopt;
      return static_cast<std::uint64_t>(found - names.begin());
    }
    case Kind::kBit:
    case Kind::kVector:
      break;
  }
  const auto number = number_in(value);
  if (number && channel.width() < 64 && *number >> channel.width() != 0) return std::nullopt;
  return number;
}

}  // namespace

std::optional<Condition> find_condition(const Window& window, std::span<Channel* const> channels) {
  if (window.channel.empty()) return std::nullopt;
  for (std::uint32_t slot = 0; slot < channels.size(); ++slot) {
    const Channel& channel = *channels[slot];
    if (channel.name() != window.channel) continue;
    const auto bits = bits_of(channel, window.value);
    if (!bits)
      throw InputError("wave window: " + window.channel + " cannot have the value '" +
                       window.value + "'");
    return Condition{slot, channel.value_kind(), *bits};
  }
  throw InputError("wave window: no traced value is called '" + window.channel + "'");
}

}  // namespace cairn::kit::trace
