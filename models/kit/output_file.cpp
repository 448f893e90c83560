#include "models/kit/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "models/kit/input_error.hpp"

namespace cairn::kit {

OutputFile::OutputFile(std::filesystem::path path)
    : path_(std::move(path)),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) {
    fail(errno);
    throw InputError(error_);
  }
  buffer_.reserve(kChunk + kChunk / 4);
}

OutputFile::~OutputFile() {
  close();
}

void OutputFile::write() {
  std::string_view rest = buffer_;
  while (!rest.empty() && error_.empty()) {
    const ssize_t done = ::write(descriptor_, rest.data(), rest.size());
    if (done >= 0)
      rest.remove_prefix(static_cast<std::size_t>(done));
    else if (errno != EINTR)
      fail(errno);
  }
  buffer_.clear();
}

void OutputFile::close() {
  if (descriptor_ < 0) return;
  write();
  if (::close(descriptor_) != 0 && error_.empty()) fail(errno);
  descriptor_ = -1;
}

void OutputFile::fail(int reason) {
  error_ = "cannot write " + path_.string() + ": " + std::generic_category().message(reason);
}

}  // namespace cairn::kit
