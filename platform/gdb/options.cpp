#include "platform/gdb/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "models/kit/input_error.hpp"

namespace cairn::platform::gdb {

Options parse_options(const std::string& text) {
  constexpr std::string_view kWait = "wait";
  Options options;
  std::string_view port = text;
  if (port == kWait) {
    options.wait = true;
    return options;
  }
  if (port.ends_with(",wait")) {
    options.wait = true;
    port.remove_suffix(kWait.size() + 1);
  }
  const auto [rest, error] = std::from_chars(port.begin(), port.end(), options.port);
  if (error != std::errc{} || rest != port.end())
    throw InputError(fmt::format(
        "--gdb {}: write a port from 0 to 65535, the word wait, or both: 1234,wait.", text));
  return options;
}

}  // namespace cairn::platform::gdb
