#include "platform/waves/waves.hpp"

#include <utility>

#include "models/kit/input_error.hpp"
#include "platform/waves/save_file.hpp"

namespace cairn::waves {

Waves::Waves(std::filesystem::path dump, const kit::trace::Window& window)
    : dump_(std::move(dump)),
      channels_(kit::trace::all_channels()),
      writer_(dump_, channels_, window) {
  if (const std::string error = write_save_file(); !error.empty()) throw InputError(error);
}

Waves::~Waves() {
  try {
    close();
  } catch (const InputError&) {  // already unwinding: the run's own error is the one to report
  }
}

void Waves::close() {
  if (std::exchange(closed_, true)) return;
  writer_.close();
  if (const std::string error = write_save_file(); !error.empty()) throw InputError(error);
}

std::string Waves::write_save_file() const {
  kit::OutputFile file(dump_.string() + ".gtkw");
  file.buffer() =
      save_file(channels_, dump_.filename().string(), writer_.first_ps(), writer_.last_ps());
  file.close();
  return file.error();
}

}  // namespace cairn::waves
