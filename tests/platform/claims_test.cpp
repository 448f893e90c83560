// cairn claims: which runs are made, what a failed one leaves, how the table looks.
#include <gtest/gtest.h>

#include "models/npu/mapping.hpp"
#include "platform/claims/claims_report.hpp"
#include "platform/run/exit_status.hpp"

namespace cairn::platform {
namespace {

using nlohmann::json;

const ClaimRun kSmall{.network = "small", .schedule = "ms"};
const ClaimRun kLarge{.network = "large", .schedule = "ms", .sets = {"a.b=1"}};
const ClaimRun kTooLarge{.network = "large", .schedule = "ms", .is_refused = true};

double cycles(const RunRecord& run) {
  return run.report.at("cycles").get<double>();
}

/// Cycles of its first run over those of its last one.
Claim ratio(std::string what, std::optional<double> paper, std::vector<ClaimRun> runs) {
  return {.what = std::move(what),
          .kind = ClaimClass::kResult,
          .paper = paper,
          .unit = "x",
          .assumption = "one",
          .runs = std::move(runs),
          .measure = [](Records r) -> Measurement {
            return {.simulated = cycles(*r.front()) / cycles(*r.back()),
                    .beside = {{"cycles", cycles(*r.front()), "", ""}, {"said", {}, "", "refused"}},
                    .notes = {"bits: conv1"}};
          }};
}

RunRecord record_of(const ClaimRun& run) {
  if (run.is_refused)
    return {.exit_status = kExitBadInput, .message = "too large", .report = {}, .outputs = {}};
  return {.exit_status = 0,
          .message = {},
          .report = {{"cycles", run.network == "large" ? 9.0 : 4.0}},
          .outputs = {}};
}

std::vector<RunRecord> records_of(const std::vector<ClaimRun>& runs) {
  std::vector<RunRecord> out;
  for (const ClaimRun& run : runs)
    out.push_back(record_of(run));
  return out;
}

CoreClaims two_claims() {
  return {.core = "ms",
          .paper = "a paper",
          .claims = {ratio("speed", 2.0, {kLarge, kTooLarge, kSmall}),
                     ratio("slowness", std::nullopt, {kSmall, kLarge})}};
}

npu::Geometry geometry() {
  npu::Geometry g;
  g.values = {{"lanes", 8, "operands", "multiplied at once", true},
              {"known", 3, "bytes", "published", false}};
  return g;
}

TEST(ClaimsTest, EqualRunsAreMadeOnce) {
  const MeasuredClaims m = measure(two_claims(), records_of);
  EXPECT_EQ(m.runs, (std::vector<ClaimRun>{kLarge, kTooLarge, kSmall}));
  EXPECT_EQ(m.claims[0].runs, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(m.claims[1].runs, (std::vector<std::size_t>{2, 0}));
  EXPECT_EQ(m.exit_status(), 0);
  EXPECT_DOUBLE_EQ(m.claims[0].measurement->simulated.value(), 2.25);
  EXPECT_DOUBLE_EQ(m.claims[0].difference().value(), 0.25);
  EXPECT_FALSE(m.claims[1].difference().has_value());
}

TEST(ClaimsTest, TheTableHasOneRowAClaimAndEverythingBelowIt) {
  const std::string text = claims_text(measure(two_claims(), records_of), geometry());
  EXPECT_EQ(text.substr(0, text.find("classes:")), R"(core ms: a paper

claim                                                 class                paper       simulated  difference
------------------------------------------------------------------------------------------------------------
speed                                                 result               x2.00           x2.25      +12.5%
    cycles                                                                                     9
    said: refused
    bits: conv1
    assumed: one
    runs: [1] [2] [3]

slowness                                              result                   -           x0.44
    cycles                                                                                     4
    said: refused
    bits: conv1
    assumed: one
    runs: [3] [1]

runs:
  [1] cairn run large --schedule ms --count 1 --no-check --set a.b=1
  [2] cairn run large --schedule ms --count 1 --no-check  (exit status 2)
  [3] cairn run small --schedule ms --count 1 --no-check

sizes of the core that the paper's abstract does not give, assumed:
  lanes                     8 operands   multiplied at once

)");
}

TEST(ClaimsTest, ValuesHaveTheirUnitAndFourDigits) {
  EXPECT_EQ(value_text(99.8125, "kB"), "99.81 kB");
  EXPECT_EQ(value_text(394.64, "kB"), "394.6 kB");
  EXPECT_EQ(value_text(8.1704, "TOPS/W"), "8.170 TOPS/W");
  EXPECT_EQ(value_text(-77.61, "%"), "-77.6%");
  EXPECT_EQ(value_text(4.561, "x"), "x4.56");
  EXPECT_EQ(value_text(120, "kB"), "120 kB");
}

TEST(ClaimsTest, LongParagraphsAreWrapped) {
  CoreClaims claims = two_claims();
  for (int i = 0; i < 60; ++i)
    claims.claims[0].assumption += " word" + std::to_string(i);
  const std::string text = claims_text(measure(claims, records_of), geometry());
  EXPECT_NE(text.find("\n      word"), std::string::npos) << text;
  EXPECT_NE(text.find("word59\n"), std::string::npos) << text;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
    EXPECT_LE(text.find('\n', begin) - begin, 120u) << text.substr(begin, 130);
}

TEST(ClaimsTest, AFailedRunIsShownWhereItIsNeededAndInTheExitStatus) {
  const auto fail = [](int status) {
    return measure(two_claims(), [status](const std::vector<ClaimRun>& runs) {
      std::vector<RunRecord> out = records_of(runs);
      out[2] = {.exit_status = status, .message = "cpu0 sleeps", .report = {}, .outputs = {}};
      return out;
    });
  };
  const MeasuredClaims deadlock = fail(kExitSystemFailed);
  EXPECT_EQ(deadlock.exit_status(), kExitSystemFailed);
  EXPECT_EQ(fail(kExitFirmwareFailed).exit_status(), kExitFirmwareFailed);
  EXPECT_EQ(fail(139).exit_status(), kExitFirmwareFailed);
  EXPECT_FALSE(deadlock.claims[0].measurement.has_value());
  const std::string text = claims_text(deadlock, geometry());
  EXPECT_NE(text.find("FAILED"), std::string::npos);
  EXPECT_NE(text.find("failed: run 3 ended with exit status 3: cpu0 sleeps"), std::string::npos)
      << text;
  const json j = json::parse(claims_json(deadlock, geometry()));
  EXPECT_TRUE(j["claims"][0]["simulated"].is_null());
  EXPECT_EQ(j["claims"][0]["paper"], 2.0);
  EXPECT_EQ(j["runs"][2]["exit_status"], 3);
}

TEST(ClaimsTest, WhatWasToBeRefusedMustNotRun) {
  const MeasuredClaims m = measure(two_claims(), [](const std::vector<ClaimRun>& runs) {
    std::vector<RunRecord> out = records_of(runs);
    out[1].exit_status = 0;
    return out;
  });
  EXPECT_EQ(m.claims[0].failure, "run 2 was to be refused, but it ran");
  EXPECT_EQ(m.exit_status(), kExitFirmwareFailed);
}

TEST(ClaimsTest, AReportWithoutTheNeededFigureIsAFailureOfTheClaim) {
  const MeasuredClaims m = measure(two_claims(), [](const std::vector<ClaimRun>& runs) {
    std::vector<RunRecord> out = records_of(runs);
    out[2].report = json::object();
    return out;
  });
  EXPECT_NE(m.claims[1].failure.find("cycles"), std::string::npos) << m.claims[1].failure;
}

TEST(ClaimsTest, TheJsonHoldsWhatTheTableShows) {
  const json j = json::parse(claims_json(measure(two_claims(), records_of), geometry()));
  EXPECT_EQ(j["schema_version"], kClaimsSchemaVersion);
  EXPECT_EQ(j["claims"][0]["class"], "result");
  EXPECT_DOUBLE_EQ(j["claims"][0]["difference"], 0.25);
  EXPECT_EQ(j["claims"][0]["beside"][0]["value"], 9.0);
  EXPECT_EQ(j["claims"][0]["beside"][1]["text"], "refused");
  EXPECT_TRUE(j["claims"][1]["paper"].is_null());
  EXPECT_EQ(j["runs"][0]["command"], command_text(kLarge));
  EXPECT_EQ(j["runs"][0]["report"]["cycles"], 9.0);
  EXPECT_EQ(j["assumed"].size(), 1u);
}

json layer(const char* name, const char* op, int read, int written, int from_buffer) {
  return {{"name", name},
          {"op", op},
          {"macs", 100},
          {"cycles", 20},
          {"feature_elements_read", read},
          {"feature_elements_written", written},
          {"buffer_elements_read", from_buffer},
          {"peak_feature_bits", 8 * read},
          {"energy_pj", {{"array", 3.0}, {"leakage", 1.0}, {"dram", 70.0}}},
          {"operands",
           {{"in_bits", 4},
            {"weight_bits", op == std::string("max_pool") ? 0 : 3},
            {"out_channels", 6},
            {"out_masked", 2}}}};
}

RunRecord three_layers() {
  RunRecord r;
  r.report = {{"npu_clock_hz", 1e9},
              {"memory", {{"features_bits", 1600}}},
              {"totals", {{"cycles", 60}, {"stall_cycles", {{"token", 5}, {"drain", 7}}}}},
              {"layers",
               {layer("c1", "convolution", 0, 10, 5), layer("p", "max_pool", 100, 200, 400),
                layer("c2", "convolution", 20, 0, 50)}}};
  return r;
}

TEST(ClaimFiguresTest, AccessesAreThoseOfTheConvolutionsAndOfTheStreamedImage) {
  EXPECT_EQ(figures::convolution_accesses(three_layers()), 10 + 5 + 20);
}

TEST(ClaimFiguresTest, BusyIsWhatStallsAndDrainLeave) {
  EXPECT_EQ(figures::array_busy_cycles(three_layers()), 48);
}

TEST(ClaimFiguresTest, UtilisationIsTheMeanOfTheLayersPeaks) {
  EXPECT_DOUBLE_EQ(figures::memory_utilisation(three_layers()), (0 + 800 + 160) / 3.0 / 1600);
}

TEST(ClaimFiguresTest, ALayerHasItsOwnThroughputAndEnergy) {
  EXPECT_DOUBLE_EQ(figures::layer_tops(three_layers(), "c2"), 0.01);
  EXPECT_DOUBLE_EQ(figures::layer_chip_pj(three_layers(), "c2"), 4.0);
  EXPECT_THROW(figures::layer(three_layers(), "c9"), ClaimFailure);
}

TEST(ClaimFiguresTest, TablesGroupLayersThatAreAlike) {
  EXPECT_EQ(bit_table(three_layers()), "4a/3w: c1, c2");
  EXPECT_EQ(keep_table(three_layers()), "0.75 (6 of 8): c1, c2");
}

TEST(ClaimListTest, EveryNamedCoreExistsAndItsClaimsSayWhatTheyAssume) {
  EXPECT_FALSE(find_claims("nosuch").has_value());
  for (const npu::CoreEntry& core : npu::cores())
    if (const auto claims = find_claims(core.name)) {
      EXPECT_EQ(claims->core, core.name);
      for (const Claim& claim : claims->claims) {
        EXPECT_FALSE(claim.assumption.empty()) << claim.what;
        EXPECT_FALSE(claim.runs.empty()) << claim.what;
      }
    }
}

}  // namespace
}  // namespace cairn::platform
