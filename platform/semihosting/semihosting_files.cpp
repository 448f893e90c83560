// The semihosting calls on files and on the console's handles.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "platform/semihosting/semihosting.hpp"

namespace cairn::platform {

namespace {

constexpr std::uint32_t kFailed = UINT32_MAX;
constexpr std::size_t kChunk = 4096;
constexpr std::uint32_t kLongestName = 4096;

/// fopen()'s modes in the order of SYS_OPEN: "r", "rb", "r+", "r+b", "w", ... "a+b".
constexpr std::array kOpenFlags{O_RDONLY,
                                O_RDONLY,
                                O_RDWR,
                                O_RDWR,
                                O_WRONLY | O_CREAT | O_TRUNC,
                                O_WRONLY | O_CREAT | O_TRUNC,
                                O_RDWR | O_CREAT | O_TRUNC,
                                O_RDWR | O_CREAT | O_TRUNC,
                                O_WRONLY | O_CREAT | O_APPEND,
                                O_WRONLY | O_CREAT | O_APPEND,
                                O_RDWR | O_CREAT | O_APPEND,
                                O_RDWR | O_CREAT | O_APPEND};

/// ":semihosting-features": magic, then SH_EXT_EXIT_EXTENDED and SH_EXT_STDOUT_STDERR.
constexpr std::array<std::uint8_t, 5> kFeatures{'S', 'H', 'F', 'B', 0x03};

}  // namespace

std::uint32_t Semihosting::open(const Words& block) {
  std::string name;
  if (block[1] >= kOpenFlags.size()) return fail(EINVAL);
  if (block[2] > kLongestName) return fail(ENAMETOOLONG);
  if (!get_text(block[0], block[2], name)) return kFailed;
  OpenFile opened;
  if (name == ":tt") {
    opened.kind = OpenFile::Kind::kConsole;
  } else if (name == ":semihosting-features") {
    if (kOpenFlags[block[1]] != O_RDONLY) return fail(EACCES);
    opened.kind = OpenFile::Kind::kFeatures;
  } else {
    GuestFolder::Opened file = folder_.open(name, kOpenFlags[block[1]]);
    if (file.error != 0) return fail(file.error);
    opened.kind = OpenFile::Kind::kRegular;
    opened.file = std::move(file.file);
  }
  const std::uint32_t handle = files_.add(std::move(opened));
  return handle == 0 ? fail(EMFILE) : handle;
}

std::uint32_t Semihosting::close(const Words& block) {
  OpenFile* const file = file_of(block[0]);
  if (file == nullptr) return kFailed;
  *file = OpenFile{};
  return 0;
}

/// Returns the number of bytes not written.
std::uint32_t Semihosting::write(const Words& block) {
  OpenFile* const file = file_of(block[0]);
  if (file == nullptr) return block[2];
  std::array<std::uint8_t, kChunk> buffer;
  std::uint32_t left = block[2];
  for (std::uint32_t address = block[1]; left != 0;) {
    const std::span<std::uint8_t> chunk(buffer.data(), std::min<std::size_t>(left, kChunk));
    if (!get_bytes(address, chunk)) return left;
    const std::int64_t count = give(*file, chunk);
    if (count < 0) {
      fail(static_cast<int>(-count));
      return left;
    }
    address += static_cast<std::uint32_t>(count);
    left -= static_cast<std::uint32_t>(count);
  }
  return 0;
}

/// Returns the number of bytes not read: all of them at the end of the file. A read of the console
/// ends with its line.
std::uint32_t Semihosting::read(const Words& block) {
  OpenFile* const file = file_of(block[0]);
  if (file == nullptr) return kFailed;
  std::array<std::uint8_t, kChunk> buffer;
  std::uint32_t left = block[2];
  for (std::uint32_t address = block[1]; left != 0;) {
    const std::span<std::uint8_t> chunk(buffer.data(), std::min<std::size_t>(left, kChunk));
    const std::int64_t count = take(*file, chunk);
    if (count < 0) return fail(static_cast<int>(-count));
    if (count == 0) break;
    if (!put_bytes(address, chunk.first(static_cast<std::size_t>(count)))) return kFailed;
    address += static_cast<std::uint32_t>(count);
    left -= static_cast<std::uint32_t>(count);
    if (file->kind == OpenFile::Kind::kConsole) break;
  }
  return left;
}

std::int64_t Semihosting::give(OpenFile& file, std::span<const std::uint8_t> from) {
  switch (file.kind) {
    case OpenFile::Kind::kConsole:
      for (const std::uint8_t byte : from)
        world_.transmit(static_cast<char>(byte));
      return static_cast<std::int64_t>(from.size());
    case OpenFile::Kind::kRegular: {
      const ssize_t count = ::write(file.file.number(), from.data(), from.size());
      return count < 0 ? -errno : count;
    }
    default:
      return -EBADF;
  }
}

std::int64_t Semihosting::take(OpenFile& file, std::span<std::uint8_t> to) {
  switch (file.kind) {
    case OpenFile::Kind::kConsole:
      return take_console(to);
    case OpenFile::Kind::kFeatures: {
      const std::size_t at = std::min<std::size_t>(file.position, kFeatures.size());
      const std::size_t count = std::min(to.size(), kFeatures.size() - at);
      std::copy_n(kFeatures.begin() + at, count, to.begin());
      file.position += static_cast<std::uint32_t>(count);
      return static_cast<std::int64_t>(count);
    }
    case OpenFile::Kind::kRegular: {
      const ssize_t count = ::read(file.file.number(), to.data(), to.size());
      return count < 0 ? -errno : count;
    }
    default:
      return -EBADF;
  }
}

std::uint32_t Semihosting::is_terminal(const Words& block) {
  const OpenFile* const file = file_of(block[0]);
  if (file == nullptr) return kFailed;
  return file->kind == OpenFile::Kind::kConsole ? 1 : 0;
}

std::uint32_t Semihosting::seek(const Words& block) {
  OpenFile* const file = file_of(block[0]);
  if (file == nullptr) return kFailed;
  switch (file->kind) {
    case OpenFile::Kind::kRegular:
      return ::lseek(file->file.number(), block[1], SEEK_SET) < 0 ? fail(errno) : 0;
    case OpenFile::Kind::kFeatures:
      file->position = block[1];
      return 0;
    default:
      return fail(ESPIPE);
  }
}

std::uint32_t Semihosting::length(const Words& block) {
  const OpenFile* const file = file_of(block[0]);
  if (file == nullptr) return kFailed;
  if (file->kind == OpenFile::Kind::kConsole) return 0;
  if (file->kind == OpenFile::Kind::kFeatures) return kFeatures.size();
  struct stat status {};
  if (::fstat(file->file.number(), &status) != 0) return fail(errno);
  return status.st_size > INT32_MAX ? fail(EOVERFLOW) : static_cast<std::uint32_t>(status.st_size);
}

std::uint32_t Semihosting::temporary_name(const Words& block) {
  constexpr std::uint32_t kLargestId = 255;
  if (block[1] > kLargestId) return fail(EINVAL);
  const std::string name = fmt::format("tmp{:03}", block[1]);
  if (block[2] <= name.size()) return fail(ERANGE);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(name.c_str());
  return put_bytes(block[0], {bytes, name.size() + 1}) ? 0 : kFailed;
}

std::uint32_t Semihosting::remove(const Words& block) {
  std::string name;
  if (block[1] > kLongestName) return fail(ENAMETOOLONG);
  return get_text(block[0], block[1], name) ? result(folder_.remove(name)) : kFailed;
}

std::uint32_t Semihosting::rename(const Words& block) {
  std::string from, to;
  if (block[1] > kLongestName || block[3] > kLongestName) return fail(ENAMETOOLONG);
  if (!get_text(block[0], block[1], from) || !get_text(block[2], block[3], to)) return kFailed;
  return result(folder_.rename(from, to));
}

OpenFile* Semihosting::file_of(std::uint32_t handle) {
  OpenFile* const file = files_.find(handle);
  if (file == nullptr) fail(EBADF);
  return file;
}

bool Semihosting::get_text(std::uint32_t address, std::uint32_t bytes, std::string& text) {
  text.resize(bytes);
  return get_bytes(address, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

}  // namespace cairn::platform
