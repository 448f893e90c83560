// Reads a plain or gzipped file, growing with what is really there.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "models/kit/input_error.hpp"
#include "platform/data/file_bytes.hpp"

namespace cairn::platform {

std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::uint64_t limit) {
  std::error_code unused;
  if (std::filesystem::is_directory(path, unused))
    throw InputError(fmt::format("{}: is a directory, not a file.", path.string()));
  errno = 0;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file)
    throw InputError(fmt::format("{}: cannot be opened: {}.", path.string(), std::strerror(errno)));

  constexpr std::size_t kFirst = 1u << 16;
  std::vector<std::uint8_t> out(kFirst);
  std::size_t size = 0;
  for (;;) {
    const auto room = static_cast<unsigned>(std::min<std::size_t>(out.size() - size, 1u << 30));
    const int got = gzread(file.get(), out.data() + size, room);
    int status = Z_OK;
    const char* message = gzerror(file.get(), &status);
    if (got < 0 || (status != Z_OK && status != Z_STREAM_END)) {
      const bool is_cut = status == Z_BUF_ERROR;
      throw InputError(fmt::format("{}: cannot be read: {}.", path.string(),
                                   is_cut              ? "the compressed data end too early"
                                   : status == Z_ERRNO ? std::strerror(errno)
                                                       : message));
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > limit)
      throw InputError(fmt::format("{}: holds more than {} bytes.", path.string(), limit));
    if (size == out.size()) out.resize(2 * size);
  }
  out.resize(size);
  return out;
}

}  // namespace cairn::platform
