// Packets of GDB's remote serial protocol: $data#checksum (GDB manual, appendix E.1).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cairn::platform::gdb {

/// Longest data that a packet may carry, escapes included. What GDB is told as PacketSize.
inline constexpr std::size_t kPacketBytes = 0x4000;

enum class Incoming {
  kPacket,     ///< `data` is whole and unescaped
  kDamaged,    ///< wrong checksum, or longer than kPacketBytes
  kInterrupt,  ///< Ctrl-C in the debugger
  kResend,     ///< the other side received something damaged
};

struct Message {
  Incoming kind = Incoming::kPacket;
  std::string data;
};

/// Finds packets in a stream of bytes. What lies between packets is ignored.
class PacketReader {
 public:
  /// The message that ends with this byte.
  std::optional<Message> feed(char byte);

 private:
  enum class State { kOutside, kInside, kFirstDigit, kSecondDigit };

  std::optional<Message> end(char second_digit);

  State state_ = State::kOutside;
  std::string raw_;
  std::uint8_t sum_ = 0;
  char first_digit_ = 0;
  bool is_too_long_ = false;
};

/// Frames and escapes.
std::string packet(std::string_view data);

/// Two digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);
std::string to_hex(std::string_view text);
/// A register: eight digits, the lowest byte first.
std::string to_hex(std::uint32_t value);

/// Reads the parts of a packet from left to right. A part that is not there makes it fail, for
/// good.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  /// Also false where text is left over and everything should have been read: call it last.
  bool ok() const { return ok_; }
  bool done() const { return ok_ && text_.empty(); }
  std::string_view rest() const { return text_; }

  bool skip(char expected);  ///< fails without it
  bool try_skip(std::string_view expected);
  std::uint32_t number();            ///< hexadecimal, the high digit first
  std::uint32_t register_value();    ///< as to_hex() writes it
  std::string bytes();               ///< all digits to the end, decoded
  std::string_view until(char end);  ///< without `end`, which is skipped; or the rest

 private:
  std::string_view text_;
  bool ok_ = true;
};

}  // namespace cairn::platform::gdb
