// The serial port on a pseudo-terminal, for screen, minicom, tio and scripts.
#pragma once

#include <string>

#include "platform/console/client_console.hpp"

namespace cairn::platform {

class PtyConsole : public ClientConsole {
 public:
  /// Prints the device's name. Throws InputError if the host has no pseudo-terminal left.
  explicit PtyConsole(const ConsoleContext& context);
  ~PtyConsole() override;

 protected:
  bool look_for_client() override;
  Moved read_some(char* to, std::size_t bytes) override;
  Moved write_some(const char* from, std::size_t bytes) override;
  void drop_client() override {}
  int stream() const override { return is_opened_ ? master_ : -1; }
  void drain() override;

 private:
  short events() const;  ///< of poll(2)

  int master_;
  std::string name_;
  bool is_opened_ = false;  // by somebody else
};

}  // namespace cairn::platform
