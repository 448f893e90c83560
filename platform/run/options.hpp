// What the user asked one run to do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "platform/console/uart_option.hpp"
#include "platform/gdb/options.hpp"

namespace cairn::platform {

struct RunOptions {
  std::string network;            ///< `run`: shipped name, model or job file
  std::filesystem::path program;  ///< `boot`: the ELF file
  std::string core;               ///< empty: what the parameters say
  std::optional<std::uint32_t> count;
  std::uint64_t seed = 1;
  std::string mode = "exact";
  std::string schedule;  ///< empty: the network's own, else the core's first
  std::filesystem::path input, labels, outputs;  ///< empty: not given
  std::filesystem::path firmware;                ///< empty: the driver firmware of the build
  std::filesystem::path vcd, json;
  std::filesystem::path signature;          ///< `boot`: empty: not given
  std::uint32_t signature_granularity = 4;  ///< bytes a line
  std::optional<gdb::Options> gdb;          ///< none: no debugger can attach
  std::filesystem::path log_instructions;   ///< "-": the standard error
  std::uint64_t log_from_ps = 0, log_to_ps = UINT64_MAX;
  std::string log_function;
  std::filesystem::path profile;
  std::vector<std::filesystem::path> configs;
  std::vector<std::string> sets;
  std::uint64_t timeout_ps = UINT64_MAX;
  std::optional<UartOption> uart;     ///< empty: `boot` stdio, `run` lines on the standard error
  std::filesystem::path semihosting;  ///< the folder of the program's files; empty: no semihosting
  std::string semihosting_args;
  bool check = true;
  bool quiet = false;
};

}  // namespace cairn::platform
