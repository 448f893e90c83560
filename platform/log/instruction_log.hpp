// The --log-instructions option: every instruction that cpu0 retires, one a line.
#pragma once

#include <filesystem>

#include "models/cpu/hart_observer.hpp"
#include "platform/log/function_window.hpp"
#include "platform/log/log_file.hpp"

namespace cairn::platform {

/// Writes the lines of append_commit_line that lie in the window.
class InstructionLog final : public hart::HartObserver {
 public:
  /// Throws InputError if the file cannot be opened.
  InstructionLog(const std::filesystem::path& path, FunctionWindow window)
      : file_(path), window_(std::move(window)) {}

  bool hears_each() const override { return true; }
  void executed(const hart::Executed& step, const hart::Hart& hart) override;

  /// Throws InputError if the file could not be written to its end.
  void close() { file_.close(); }

 private:
  LogFile file_;
  FunctionWindow window_;
};

}  // namespace cairn::platform
