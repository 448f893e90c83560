// The bytes of a file, read as they are asked for.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace cairn::platform {

class FileInput {
 public:
  /// Throws InputError if it is no readable file.
  explicit FileInput(const std::filesystem::path& path);
  /// Reads from an open descriptor, which stays the caller's.
  explicit FileInput(int descriptor) : descriptor_(descriptor), is_ours_(false) {}
  ~FileInput();
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  /// Nothing at the end of the file and after a read error.
  std::optional<std::uint8_t> next();

 private:
  int descriptor_;
  bool is_ours_;
  std::array<std::uint8_t, 4096> buffer_;
  std::size_t at_ = 0, filled_ = 0;
};

}  // namespace cairn::platform
