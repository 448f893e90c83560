#include "platform/console/console.hpp"

#include "platform/console/file_console.hpp"
#include "platform/console/pty_console.hpp"
#include "platform/console/stdio_console.hpp"
#include "platform/console/tcp_console.hpp"

namespace cairn::platform {

namespace {

class NoConsole : public Console {
 public:
  void transmit(char) override {}
  std::optional<std::uint8_t> receive() override { return std::nullopt; }
  void finish() override {}
  void poll() override {}
  bool is_open() const override { return false; }
  int descriptor() const override { return -1; }
};

}  // namespace

std::unique_ptr<Console> make_console(const UartOption& option, const ConsoleContext& context) {
  switch (option.kind) {
    case UartOption::Kind::kStdio:
      return std::make_unique<StdioConsole>(context);
    case UartOption::Kind::kPty:
      return std::make_unique<PtyConsole>(context);
    case UartOption::Kind::kTcp:
      return std::make_unique<TcpConsole>(option.port, option.wait, context);
    case UartOption::Kind::kFile:
      return std::make_unique<FileConsole>(option.out, option.in);
    case UartOption::Kind::kNone:
      break;
  }
  return std::make_unique<NoConsole>();
}

}  // namespace cairn::platform
