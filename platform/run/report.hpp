// What a run prints and writes.
#pragma once

#include <string>

#include "platform/run/result.hpp"

namespace cairn::platform {

constexpr int kJsonSchemaVersion = 1;

/// The table per layer with its total, and the summary below it.
std::string report_text(const Result& result);

/// The JSON document; everything that the table shows is in it.
std::string report_json(const Result& result);

/// One sentence on why the run did not pass, empty if it did.
std::string failure_text(const Result& result);

/// After a failure of the system: backtrace and registers of cpu0, who waits for what, the last
/// transactions.
std::string post_mortem(const Result& result);

/// "12.3 us"
std::string time_text(std::uint64_t ps);

}  // namespace cairn::platform
