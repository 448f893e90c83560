// A file written front to back through a large buffer.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cairn::kit {

/// Opening fails at once (InputError). A later write error is kept: ask `error()`.
class OutputFile {
 public:
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// The caller appends here and calls write_if_large now and then.
  [[nodiscard]] std::string& buffer() { return buffer_; }
  void write_if_large() {
    if (buffer_.size() >= kChunk) write();
  }
  void write();  ///< hands the buffer to the operating system
  void close();

  /// Empty while all went well, else one sentence with the file and the reason.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  static constexpr std::size_t kChunk = 1 << 18;
  void fail(int reason);

  std::filesystem::path path_;
  int descriptor_;
  std::string buffer_;
  std::string error_;
};

}  // namespace cairn::kit
