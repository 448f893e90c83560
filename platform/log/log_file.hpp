// A text file that grows during a run: plain, compressed, or the standard error.
#pragma once

#include <zlib.h>

#include <filesystem>
#include <memory>
#include <string>

namespace cairn::platform {

class LogFile {
 public:
  /// Compresses with gzip if the name ends in .gz; "-" is the standard error. Throws InputError if
  /// the file cannot be opened.
  explicit LogFile(std::filesystem::path path);

  /// The caller appends lines here, and calls write_if_large after each.
  std::string& buffer() { return buffer_; }
  void write_if_large() {
    if (buffer_.size() >= kChunk) write();
  }
  /// Throws InputError if the file could not be written to its end.
  void close();

 private:
  static constexpr std::size_t kChunk = 1 << 16;
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };

  void write();

  std::filesystem::path path_;
  std::string buffer_;
  std::unique_ptr<gzFile_s, Close> file_;
  bool has_failed_ = false;
};

}  // namespace cairn::platform
