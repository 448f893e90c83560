// Base of every trace channel, and the interface of who listens to it.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <systemc>

namespace cairn::kit::trace {

class Channel;

/// Receives the changes of the channels attached to it. Times are picoseconds, never earlier than
/// the kernel's time at the call, but not sorted: a processor that runs ahead reports the future.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  /// Bits, vectors, enumerations (the index) and reals (decode_real).
  virtual void bits_changed(const Channel& channel, std::uint64_t at_ps, std::uint64_t bits) = 0;
  virtual void text_changed(const Channel& channel, std::uint64_t at_ps, std::string_view text) = 0;
};

enum class Kind { kBit, kVector, kEnumeration, kReal, kText };

/// How the waves show a value. Automatic: bits as a wire, vectors in hexadecimal, reals as a curve.
enum class Format { kAutomatic, kHexadecimal, kDecimal, kSigned, kAnalogue };

enum class Colour { kAutomatic, kRed, kOrange, kYellow, kGreen, kBlue, kIndigo, kViolet };

/// Advice to the wave viewer; every member may be left out.
struct Hint {
  Format format = Format::kAutomatic;
  Colour colour = Colour::kAutomatic;
  const char* group = "";  ///< top-level group, such as "NPU"; empty: derived from the name
};

/// A traced value of a model, found through the object hierarchy; its name is the waveform's path.
///
/// Construct it as a member of a module, with a name that no socket, pin or child module has. With
/// no sink a set costs one store and one branch. A set to the value that it has writes nothing. A
/// value never set is unknown, but a curve starts at 0.
class Channel : public sc_core::sc_object {
 public:
  [[nodiscard]] bool on() const { return sink_ != nullptr; }
  [[nodiscard]] Kind value_kind() const { return kind_; }
  [[nodiscard]] unsigned width() const { return width_; }  ///< bits; 0 for text
  [[nodiscard]] const Hint& hint() const { return hint_; }
  [[nodiscard]] std::uint32_t slot() const { return slot_; }  ///< number given by the sink

  /// From now on `sink` hears every change, and at once the present value if there is one.
  void attach(Sink& sink, std::uint32_t slot);
  void detach() { sink_ = nullptr; }

  const char* kind() const override { return "cairn::kit::trace::Channel"; }

  static std::uint64_t encode_real(double value) { return std::bit_cast<std::uint64_t>(value); }
  static double decode_real(std::uint64_t bits) { return std::bit_cast<double>(bits); }

 protected:
  Channel(const char* name, Kind kind, unsigned width, Hint hint);

  void set_bits(std::uint64_t bits) {
    if (on()) [[unlikely]]
      record_bits(bits, now_ps());
    else
      remember(bits);
  }
  /// `at` is the caller's local time, never earlier than the kernel's.
  void set_bits(std::uint64_t bits, const sc_core::sc_time& at) {
    if (on()) [[unlikely]]
      record_bits(bits, at.value());
    else
      remember(bits);
  }
  void record_bits(std::uint64_t bits, std::uint64_t at_ps);
  void record_text(std::string_view text, std::uint64_t at_ps);
  static std::uint64_t now_ps() { return sc_core::sc_time_stamp().value(); }

 private:
  /// `bits_` and `text_` hold the value with the newest time, not the one reported last.
  void remember(std::uint64_t bits) {
    bits_ = bits;
    known_ = true;
  }
  void check_time(std::uint64_t at_ps, std::uint64_t now_ps) const;

  Sink* sink_ = nullptr;
  std::uint64_t bits_ = 0;
  bool known_;
  Kind kind_;
  std::uint32_t slot_ = 0;
  std::uint64_t newest_ps_ = 0;
  unsigned width_;
  Hint hint_;
  std::string text_;
};

}  // namespace cairn::kit::trace
