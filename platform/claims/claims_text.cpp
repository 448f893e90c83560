// The table of `cairn claims`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "platform/claims/claims_report.hpp"

namespace cairn::platform {

namespace {

constexpr std::size_t kWhatWidth = 52, kLineWidth = 104, kIndent = 4;

/// At most kLineWidth columns; every line begins with kIndent blanks, all but the first with two
/// more.
std::string paragraph(const std::string& text) {
  std::string out, line(kIndent, ' ');
  bool is_empty = true;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!is_empty && line.size() + 1 + word.size() > kLineWidth) {
      out += line + "\n";
      line.assign(kIndent + 2, ' ');
      is_empty = true;
    }
    if (!is_empty) line += ' ';
    line += word;
    is_empty = false;
    begin = end + 1;
  }
  return out + line + "\n";
}

std::string row(const std::string& what, std::string_view kind, const std::string& paper,
                const std::string& simulated, const std::string& difference) {
  std::string line = fmt::format("{:<{}}  {:<10}  {:>14}  {:>14}  {:>10}", what, kWhatWidth, kind,
                                 paper, simulated, difference);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

/// Points where the claim is a percentage, else percent of the published value.
std::string difference_text(const MeasuredClaim& m) {
  const std::optional<double> difference = m.difference();
  if (!difference) return "";
  if (m.claim.unit == "%") return fmt::format("{:+.1f} pt", *difference);
  return fmt::format("{:+.1f}%", 100 * *difference / *m.claim.paper);
}

std::string figure_text(const Figure& f) {
  if (!f.value) return paragraph(f.what + ": " + f.text);
  return row(std::string(kIndent, ' ') + f.what, "", "", value_text(*f.value, f.unit), "");
}

std::string simulated_text(const MeasuredClaim& m) {
  if (!m.measurement) return "FAILED";
  return m.measurement->simulated ? value_text(*m.measurement->simulated, m.claim.unit) : "-";
}

std::string claim_text(const MeasuredClaim& m) {
  std::string out = row(m.claim.what, name_of(m.claim.kind),
                        m.claim.paper ? value_text(*m.claim.paper, m.claim.unit) : "-",
                        simulated_text(m), difference_text(m));
  if (!m.failure.empty()) out += paragraph("failed: " + m.failure);
  if (m.measurement) {
    for (const Figure& f : m.measurement->beside)
      out += figure_text(f);
    for (const std::string& note : m.measurement->notes)
      out += paragraph(note);
  }
  out += paragraph("assumed: " + m.claim.assumption);
  std::string runs;
  for (const std::size_t run : m.runs)
    runs += fmt::format("{}[{}]", runs.empty() ? "" : " ", run + 1);
  return out + (runs.empty() ? "" : paragraph("runs: " + runs)) + "\n";
}

}  // namespace

std::string value_text(double value, const std::string& unit) {
  const double size = std::abs(value);
  const int digits = size >= 100 ? 1 : size >= 10 ? 2 : 3;
  if (unit == "x") return fmt::format("x{:.2f}", value);
  if (unit == "%") return fmt::format("{:+.1f}%", value);
  if (unit.empty()) return fmt::format("{:.4g}", value);
  if (std::floor(value) == value) return fmt::format("{:.0f} {}", value, unit);
  return fmt::format("{:.{}f} {}", value, digits, unit);
}

std::string command_text(const ClaimRun& run) {
  std::string out = "cairn";
  for (const std::string& argument : run.arguments())
    out += " " + argument;
  return out;
}

std::string claims_text(const MeasuredClaims& measured, const npu::Geometry& geometry) {
  std::string out = fmt::format("core {}: {}\n\n", measured.core, measured.paper);
  const std::string head = row("claim", "class", "paper", "simulated", "difference");
  out += head + std::string(head.size() - 1, '-') + "\n";
  for (const MeasuredClaim& m : measured.claims)
    out += claim_text(m);
  out += "runs:\n";
  for (std::size_t i = 0; i < measured.runs.size(); ++i)
    out += fmt::format("  [{}] {}{}\n", i + 1, command_text(measured.runs[i]),
                       measured.records[i].exit_status == 0
                           ? ""
                           : fmt::format("  (exit status {})", measured.records[i].exit_status));
  out += "\nsizes of the core that the paper's abstract does not give, assumed:\n";
  for (const npu::GeometryValue& v : geometry.values)
    if (v.assumed)
      out += fmt::format("  {:<{}} {:>6} {:<10} {}\n", v.key, 20, v.text(), v.unit, v.doc);
  out +=
      "\nclasses: result: follows from the simulated schedule and its counters; inferred: closes "
      "once one\n"
      "unpublished parameter is set; calibrated: an input of a table or a baseline, so that "
      "agreement\n"
      "proves nothing; open: not reproduced, for the reason given. 1 kB = 1024 bytes, 1 MAC = 2 "
      "operations.\n";
  return out;
}

}  // namespace cairn::platform
