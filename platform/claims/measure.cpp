// Claims against runs: every run once, every claim from the runs it names.
#include "platform/claims/measure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "platform/run/exit_status.hpp"

namespace cairn::platform {

namespace {

std::size_t index_of(const ClaimRun& run, std::vector<ClaimRun>& runs) {
  const auto found = std::ranges::find(runs, run);
  if (found != runs.end()) return static_cast<std::size_t>(found - runs.begin());
  runs.push_back(run);
  return runs.size() - 1;
}

/// Empty if the run ended as the claim expects.
std::string problem(const ClaimRun& run, const RunRecord& record, std::size_t number) {
  if (run.is_refused && record.exit_status == kExitOk)
    return fmt::format("run {} was to be refused, but it ran", number);
  if (record.exit_status == (run.is_refused ? kExitBadInput : kExitOk)) return {};
  return fmt::format("run {} ended with exit status {}: {}", number, record.exit_status,
                     record.message.empty() ? "it said nothing" : record.message);
}

void evaluate(MeasuredClaim& m, const MeasuredClaims& all) {
  std::vector<const RunRecord*> records;
  for (const std::size_t run : m.runs) {
    m.failure = problem(all.runs[run], all.records[run], run + 1);
    if (!m.failure.empty()) return;
    records.push_back(&all.records[run]);
  }
  try {
    m.measurement = m.claim.measure(records);
  } catch (const ClaimFailure& failure) {
    m.failure = failure.what;
  } catch (const nlohmann::json::exception& error) {
    m.failure = fmt::format("the report of a run is not as expected: {}", error.what());
  }
}

}  // namespace

std::optional<double> MeasuredClaim::difference() const {
  if (!measurement || !measurement->simulated || !claim.paper) return std::nullopt;
  return *measurement->simulated - *claim.paper;
}

int MeasuredClaims::exit_status() const {
  if (std::ranges::any_of(records,
                          [](const RunRecord& r) { return r.exit_status == kExitSystemFailed; }))
    return kExitSystemFailed;
  const bool all_measured =
      std::ranges::all_of(claims, [](const MeasuredClaim& m) { return m.measurement.has_value(); });
  return all_measured ? kExitOk : kExitFirmwareFailed;
}

MeasuredClaims measure(
    const CoreClaims& claims,
    const std::function<std::vector<RunRecord>(const std::vector<ClaimRun>&)>& perform) {
  MeasuredClaims out{
      .core = claims.core, .paper = claims.paper, .runs = {}, .records = {}, .claims = {}};
  for (const Claim& claim : claims.claims) {
    MeasuredClaim& m = out.claims.emplace_back();
    m.claim = claim;
    for (const ClaimRun& run : claim.runs)
      m.runs.push_back(index_of(run, out.runs));
  }
  out.records = perform(out.runs);
  for (MeasuredClaim& m : out.claims)
    evaluate(m, out);
  return out;
}

}  // namespace cairn::platform
