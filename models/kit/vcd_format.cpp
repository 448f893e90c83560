#include "models/kit/vcd_format.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <vector>

namespace cairn::kit::trace {
namespace {

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    parts.push_back(name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  parts.push_back(name);
  return parts;
}

std::string declaration(const Channel& channel, const std::string& identifier) {
  const std::string name = channel.basename();
  const std::string width = std::to_string(channel.width());
  switch (channel.value_kind()) {
    case Kind::kBit:
      return "$var wire 1 " + identifier + " " + name + " $end\n";
    case Kind::kVector: {
      const std::string range =
          channel.width() > 1 ? " [" + std::to_string(channel.width() - 1) + ":0]" : "";
      return "$var wire " + width + " " + identifier + " " + name + range + " $end\n";
    }
    case Kind::kReal:
      return "$var real 64 " + identifier + " " + name + " $end\n";
    case Kind::kEnumeration:
    case Kind::kText:
      break;
  }
  return "$var string 1 " + identifier + " " + name + " $end\n";
}

template <typename Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_identifier(std::string& out, std::string_view identifier) {
  out += ' ';
  out += identifier;
  out += '\n';
}

}  // namespace

std::string vcd_identifier(std::uint32_t index) {
  constexpr std::uint32_t kFirst = '!', kCount = '~' - '!' + 1;
  std::string identifier;
  do {
    identifier += static_cast<char>(kFirst + index % kCount);
    index /= kCount;
  } while (index-- > 0);
  return identifier;
}

std::string vcd_header(std::span<Channel* const> channels) {
  std::string out = "$timescale 1 ps $end\n";
  std::vector<std::string_view> open;
  const auto leave_to = [&](std::size_t depth) {
    for (; open.size() > depth; open.pop_back())
      out += "$upscope $end\n";
  };
  for (std::uint32_t i = 0; i < channels.size(); ++i) {
    auto scopes = parts_of(channels[i]->name());
    scopes.pop_back();
    std::size_t shared = 0;
    while (shared < open.size() && shared < scopes.size() && open[shared] == scopes[shared])
      ++shared;
    leave_to(shared);
    for (std::size_t s = shared; s < scopes.size(); ++s) {
      out.append("$scope module ").append(scopes[s]).append(" $end\n");
      open.push_back(scopes[s]);
    }
    out += declaration(*channels[i], vcd_identifier(i));
  }
  leave_to(0);
  return out + "$enddefinitions $end\n";
}

std::string vcd_escape(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string token;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '\\') {
      token += c;
    } else {
      token += "\\x";
      token += kHex[byte >> 4];
      token += kHex[byte & 15];
    }
  }
  return token;
}

void append_bit(std::string& out, std::uint64_t bits, std::string_view identifier) {
  out += bits != 0 ? '1' : '0';
  out += identifier;
  out += '\n';
}

void append_vector(std::string& out, std::uint64_t bits, std::string_view identifier) {
  out += 'b';
  for (int bit = bits == 0 ? 0 : static_cast<int>(std::bit_width(bits)) - 1; bit >= 0; --bit)
    out += (bits >> bit & 1) != 0 ? '1' : '0';
  append_identifier(out, identifier);
}

void append_real(std::string& out, double value, std::string_view identifier) {
  out += 'r';
  append_number(out, value);
  append_identifier(out, identifier);
}

void append_text(std::string& out, std::string_view token, std::string_view identifier) {
  out += 's';
  out += token;
  append_identifier(out, identifier);
}

void append_unknown(std::string& out, Kind kind, std::string_view identifier) {
  switch (kind) {
    case Kind::kBit:
      out += 'x';
      out += identifier;
      out += '\n';
      return;
    case Kind::kVector:
      out += "bx";
      break;
    case Kind::kReal:
      out += "rnan";
      break;
    case Kind::kEnumeration:
    case Kind::kText:
      out += 's';
      break;
  }
  append_identifier(out, identifier);
}

void append_time(std::string& out, std::uint64_t time_ps) {
  out += '#';
  append_number(out, time_ps);
  out += '\n';
}

}  // namespace cairn::kit::trace
