// One network run at many values of parameters: which runs, and what they measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/children/child_runs.hpp"

namespace cairn::platform {

/// A parameter and the values it takes, as --set would write them.
struct SweepAxis {
  std::string key;
  std::vector<std::string> values;
};

/// "key=4,5,6", "key=0:0.05:0.01" (from, to and step, both ends included) or both mixed. Throws
/// InputError.
SweepAxis parse_axis(const std::string& text);

/// Every combination of the axes' values, the last axis fastest, each with every seed.
struct Sweep {
  RunArguments run;             ///< "run", the network and what all runs have in common
  std::vector<SweepAxis> axes;  ///< at least one
  std::uint64_t first_seed = 1;
  std::uint32_t seeds = 1;            ///< first_seed and the following
  std::vector<std::string> measures;  ///< numbers of the report: "accuracy", "totals.cycles"
};

struct SweepPoint {
  std::vector<std::string> values;  ///< of the axes
  std::uint64_t seed = 0;
};

struct SweepRow {
  SweepPoint point;
  int exit_status = 0;
  std::string message;                          ///< of a run that failed
  std::vector<std::optional<double>> measured;  ///< of Sweep::measures; empty: not in the report
};

std::vector<SweepPoint> points_of(const Sweep& sweep);
RunArguments arguments_of(const Sweep& sweep, const SweepPoint& point);
SweepRow row_of(const Sweep& sweep, const SweepPoint& point, const RunRecord& record);

/// One line a run: the axes' values, the seed, the measures, exit status and message.
std::string csv_of(const Sweep& sweep, const std::vector<SweepRow>& rows);

/// One line a point with the mean over its seeds, and the smallest and largest if there are
/// several.
std::string table_of(const Sweep& sweep, const std::vector<SweepRow>& rows);

/// A plot of the first measure over the first axis as SVG: a line for each combination of the other
/// axes' values; where there are several seeds their mean, and a band from smallest to largest.
std::string svg_of(const Sweep& sweep, const std::vector<SweepRow>& rows, std::string_view title);

}  // namespace cairn::platform
