// The JSON document of `cairn claims`.
#include <nlohmann/json.hpp>

#include "platform/claims/claims_report.hpp"

namespace cairn::platform {

namespace {

using Json = nlohmann::ordered_json;

Json optional(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const Figure& f) {
  Json out{{"what", f.what}};
  if (f.value) {
    out["value"] = *f.value;
    out["unit"] = f.unit;
  } else {
    out["text"] = f.text;
  }
  return out;
}

Json json_of(const MeasuredClaim& m) {
  Json out{{"claim", m.claim.what},
           {"class", name_of(m.claim.kind)},
           {"unit", m.claim.unit},
           {"paper", optional(m.claim.paper)},
           {"simulated", m.measurement ? optional(m.measurement->simulated) : Json(nullptr)},
           {"difference", optional(m.difference())},
           {"assumption", m.claim.assumption},
           {"beside", Json::array()},
           {"notes", Json::array()},
           {"runs", m.runs}};
  if (!m.failure.empty()) out["failure"] = m.failure;
  if (!m.measurement) return out;
  for (const Figure& f : m.measurement->beside)
    out["beside"].push_back(json_of(f));
  out["notes"] = m.measurement->notes;
  return out;
}

}  // namespace

std::string claims_json(const MeasuredClaims& measured, const npu::Geometry& geometry) {
  Json out{{"schema_version", kClaimsSchemaVersion},
           {"command", "claims"},
           {"core", measured.core},
           {"paper", measured.paper},
           {"claims", Json::array()},
           {"runs", Json::array()},
           {"assumed", Json::array()}};
  for (const MeasuredClaim& m : measured.claims)
    out["claims"].push_back(json_of(m));
  for (std::size_t i = 0; i < measured.runs.size(); ++i) {
    const RunRecord& record = measured.records[i];
    Json run{{"command", command_text(measured.runs[i])}, {"exit_status", record.exit_status}};
    if (!record.message.empty()) run["message"] = record.message;
    if (record.report.is_object()) run["report"] = record.report;
    out["runs"].push_back(std::move(run));
  }
  for (const npu::GeometryValue& v : geometry.values)
    if (v.assumed)
      out["assumed"].push_back(
          {{"key", v.key}, {"value", v.value}, {"unit", v.unit}, {"meaning", v.doc}});
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cairn::platform
