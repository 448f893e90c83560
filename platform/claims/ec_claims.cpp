// The claims of the entry-counting core.
#include <fmt/format.h>

#include "platform/claims/claim.hpp"

namespace cairn::platform {

namespace {

using namespace figures;

const char* const kKernel =
    "kernel dense-3b: a 1x1 convolution of 128 to 128 channels, signed 3-bit operands that are "
    "never zero. ";
constexpr std::uint32_t kImages = 500;
const char* const kLowPoint[] = {"soc.npu0.clock_hz=40000000", "soc.npu0.millivolt=1010"};

/// The kernel with this counting plan, with this percentage of zeros among its features.
ClaimRun kernel(const char* plan, int zeros = 0) {
  return {.network = "dense-3b",
          .schedule = "ec",
          .sets = {fmt::format("soc.npu0.ec.plan={}", plan)},
          .is_checked = true,
          .core = "ec",
          .input = zeros == 0 ? "" : fmt::format("networks/dense-3b/zeros-{}-idx4-byte.gz", zeros)};
}

double total(const RunRecord& run, const char* key) {
  return run.report.at("totals").at(key).get<double>();
}

double steps(const RunRecord& run) {
  return total(run, "searches") + total(run, "accumulations");
}

double gops(const RunRecord& run, double cycles) {
  return 2e-9 * total(run, "macs") * run.report.at("npu_clock_hz").get<double>() / cycles;
}

double array_pj(const RunRecord& run) {
  return run.report.at("totals").at("energy_pj").at("array").get<double>();
}

Claim multiplications() {
  return {.what = "MACs for each multiplication",
          .kind = ClaimClass::kInferred,
          .paper = 12.8,
          .unit = "x",
          .assumption = std::string(kKernel) +
                        "Which plan the chip uses is not published: 12.8 is 128 entries over the "
                        "10 unordered pairs of the magnitudes 1 to 4 (plan magnitude-pairs), and "
                        "over the 9 + 1 steps of 3 x 3 bit planes (plan bitplane).",
          .runs = {kernel("magnitude-pairs"), kernel("bitplane"), kernel("product-classes")},
          .measure = [](Records r) -> Measurement {
            const auto per_multiplication = [](const RunRecord& run) {
              return total(run, "macs") / total(run, "multiplications");
            };
            return {.simulated = per_multiplication(*r[0]),
                    .beside = {figure("MACs for each step, bitplane",
                                      total(*r[1], "macs") / steps(*r[1]), "x"),
                               figure("MACs for each multiplication, product-classes",
                                      per_multiplication(*r[2]), "x")},
                    .notes = {}};
          }};
}

Claim throughput() {
  return {.what = "throughput at 143 MHz",
          .kind = ClaimClass::kCalibrated,
          .paper = 3.58,
          .unit = "GOPS",
          .assumption = std::string(kKernel) +
                        "0.226 of a cycle is added to the steps of each dot product so that 3.58 "
                        "is met; without it the steps alone give the figure beside.",
          .runs = {kernel("bitplane")},
          .measure = [](Records r) -> Measurement {
            return {.simulated = gops(*r[0], array_busy_cycles(*r[0])),
                    .beside = {figure("without the overhead: a result of the plan",
                                      gops(*r[0], steps(*r[0])), "GOPS"),
                               figure("with what the array waited for",
                                      gops(*r[0], total(*r[0], "cycles")), "GOPS")},
                    .notes = {}};
          }};
}

Claim efficiency() {
  ClaimRun low = kernel("bitplane"), pairs = kernel("magnitude-pairs");
  for (ClaimRun* const run : {&low, &pairs})
    run->sets.insert(run->sets.end(), std::begin(kLowPoint), std::end(kLowPoint));
  return {.what = "energy efficiency of the macro at 40 MHz, 1.01 V",
          .kind = ClaimClass::kCalibrated,
          .paper = 11.6,
          .unit = "TOPS/W",
          .assumption =
              std::string(kKernel) +
              "A dense dot product of 128 entries takes 22.07 pJ by the energy table, half of it "
              "by the entries that match. Memories, loads and leakage are not in the figure.",
          .runs = {low, pairs, kernel("bitplane")},
          .measure = [](Records r) -> Measurement {
            const auto tops_per_w = [](const RunRecord& run) {
              return 2 * total(run, "macs") / array_pj(run);
            };
            return {.simulated = tops_per_w(*r[0]),
                    .beside = {figure("plan magnitude-pairs", tops_per_w(*r[1]), "TOPS/W"),
                               figure("at 143 MHz, 1.23 V", tops_per_w(*r[2]), "TOPS/W"),
                               figure("with memories, loads and leakage at 40 MHz",
                                      r[0]->report.at("chip_tops_per_w").get<double>(), "TOPS/W")},
                    .notes = {}};
          }};
}

Claim frame_time() {
  return {.what = "one frame of ResNet-18 on one macro",
          .kind = ClaimClass::kResult,
          .paper = std::nullopt,
          .unit = "s",
          .assumption =
              "our prediction, the paper gives none. 143 MHz, features and weights of 3 "
              "bits in every layer, projections and classifier included, random weights.",
          .runs = {{.network = "resnet18-3b", .schedule = "ec", .core = "ec"}},
          .measure = [](Records r) -> Measurement {
            return {
                .simulated = inference_seconds(*r[0]),
                .beside = {figure("MACs for each step", total(*r[0], "macs") / steps(*r[0]), "x"),
                           figure("energy, DRAM apart",
                                  r[0]->report.at("chip_power_w").get<double>() *
                                      inference_seconds(*r[0]) * 1e3,
                                  "mJ")},
                .notes = {}};
          }};
}

/// Zeros of each run are those of the run before it, and more.
Claim sparsity() {
  return {
      .what = "energy of the macro with 95% zeros",
      .kind = ClaimClass::kResult,
      .paper = std::nullopt,
      .unit = "%",
      .assumption = std::string(kKernel) + "Then 50, 80 and 95% of its features are zeros.",
      .runs = {kernel("bitplane"), kernel("bitplane", 50), kernel("bitplane", 80),
               kernel("bitplane", 95)},
      .measure = [](Records r) -> Measurement {
        Measurement m{
            .simulated = change(array_pj(*r[3]), array_pj(*r[0])), .beside = {}, .notes = {}};
        const double dots = total(*r[0], "accumulations");
        for (std::size_t i = 0; i < r.size(); ++i) {
          if (i > 0 && array_pj(*r[i]) >= array_pj(*r[i - 1]))
            throw ClaimFailure{"more zeros do not take less energy"};
          if (i > 0 && steps(*r[i]) > steps(*r[i - 1]))
            throw ClaimFailure{"more zeros take more steps"};
          constexpr int kZeros[] = {0, 50, 80, 95};
          m.beside.push_back(figure(fmt::format("steps of a dot product, {}% zeros", kZeros[i]),
                                    steps(*r[i]) / dots, ""));
          m.beside.push_back(figure(fmt::format("  energy of a dot product, {}% zeros", kZeros[i]),
                                    array_pj(*r[i]) / dots, "pJ"));
        }
        return m;
      }};
}

Claim accuracy() {
  return {.what = "ResNet-18 on ImageNet, top-1",
          .kind = ClaimClass::kOpen,
          .paper = 64.4,
          .unit = "percent",
          .assumption =
              "ImageNet is not to be had here, so nothing was trained on it. Beside: two "
              "networks of one structure on the first 500 test images of Fashion-MNIST.",
          .runs = {{.network = "fashion-3b", .schedule = "ec", .core = "ec", .count = kImages},
                   {.network = "fashion", .schedule = "ec", .core = "ec", .count = kImages}},
          .measure = [](Records r) -> Measurement {
            const auto percent = [](const RunRecord& run) {
              return 100 * run.report.at("accuracy").get<double>();
            };
            return {.simulated = std::nullopt,
                    .beside = {figure("fashion-3b, 3-bit features and weights", percent(*r[0]),
                                      "percent"),
                               figure("fashion, 4-bit features, 3- and 4-bit weights",
                                      percent(*r[1]), "percent")},
                    .notes = {}};
          }};
}

}  // namespace

CoreClaims ec_claims() {
  return {.core = "ec",
          .paper = "JETCAS 10(3), 2020, doi 10.1109/JETCAS.2020.3014920",
          .claims = {multiplications(), throughput(), efficiency(), frame_time(), sparsity(),
                     accuracy()}};
}

}  // namespace cairn::platform
