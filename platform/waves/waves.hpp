// The --vcd option: a dump of every traced value, and beside it what GTKWave should show.
#pragma once

#include <filesystem>

#include "models/kit/vcd_writer.hpp"

namespace cairn::waves {

/// Make it after elaboration, before sc_start; it must not outlive the platform's modules. If it
/// goes without close(), after an exception, both files are complete all the same.
class Waves {
 public:
  /// Opens `dump` and `dump`.gtkw and listens to every channel of the hierarchy. InputError: a file
  /// cannot be written, or `window` names what does not exist.
  explicit Waves(std::filesystem::path dump, const kit::trace::Window& window = {});
  ~Waves();
  Waves(const Waves&) = delete;
  Waves& operator=(const Waves&) = delete;

  /// Completes both files. InputError: a file could not be written to its end.
  void close();

  /// False after close() if the window never opened: the dump shows no values.
  [[nodiscard]] bool opened() const { return writer_.opened(); }

 private:
  [[nodiscard]] std::string write_save_file() const;  ///< empty, or what went wrong

  std::filesystem::path dump_;
  std::vector<kit::trace::Channel*> channels_;
  kit::trace::VcdWriter writer_;
  bool closed_ = false;
};

}  // namespace cairn::waves
