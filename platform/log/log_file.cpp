#include "platform/log/log_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

LogFile::LogFile(std::filesystem::path path) : path_(std::move(path)) {
  const bool is_stderr = path_ == "-";
  const int descriptor =
      is_stderr ? ::dup(STDERR_FILENO)
                : ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  constexpr const char* kPlain = "wT";
  if (descriptor >= 0) file_.reset(gzdopen(descriptor, path_.extension() == ".gz" ? "w" : kPlain));
  if (!file_)
    throw InputError(fmt::format("cannot write {}: {}.", path_.string(), std::strerror(errno)));
}

void LogFile::write() {
  if (!buffer_.empty() &&
      gzwrite(file_.get(), buffer_.data(), static_cast<unsigned>(buffer_.size())) <= 0)
    has_failed_ = true;
  buffer_.clear();
}

void LogFile::close() {
  write();
  if (gzclose(file_.release()) != Z_OK) has_failed_ = true;
  if (has_failed_)
    throw InputError(fmt::format("cannot write {} to its end: is the disk full?", path_.string()));
}

}  // namespace cairn::platform
