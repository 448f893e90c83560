#include "platform/networks/read_generator.hpp"

namespace cairn::platform {

namespace {

constexpr int kAny = 65'535;  ///< for numbers whose bounds the generator knows

compiler::BitRule read_bits(Section& section) {
  compiler::BitRule rule;
  rule.layers = section.texts("layers");
  if (section.has("features")) rule.features = section.number("features", std::nullopt, 1, 8);
  if (section.has("weights")) rule.weights = section.number("weights", std::nullopt, 1, 8);
  section.finish();
  return rule;
}

compiler::MaskRule read_mask(Section& section) {
  compiler::MaskRule rule;
  rule.layers = section.texts("layers");
  rule.keep = section.get<double>("keep", rule.keep);
  rule.multiple = section.number("multiple", rule.multiple, 1, kAny);
  rule.channels = section.numbers("channels");
  section.finish();
  return rule;
}

}  // namespace

compiler::Generator read_generator(Section& root) {
  compiler::Generator g;
  Section section = root.table("generate");
  g.family = section.get<std::string>("family");
  g.depth = section.number("depth", std::nullopt, 0, kAny);
  g.variant = section.get<std::string>("variant", g.variant);
  g.residual = section.get<bool>("residual", g.family == "resnet");
  g.size = section.get<std::string>("size");
  g.resolution = section.number("resolution", 0, 0, kAny);
  g.seed = static_cast<std::uint64_t>(section.get<std::int64_t>("seed", 1));
  g.feature_bits = section.number("feature_bits", g.feature_bits, 1, 8);
  g.weight_bits = section.number("weight_bits", g.weight_bits, 1, 8);
  g.first_feature_bits = section.number("first_feature_bits", g.first_feature_bits, 1, 8);
  g.first_weight_bits = section.number("first_weight_bits", g.first_weight_bits, 1, 8);
  section.finish();
  for (Section& rule : root.tables("bits"))
    g.bits.push_back(read_bits(rule));
  for (Section& rule : root.tables("masks"))
    g.masks.push_back(read_mask(rule));
  return g;
}

}  // namespace cairn::platform
