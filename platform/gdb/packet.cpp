#include "platform/gdb/packet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cairn::platform::gdb {
namespace {

constexpr char kInterruptByte = 0x03, kEscape = '}';
constexpr char kEscapeFlip = 0x20;

std::string unescape(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == kEscape && i + 1 < raw.size())
      out.push_back(static_cast<char>(raw[++i] ^ kEscapeFlip));
    else
      out.push_back(raw[i]);
  }
  return out;
}

/// -1 for anything that is not a digit.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Message> PacketReader::feed(char byte) {
  switch (state_) {
    case State::kFirstDigit:
      first_digit_ = byte;
      state_ = State::kSecondDigit;
      return std::nullopt;
    case State::kSecondDigit:
      state_ = State::kOutside;
      return end(byte);
    case State::kInside:
      if (byte == '#') {
        state_ = State::kFirstDigit;
        return std::nullopt;
      }
      if (byte == '$') break;  // the start of a packet never lies inside one
      sum_ = static_cast<std::uint8_t>(sum_ + static_cast<std::uint8_t>(byte));
      is_too_long_ = is_too_long_ || raw_.size() == kPacketBytes;
      if (!is_too_long_) raw_.push_back(byte);
      return std::nullopt;
    case State::kOutside:
      if (byte == kInterruptByte) return Message{Incoming::kInterrupt, {}};
      if (byte == '-') return Message{Incoming::kResend, {}};
      if (byte != '$') return std::nullopt;
      break;
  }
  state_ = State::kInside;
  raw_.clear();
  sum_ = 0;
  is_too_long_ = false;
  return std::nullopt;
}

std::optional<Message> PacketReader::end(char second_digit) {
  const int high = digit(first_digit_), low = digit(second_digit);
  if (is_too_long_ || high < 0 || low < 0 || high * 16 + low != sum_)
    return Message{Incoming::kDamaged, {}};
  return Message{Incoming::kPacket, unescape(raw_)};
}

std::string packet(std::string_view data) {
  std::string out = "$";
  for (const char c : data) {
    if (c == '$' || c == '#' || c == kEscape || c == '*') {
      out.push_back(kEscape);
      out.push_back(static_cast<char>(c ^ kEscapeFlip));
    } else {
      out.push_back(c);
    }
  }
  std::uint8_t sum = 0;
  for (const char c : std::string_view(out).substr(1))
    sum = static_cast<std::uint8_t>(sum + static_cast<std::uint8_t>(c));
  return out + fmt::format("#{:02x}", sum);
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::string to_hex(std::string_view text) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string to_hex(std::uint32_t value) {
  const std::uint8_t bytes[] = {
      static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
      static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
  return to_hex(bytes);
}

bool Parser::skip(char expected) {
  ok_ = ok_ && text_.starts_with(expected);
  if (ok_) text_.remove_prefix(1);
  return ok_;
}

bool Parser::try_skip(std::string_view expected) {
  if (!ok_ || !text_.starts_with(expected)) return false;
  text_.remove_prefix(expected.size());
  return true;
}

std::uint32_t Parser::number() {
  std::uint32_t value = 0;
  const auto [rest, error] = std::from_chars(text_.begin(), text_.end(), value, 16);
  ok_ = ok_ && error == std::errc{};
  if (!ok_) return 0;
  text_.remove_prefix(static_cast<std::size_t>(rest - text_.begin()));
  return value;
}

std::uint32_t Parser::register_value() {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 8 && ok_; ++i) {
    const int nibble = i < text_.size() ? digit(text_[i]) : -1;
    ok_ = nibble >= 0;
    // Pairs of digits are bytes, the lowest first; in a pair the high digit comes first.
    if (ok_) value |= static_cast<std::uint32_t>(nibble) << (4 * (i ^ 1u));
  }
  if (ok_) text_.remove_prefix(8);
  return ok_ ? value : 0;
}

std::string Parser::bytes() {
  std::string out;
  ok_ = ok_ && text_.size() % 2 == 0;
  for (std::size_t i = 0; ok_ && i < text_.size(); i += 2) {
    const int high = digit(text_[i]), low = digit(text_[i + 1]);
    ok_ = high >= 0 && low >= 0;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  text_ = {};
  return ok_ ? out : std::string();
}

std::string_view Parser::until(char end) {
  const std::size_t at = text_.find(end);
  const std::string_view part = text_.substr(0, at);
  text_.remove_prefix(at == std::string_view::npos ? text_.size() : at + 1);
  return part;
}

}  // namespace cairn::platform::gdb
