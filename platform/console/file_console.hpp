// The serial port on files: a run that can be repeated byte for byte.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>

#include "platform/console/console.hpp"
#include "platform/console/file_input.hpp"

namespace cairn::platform {

class FileConsole : public Console {
 public:
  /// `in` may be empty: nothing is received. Throws InputError.
  FileConsole(const std::filesystem::path& out, const std::filesystem::path& in);

  void transmit(char byte) override;
  std::optional<std::uint8_t> receive() override;
  void finish() override;
  /// What was sent is in the file soon, for those who watch it grow.
  void poll() override { out_.flush(); }
  bool is_open() const override { return false; }
  int descriptor() const override { return -1; }

 private:
  std::optional<FileInput> in_;
  const std::filesystem::path out_path_;
  std::ofstream out_;
};

}  // namespace cairn::platform
