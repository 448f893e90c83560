#include "platform/console/uart_option.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

[[noreturn]] void refuse(const std::string& text, std::string_view reason) {
  throw InputError(fmt::format("--uart {}: {}.", text, reason));
}

UartOption tcp_option(const std::string& text, std::string_view rest) {
  UartOption option{.kind = UartOption::Kind::kTcp};
  const std::size_t comma = rest.find(',');
  const std::string_view port = rest.substr(0, comma);
  const char* const end = port.data() + port.size();
  const auto [last, error] = std::from_chars(port.data(), end, option.port);
  if (port.empty() || last != end || error != std::errc{})
    refuse(text, "the port is a number from 0, any free one, to 65535");
  if (comma == std::string_view::npos) return option;
  if (rest.substr(comma) != ",wait") refuse(text, "only ',wait' may follow the port");
  option.wait = true;
  return option;
}

UartOption file_option(const std::string& text, std::string_view rest) {
  UartOption option{.kind = UartOption::Kind::kFile};
  const std::size_t comma = rest.find(',');
  option.out = rest.substr(0, comma);
  if (option.out.empty())
    refuse(text, "the output file has no name; where it is not wanted write file:/dev/null,IN");
  if (comma == std::string_view::npos) return option;
  option.in = rest.substr(comma + 1);
  if (option.in.empty()) refuse(text, "the input file after the comma has no name");
  return option;
}

}  // namespace

UartOption parse_uart_option(const std::string& text) {
  const std::string_view view = text;
  if (view == "stdio") return {.kind = UartOption::Kind::kStdio};
  if (view == "pty") return {.kind = UartOption::Kind::kPty};
  if (view == "none") return {.kind = UartOption::Kind::kNone};
  if (view.starts_with("tcp:")) return tcp_option(text, view.substr(4));
  if (view.starts_with("file:")) return file_option(text, view.substr(5));
  refuse(text, "write stdio, pty, tcp:PORT, tcp:PORT,wait, file:OUT, file:OUT,IN or none");
}

}  // namespace cairn::platform
