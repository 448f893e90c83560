// Serves semihosting calls: console, files below one folder, simulated time, exit.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/console/console.hpp"
#include "platform/machine.hpp"
#include "platform/semihosting/guest_folder.hpp"
#include "platform/semihosting/open_files.hpp"

namespace cairn::platform {

/// What the calls act on.
struct SemihostingWorld {
  std::function<void(char)> transmit;  ///< a byte to the console
  Console* input = nullptr;            ///< the console's other direction; null: always at its end
  const std::atomic<bool>& interrupted;
  std::string command_line;
};

/// RISC-V Semihosting 1.0 with the operations of ARM's semihosting specification 3.0. A call takes
/// no simulated time beyond its instructions; reading the console stops simulated time until there
/// is input.
class Semihosting {
 public:
  /// Throws InputError if `folder` is none.
  Semihosting(const std::filesystem::path& folder, SemihostingWorld world);

  /// The machine whose program makes the calls; before the first call.
  void connect(Machine& machine) { machine_ = &machine; }
  SemihostAnswer serve(const SemihostCall& call);

 private:
  using Words = std::vector<std::uint32_t>;
  struct Operation;
  static const Operation kOperations[];

  // Each returns what goes to a0. `block` holds the words of the parameter block, or the parameter
  // itself where an operation has no such block.
  // semihosting_files.cpp
  std::uint32_t open(const Words& block);
  std::uint32_t close(const Words& block);
  std::uint32_t write(const Words& block);
  std::uint32_t read(const Words& block);
  std::uint32_t is_terminal(const Words& block);
  std::uint32_t seek(const Words& block);
  std::uint32_t length(const Words& block);
  std::uint32_t temporary_name(const Words& block);
  std::uint32_t remove(const Words& block);
  std::uint32_t rename(const Words& block);
  // semihosting.cpp
  std::uint32_t write_character(const Words& block);
  std::uint32_t write_string(const Words& block);
  std::uint32_t read_character(const Words&);
  std::uint32_t is_error(const Words& block);
  std::uint32_t clock(const Words&);
  std::uint32_t time(const Words&);
  std::uint32_t elapsed(const Words& block);
  std::uint32_t tick_frequency(const Words&);
  std::uint32_t last_error(const Words&);
  std::uint32_t command_line(const Words& block);
  std::uint32_t heap_info(const Words& block);
  std::uint32_t exit(const Words& block);
  std::uint32_t exit_extended(const Words& block);

  std::uint32_t fail(int host_errno);
  std::uint32_t result(int host_errno) { return host_errno == 0 ? 0 : fail(host_errno); }
  void end(std::uint32_t reason, std::uint32_t code);
  OpenFile* file_of(std::uint32_t handle);  ///< null and EBADF
  /// Bytes of a file at its position; negative: -errno, 0: the end.
  std::int64_t take(OpenFile& file, std::span<std::uint8_t> to);
  std::int64_t take_console(std::span<std::uint8_t> to);
  std::int64_t give(OpenFile& file, std::span<const std::uint8_t> from);
  std::optional<std::uint8_t> wait_for_input();

  // Memory of the program; false and EFAULT if there is none.
  bool get_words(std::uint32_t address, Words& words);
  bool put_words(std::uint32_t address, const Words& words);
  bool get_bytes(std::uint32_t address, std::span<std::uint8_t> bytes);
  bool put_bytes(std::uint32_t address, std::span<const std::uint8_t> bytes);
  bool get_text(std::uint32_t address, std::uint32_t bytes, std::string& text);

  GuestFolder folder_;
  SemihostingWorld world_;
  Machine* machine_ = nullptr;
  OpenFiles files_;
  int error_ = 0;                // the guest's errno
  std::uint32_t parameter_ = 0;  // of the call being served
  std::optional<std::uint32_t> exit_code_;
};

}  // namespace cairn::platform
