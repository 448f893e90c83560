#include "platform/semihosting/semihosting.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "platform/poll_list.hpp"
#include "platform/semihosting/guest_errno.hpp"

namespace cairn::platform {

namespace {

constexpr std::uint32_t kFailed = UINT32_MAX;
constexpr std::uint64_t kAddresses = std::uint64_t{1} << 32;

/// A byte of the console's input: Enter on a raw terminal sends CR, which C programs do not expect.
std::uint8_t as_text(std::uint8_t byte) {
  return byte == '\r' ? '\n' : byte;
}

}  // namespace

/// An operation's number, the words of its parameter block (0: the parameter is a value), and what
/// it does.
struct Semihosting::Operation {
  std::uint32_t number;
  std::size_t words;
  std::uint32_t (Semihosting::*serve)(const Words&);
};

const Semihosting::Operation Semihosting::kOperations[] = {
    {0x01, 3, &Semihosting::open},
    {0x02, 1, &Semihosting::close},
    {0x03, 0, &Semihosting::write_character},
    {0x04, 0, &Semihosting::write_string},
    {0x05, 3, &Semihosting::write},
    {0x06, 3, &Semihosting::read},
    {0x07, 0, &Semihosting::read_character},
    {0x08, 1, &Semihosting::is_error},
    {0x09, 1, &Semihosting::is_terminal},
    {0x0a, 2, &Semihosting::seek},
    {0x0c, 1, &Semihosting::length},
    {0x0d, 3, &Semihosting::temporary_name},
    {0x0e, 2, &Semihosting::remove},
    {0x0f, 4, &Semihosting::rename},
    {0x10, 0, &Semihosting::clock},
    {0x11, 0, &Semihosting::time},
    {0x13, 0, &Semihosting::last_error},
    {0x15, 2, &Semihosting::command_line},
    {0x16, 1, &Semihosting::heap_info},
    {0x18, 0, &Semihosting::exit},
    {0x20, 2, &Semihosting::exit_extended},
    {0x30, 0, &Semihosting::elapsed},
    {0x31, 0, &Semihosting::tick_frequency},
};

Semihosting::Semihosting(const std::filesystem::path& folder, SemihostingWorld world)
    : folder_(folder), world_(std::move(world)) {}

SemihostAnswer Semihosting::serve(const SemihostCall& call) {
  const auto* const operation = std::ranges::find(kOperations, call.operation, &Operation::number);
  if (operation == std::end(kOperations)) return {.value = fail(ENOSYS)};
  parameter_ = call.parameter;
  Words block(operation->words);
  if (operation->words == 0)
    block = {call.parameter};
  else if (!get_words(call.parameter, block))
    return {.value = kFailed};
  const std::uint32_t value = (this->*operation->serve)(block);
  return {.value = value, .exit_code = exit_code_};
}

std::uint32_t Semihosting::write_character(const Words& block) {
  std::array<std::uint8_t, 1> byte{};
  if (!get_bytes(block[0], byte)) return kFailed;
  world_.transmit(static_cast<char>(byte[0]));
  return 0;
}

std::uint32_t Semihosting::write_string(const Words& block) {
  std::array<std::uint8_t, 1> byte{};
  for (std::uint64_t address = block[0]; address < kAddresses; ++address) {
    if (!get_bytes(static_cast<std::uint32_t>(address), byte)) return kFailed;
    if (byte[0] == 0) return 0;
    world_.transmit(static_cast<char>(byte[0]));
  }
  return fail(EFAULT);
}

std::uint32_t Semihosting::read_character(const Words&) {
  const std::optional<std::uint8_t> byte = wait_for_input();
  return byte ? as_text(*byte) : kFailed;
}

std::uint32_t Semihosting::is_error(const Words& block) {
  return static_cast<std::int32_t>(block[0]) < 0 ? 1 : 0;
}

/// Hundredths of a second since the start.
std::uint32_t Semihosting::clock(const Words&) {
  return static_cast<std::uint32_t>(machine_->now_ps() / 10'000'000'000);
}

/// Seconds since the start, which stands for 1970-01-01: no run depends on its date.
std::uint32_t Semihosting::time(const Words&) {
  return static_cast<std::uint32_t>(machine_->now_ps() / 1'000'000'000'000);
}

/// Nanoseconds since the start.
std::uint32_t Semihosting::elapsed(const Words& block) {
  const std::uint64_t ticks = machine_->now_ps() / 1000;
  return put_words(block[0],
                   {static_cast<std::uint32_t>(ticks), static_cast<std::uint32_t>(ticks >> 32)})
             ? 0
             : kFailed;
}

std::uint32_t Semihosting::tick_frequency(const Words&) {
  return 1'000'000'000;
}

std::uint32_t Semihosting::last_error(const Words&) {
  return static_cast<std::uint32_t>(error_);
}

std::uint32_t Semihosting::command_line(const Words& block) {
  const std::string& text = world_.command_line;
  if (text.size() >= block[1]) return fail(ERANGE);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.c_str());
  const auto length = static_cast<std::uint32_t>(text.size());
  return put_bytes(block[0], {bytes, text.size() + 1}) && put_words(parameter_ + 4, {length})
             ? 0
             : kFailed;
}

/// Heap and stack: zeros say that the program's own linker script decides.
std::uint32_t Semihosting::heap_info(const Words& block) {
  return put_words(block[0], {0, 0, 0, 0}) ? 0 : kFailed;
}

std::uint32_t Semihosting::exit(const Words& block) {
  end(block[0], 0);
  return 0;
}

std::uint32_t Semihosting::exit_extended(const Words& block) {
  end(block[0], block[1]);
  return 0;
}

/// Any other reason than the application's own end is a failure.
void Semihosting::end(std::uint32_t reason, std::uint32_t code) {
  constexpr std::uint32_t kApplicationExit = 0x20026;
  exit_code_ = reason == kApplicationExit ? code : 1;
}

std::uint32_t Semihosting::fail(int host_errno) {
  error_ = guest_errno(host_errno);
  return kFailed;
}

/// The next byte of the console; nothing at the end of its input and at the end of the run.
std::optional<std::uint8_t> Semihosting::wait_for_input() {
  constexpr std::chrono::milliseconds kInterruptLook(100);
  if (world_.input == nullptr) return std::nullopt;
  PollList console({world_.input});
  for (;;) {
    if (const std::optional<std::uint8_t> byte = world_.input->receive()) return byte;
    if (!console.is_open() || console.wants_end() || world_.interrupted) return std::nullopt;
    console.wait(kInterruptLook);
  }
}

std::int64_t Semihosting::take_console(std::span<std::uint8_t> to) {
  std::optional<std::uint8_t> byte = wait_for_input();
  std::size_t count = 0;
  while (byte) {
    to[count++] = as_text(*byte);
    if (count == to.size() || to[count - 1] == '\n') break;
    byte = world_.input->receive();
  }
  return static_cast<std::int64_t>(count);
}

bool Semihosting::get_words(std::uint32_t address, Words& words) {
  return get_bytes(address, {reinterpret_cast<std::uint8_t*>(words.data()), words.size() * 4});
}

bool Semihosting::put_words(std::uint32_t address, const Words& words) {
  return put_bytes(address,
                   {reinterpret_cast<const std::uint8_t*>(words.data()), words.size() * 4});
}

bool Semihosting::get_bytes(std::uint32_t address, std::span<std::uint8_t> bytes) {
  if (address + std::uint64_t{bytes.size()} <= kAddresses && machine_->peek(address, bytes))
    return true;
  fail(EFAULT);
  return false;
}

bool Semihosting::put_bytes(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  if (address + std::uint64_t{bytes.size()} <= kAddresses && machine_->load(address, bytes))
    return true;
  fail(EFAULT);
  return false;
}

}  // namespace cairn::platform
