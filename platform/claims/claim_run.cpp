// One `cairn run` that claims are measured on, and what came of it.
#include "platform/claims/claim_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "platform/claims/claim.hpp"
#include "platform/networks/home.hpp"

namespace cairn::platform {

namespace {

using nlohmann::json;

/// Layers that share a value: "VALUE: layer, layer; VALUE: layer", in the order of their first
/// layer.
class Groups {
 public:
  void add(const std::string& value, const std::string& layer) {
    auto found = std::ranges::find(groups_, value, &Group::first);
    if (found == groups_.end()) found = groups_.insert(found, {value, {}});
    found->second.push_back(layer);
  }
  std::string text() const {
    std::string out;
    for (const Group& g : groups_)
      out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", g.first, fmt::join(g.second, ", "));
    return out;
  }

 private:
  using Group = std::pair<std::string, std::vector<std::string>>;
  std::vector<Group> groups_;
};

double number(const json& object, const char* key) {
  return object.at(key).get<double>();
}

}  // namespace

std::vector<std::string> ClaimRun::arguments() const {
  std::vector<std::string> out{command};
  const auto add = [&out](const char* option, const std::string& value) {
    if (value.empty()) return;
    out.emplace_back(option);
    out.push_back(value);
  };
  if (!network.empty()) {
    out.push_back(network);
    add("--schedule", schedule);
    add("--count", std::to_string(count));
    if (!is_checked) out.emplace_back("--no-check");
  }
  add("--mode", mode);
  add("--input", input.empty() ? "" : (home() / input).string());
  add("--core", core);
  for (const std::string& config : configs)
    add("--config", config);
  for (const std::string& set : sets)
    add("--set", set);
  return out;
}

namespace figures {

double convolution_accesses(const RunRecord& run) {
  const json& layers = run.report.at("layers");
  double sum = 0;
  for (const json& l : layers) {
    if (l.at("op") != "convolution") continue;
    const double read = number(l, "feature_elements_read");
    sum += read + number(l, "feature_elements_written");
    if (&l == &layers.front() && read == 0) sum += number(l, "buffer_elements_read");
  }
  return sum;
}

double array_busy_cycles(const RunRecord& run) {
  const json& totals = run.report.at("totals");
  double cycles = number(totals, "cycles");
  for (const json& stall : totals.at("stall_cycles"))
    cycles -= stall.get<double>();
  return cycles;
}

double peak_feature_bytes(const RunRecord& run) {
  return number(run.report.at("totals"), "peak_feature_bits") / 8;
}

double needed_feature_bytes(const RunRecord& run) {
  return number(run.report.at("memory"), "features_needed_bits") / 8;
}

double memory_utilisation(const RunRecord& run) {
  const json& layers = run.report.at("layers");
  double sum = 0;
  for (const json& l : layers)
    sum += number(l, "peak_feature_bits");
  return sum / static_cast<double>(layers.size()) /
         number(run.report.at("memory"), "features_bits");
}

double inference_seconds(const RunRecord& run) {
  return number(run.report, "inference_seconds");
}

double dram_megabytes(const RunRecord& run) {
  return number(run.report.at("totals"), "dram_bytes") / 1e6;
}

const json& layer(const RunRecord& run, std::string_view name) {
  for (const json& l : run.report.at("layers"))
    if (l.at("name").get<std::string>() == name) return l;
  throw ClaimFailure{fmt::format("the run has no layer '{}'", name)};
}

double layer_tops(const RunRecord& run, std::string_view name) {
  const json& l = layer(run, name);
  const double seconds = number(l, "cycles") / number(run.report, "npu_clock_hz");
  return 2e-12 * number(l, "macs") / seconds;
}

double layer_chip_pj(const RunRecord& run, std::string_view name) {
  double pj = 0;
  for (const auto& [part, value] : layer(run, name).at("energy_pj").items())
    if (part != "dram") pj += value.get<double>();
  return pj;
}

}  // namespace figures

std::string bit_table(const RunRecord& run) {
  Groups groups;
  for (const json& l : run.report.at("layers")) {
    const json& o = l.at("operands");
    if (o.at("weight_bits") == 0) continue;
    groups.add(fmt::format("{}a/{}w", o.at("in_bits").get<int>(), o.at("weight_bits").get<int>()),
               l.at("name"));
  }
  return groups.text();
}

std::string keep_table(const RunRecord& run) {
  Groups groups;
  for (const json& l : run.report.at("layers")) {
    const json& o = l.at("operands");
    if (o.at("weight_bits") == 0) continue;
    const int kept = o.at("out_channels"), all = kept + o.at("out_masked").get<int>();
    groups.add(fmt::format("{:.3g} ({} of {})", static_cast<double>(kept) / all, kept, all),
               l.at("name"));
  }
  return groups.text();
}

}  // namespace cairn::platform
