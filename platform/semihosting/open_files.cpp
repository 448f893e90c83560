#include "platform/semihosting/open_files.hpp"

#include <algorithm>
#include <utility>

namespace cairn::platform {

namespace {

constexpr std::size_t kStandard = 3;
constexpr std::size_t kMost = 256;

}  // namespace

OpenFiles::OpenFiles() : files_(kStandard) {
  for (OpenFile& file : files_)
    file.kind = OpenFile::Kind::kConsole;
}

std::uint32_t OpenFiles::add(OpenFile file) {
  const auto free = std::find_if(files_.begin() + kStandard, files_.end(), [](const OpenFile& f) {
    return f.kind == OpenFile::Kind::kUnused;
  });
  const auto handle = static_cast<std::uint32_t>(free - files_.begin());
  if (handle == kMost) return 0;
  if (free == files_.end())
    files_.push_back(std::move(file));
  else
    *free = std::move(file);
  return handle;
}

OpenFile* OpenFiles::find(std::uint32_t handle) {
  if (handle >= files_.size() || files_[handle].kind == OpenFile::Kind::kUnused) return nullptr;
  return &files_[handle];
}

}  // namespace cairn::platform
