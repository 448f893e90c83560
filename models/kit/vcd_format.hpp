// How names and values are spelt in a VCD file (IEEE 1364-2005, clause 18).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/kit/trace.hpp"

namespace cairn::kit::trace {

/// Short identifier of variable number `index`: printable characters, ! to ~.
[[nodiscard]] std::string vcd_identifier(std::uint32_t index);

/// `$scope` and `$var` lines for the channels; the slot of each is its position.
[[nodiscard]] std::string vcd_header(std::span<Channel* const> channels);

/// Text as one token of a `string` variable, GTKWave's extension: what is not a printable
/// character of ASCII, spaces and backslashes become \xHH.
[[nodiscard]] std::string vcd_escape(std::string_view text);

void append_bit(std::string& out, std::uint64_t bits, std::string_view identifier);
void append_vector(std::string& out, std::uint64_t bits, std::string_view identifier);
void append_real(std::string& out, double value, std::string_view identifier);
/// `token` is already escaped.
void append_text(std::string& out, std::string_view token, std::string_view identifier);
void append_unknown(std::string& out, Kind kind, std::string_view identifier);
void append_time(std::string& out, std::uint64_t time_ps);

}  // namespace cairn::kit::trace
