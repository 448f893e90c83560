#include "platform/run/htif.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>

namespace cairn::platform {

namespace {

constexpr std::uint64_t kSysWrite = 64, kSysExit = 93;
constexpr std::uint32_t kSystemCalls = 0, kConsole = 1;  // devices
constexpr std::uint32_t kPutCharacter = 1;               // command of the console

template <typename T>
std::optional<T> read(const Machine& machine, std::uint32_t address) {
  std::array<std::uint8_t, sizeof(T)> bytes{};
  if (!machine.peek(address, bytes)) return std::nullopt;
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

Htif::Htif(const ElfFile& program, Machine& machine, std::ostream& out)
    : machine_(machine), out_(out) {
  const Label* const tohost = program.find_label("tohost");
  if (tohost == nullptr) return;
  tohost_ = tohost->address;
  if (tohost->bytes == 4) bytes_ = 4;
  if (const Label* const fromhost = program.find_label("fromhost")) fromhost_ = fromhost->address;
  machine.watch_stores(tohost_, bytes_, [this] { return stored(); });
}

std::optional<std::uint32_t> Htif::stored() {
  const std::uint32_t low = read<std::uint32_t>(machine_, tohost_).value_or(0);
  if (low == 0) return std::nullopt;  // the high word alone, or cleared
  const std::uint32_t high =
      bytes_ == 8 ? read<std::uint32_t>(machine_, tohost_ + 4).value_or(0) : 0;
  const std::uint32_t device = high >> 24, command = high >> 16 & 0xff;
  if (device == kSystemCalls && low % 2 == 1) return low >> 1;
  put(tohost_, 0);
  if (device == kSystemCalls) return system_call(low);
  if (device == kConsole && command == kPutCharacter) out_.put(static_cast<char>(low));
  return std::nullopt;
}

std::optional<std::uint32_t> Htif::system_call(std::uint32_t block) {
  const auto word = [&](std::uint32_t index) {
    return read<std::uint64_t>(machine_, block + 8 * index).value_or(0);
  };
  if (word(0) == kSysExit) return static_cast<std::uint32_t>(word(1));
  const std::int64_t answer =
      word(0) == kSysWrite ? write(word(1), word(2), word(3)) : std::int64_t{-ENOSYS};
  put(block, static_cast<std::uint64_t>(answer));
  if (fromhost_) put(*fromhost_, 1);
  return std::nullopt;
}

std::int64_t Htif::write(std::uint64_t descriptor, std::uint64_t address, std::uint64_t bytes) {
  if (descriptor != 1 && descriptor != 2) return -EBADF;
  constexpr std::uint64_t kChunk = 4096;
  std::array<std::uint8_t, kChunk> chunk{};
  for (std::uint64_t done = 0; done < bytes;) {
    const std::span<std::uint8_t> part =
        std::span(chunk).first(std::min<std::uint64_t>(kChunk, bytes - done));
    if (!machine_.peek(static_cast<std::uint32_t>(address + done), part)) return -EFAULT;
    out_.write(reinterpret_cast<const char*>(part.data()),
               static_cast<std::streamsize>(part.size()));
    done += part.size();
  }
  out_.flush();
  return static_cast<std::int64_t>(bytes);
}

/// A 64-bit word, or what of it belongs to a 32-bit tohost.
void Htif::put(std::uint32_t address, std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  std::memcpy(bytes.data(), &value, sizeof value);
  const std::size_t count = address == tohost_ ? bytes_ : sizeof value;
  // Where there is no memory the program gets no answer, as on any machine.
  static_cast<void>(machine_.load(address, std::span(bytes).first(count)));
}

}  // namespace cairn::platform
