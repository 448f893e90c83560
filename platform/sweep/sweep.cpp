#include "platform/sweep/sweep.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>

#include "platform/run/exit_status.hpp"
#include "platform/sweep/line_plot.hpp"

namespace cairn::platform {

namespace {

/// The number at a dotted path of a report.
std::optional<double> number_at(const nlohmann::json& report, const std::string& path) {
  const nlohmann::json* at = &report;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string key = path.substr(begin, end - begin);
    if (!at->is_object() || !at->contains(key)) return std::nullopt;
    at = &at->at(key);
    begin = end + 1;
  }
  return at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
}

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\n") == std::string::npos) return field;
  std::string out = "\"";
  for (const char c : field)
    out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

/// What the seeds of one point measured.
struct Spread {
  std::vector<double> values;

  bool is_empty() const { return values.empty(); }
  double mean() const {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  }
  double low() const { return *std::ranges::min_element(values); }
  double high() const { return *std::ranges::max_element(values); }
};

Spread spread_of(const std::vector<SweepRow>& rows, const std::vector<std::string>& values,
                 std::size_t measure) {
  Spread spread;
  for (const SweepRow& row : rows)
    if (row.point.values == values && row.measured[measure])
      spread.values.push_back(*row.measured[measure]);
  return spread;
}

std::vector<std::vector<std::string>> combinations(const std::vector<SweepAxis>& axes) {
  std::vector<std::vector<std::string>> out{{}};
  for (const SweepAxis& axis : axes) {
    std::vector<std::vector<std::string>> longer;
    for (const std::vector<std::string>& prefix : out)
      for (const std::string& value : axis.values) {
        longer.push_back(prefix);
        longer.back().push_back(value);
      }
    out = std::move(longer);
  }
  return out;
}

std::string spread_text(const Spread& s) {
  if (s.is_empty()) return "-";
  if (s.values.size() == 1) return fmt::format("{:.6g}", s.mean());
  return fmt::format("{:.6g} ({:.6g} to {:.6g})", s.mean(), s.low(), s.high());
}

/// Empty if a value is no number.
std::vector<double> numbers_of(const SweepAxis& axis) {
  std::vector<double> out;
  for (const std::string& text : axis.values) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    out.push_back(value);
  }
  return out;
}

}  // namespace

std::vector<SweepPoint> points_of(const Sweep& sweep) {
  std::vector<SweepPoint> points;
  for (const std::vector<std::string>& values : combinations(sweep.axes))
    for (std::uint32_t i = 0; i < sweep.seeds; ++i)
      points.push_back({values, sweep.first_seed + i});
  return points;
}

RunArguments arguments_of(const Sweep& sweep, const SweepPoint& point) {
  RunArguments out = sweep.run;
  for (std::size_t i = 0; i < sweep.axes.size(); ++i) {
    out.emplace_back("--set");
    out.push_back(sweep.axes[i].key + "=" + point.values[i]);
  }
  out.emplace_back("--seed");
  out.push_back(std::to_string(point.seed));
  return out;
}

SweepRow row_of(const Sweep& sweep, const SweepPoint& point, const RunRecord& record) {
  SweepRow row{point, record.exit_status, {}, {}};
  if (record.exit_status != kExitOk) row.message = record.message;
  for (const std::string& measure : sweep.measures)
    row.measured.push_back(number_at(record.report, measure));
  return row;
}

std::string csv_of(const Sweep& sweep, const std::vector<SweepRow>& rows) {
  std::string out;
  for (const SweepAxis& axis : sweep.axes)
    out += quoted(axis.key) + ",";
  out += fmt::format("seed,{},exit_status,message\n", fmt::join(sweep.measures, ","));
  for (const SweepRow& row : rows) {
    for (const std::string& value : row.point.values)
      out += quoted(value) + ",";
    out += std::to_string(row.point.seed) + ",";
    for (const std::optional<double>& value : row.measured)
      out += (value ? fmt::format("{:.10g}", *value) : "") + ",";
    out += fmt::format("{},{}\n", row.exit_status, quoted(row.message));
  }
  return out;
}

std::string table_of(const Sweep& sweep, const std::vector<SweepRow>& rows) {
  std::vector<std::vector<std::string>> lines(1);
  for (const SweepAxis& axis : sweep.axes)
    lines[0].push_back(axis.key);
  lines[0].insert(lines[0].end(), sweep.measures.begin(), sweep.measures.end());
  for (const std::vector<std::string>& values : combinations(sweep.axes)) {
    std::vector<std::string>& line = lines.emplace_back(values);
    for (std::size_t m = 0; m < sweep.measures.size(); ++m)
      line.push_back(spread_text(spread_of(rows, values, m)));
    const auto failed = std::ranges::find_if(rows, [&](const SweepRow& row) {
      return row.point.values == values && !row.message.empty();
    });
    if (failed != rows.end()) line.push_back(failed->message);
  }
  std::string out;
  for (const std::vector<std::string>& line : lines) {
    std::string text;
    for (std::size_t column = 0; column < line.size(); ++column) {
      std::size_t width = 0;
      for (const std::vector<std::string>& other : lines)
        if (column < lines[0].size() && column < other.size())
          width = std::max(width, other[column].size());
      text += fmt::format("{}{:<{}}", column == 0 ? "" : "  ", line[column], width);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

std::string svg_of(const Sweep& sweep, const std::vector<SweepRow>& rows, std::string_view title) {
  const SweepAxis& first = sweep.axes.front();
  const std::vector<double> numbers = numbers_of(first);
  LinePlot plot{.title = std::string(title),
                .x_label = first.key,
                .y_label = sweep.measures.front(),
                .lines = {},
                .x_names = numbers.empty() ? first.values : std::vector<std::string>()};
  const std::vector<SweepAxis> others(sweep.axes.begin() + 1, sweep.axes.end());
  for (const std::vector<std::string>& rest : combinations(others)) {
    PlotLine& line = plot.lines.emplace_back();
    for (std::size_t i = 0; i < others.size(); ++i)
      line.name += fmt::format("{}{} = {}", i == 0 ? "" : ", ", others[i].key, rest[i]);
    for (std::size_t i = 0; i < first.values.size(); ++i) {
      std::vector<std::string> values{first.values[i]};
      values.insert(values.end(), rest.begin(), rest.end());
      const Spread s = spread_of(rows, values, 0);
      if (!s.is_empty())
        line.points.push_back(
            {numbers.empty() ? static_cast<double>(i) : numbers[i], s.mean(), s.low(), s.high()});
    }
    std::ranges::sort(line.points, {}, &PlotPoint::x);
  }
  return svg_of(plot);
}

}  // namespace cairn::platform
