// An open file of the host, closed with its owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace cairn::platform {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int number() const { return number_; }  ///< negative: none
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

}  // namespace cairn::platform
