// The bits that rules give to features and weights.
#include <optional>

#include "compiler/generate/rules.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

using numbers::FeatureType;
using numbers::Op;

int checked(int bits, const std::string& key) {
  if (bits < 1 || bits > 8)
    throw InputError(key + " must be 1 to 8 bits, not " + std::to_string(bits));
  return bits;
}

bool has_weights(const ArchitectureLayer& l) {
  return l.op == Op::convolution || l.op == Op::fully_connected;
}

class BitAssignment {
 public:
  BitAssignment(const Generator& g, const Architecture& architecture)
      : g_(g), architecture_(architecture), wanted_(architecture.layers.size()) {
    out_.layers.resize(architecture.layers.size());
    checked(g.feature_bits, "generate.feature_bits");
    checked(g.weight_bits, "generate.weight_bits");
    checked(g.first_feature_bits, "generate.first_feature_bits");
    checked(g.first_weight_bits, "generate.first_weight_bits");
  }

  NetworkBits run() {
    apply_defaults();
    apply_rules();
    // Backwards: what a layer gives is what its readers want; a pooling wants what it must give.
    for (std::size_t i = architecture_.layers.size(); i-- > 0;)
      set_output(i);
    out_.input = {wanted_of(kNetworkInput).value_or(g_.first_feature_bits), false, 0};
    out_.input.zero_point = (1 << out_.input.bits) * 9 / 20;
    for (std::size_t i = 0; i < architecture_.layers.size(); ++i)
      set_inputs(i);
    return std::move(out_);
  }

 private:
  void apply_defaults() {
    bool first = true;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const ArchitectureLayer& l = architecture_.layers[i];
      if (has_weights(l) || l.op == Op::average_pool)
        wanted_[i] = first ? g_.first_feature_bits : g_.feature_bits;
      if (!has_weights(l)) continue;
      out_.layers[i].weights = first ? g_.first_weight_bits : g_.weight_bits;
      first = false;
    }
  }

  void apply_rules() {
    for (const BitRule& rule : g_.bits) {
      if (rule.features) checked(*rule.features, "bits.features");
      if (rule.weights) checked(*rule.weights, "bits.weights");
      for (const std::size_t i : matching_layers(architecture_, rule.layers, "bits.layers")) {
        const ArchitectureLayer& l = architecture_.layers[i];
        if (rule.features && l.op != Op::max_pool && l.op != Op::add) wanted_[i] = rule.features;
        if (rule.weights && has_weights(l)) out_.layers[i].weights = *rule.weights;
      }
    }
  }

  /// What the readers of a layer's output agree on; nothing if they take what comes.
  std::optional<int> wanted_of(int producer) const {
    const ArchitectureLayer* first = nullptr;
    std::optional<int> bits;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const ArchitectureLayer& l = architecture_.layers[i];
      if (l.input != producer && !(l.op == Op::add && l.second == producer)) continue;
      if (!wanted_[i]) continue;
      if (bits && *bits != *wanted_[i])
        throw InputError("bits: layers '" + first->name + "' and '" + l.name +
                         "' read the same features, but with " + std::to_string(*bits) + " and " +
                         std::to_string(*wanted_[i]) + " bits");
      bits = wanted_[i];
      first = &l;
    }
    return bits;
  }

  void set_output(std::size_t i) {
    const ArchitectureLayer& l = architecture_.layers[i];
    const std::optional<int> bits = wanted_of(static_cast<int>(i));
    if (l.op == Op::max_pool) wanted_[i] = bits;
    out_.layers[i].out = i + 1 == wanted_.size()
                             ? FeatureType{numbers::kAccumulatorBits, true, 0}
                             : FeatureType{bits.value_or(g_.feature_bits), !l.relu, 0};
  }

  FeatureType type_of(int layer) const {
    return layer == kNetworkInput ? out_.input : out_.layers[static_cast<std::size_t>(layer)].out;
  }

  void set_inputs(std::size_t i) {
    const ArchitectureLayer& l = architecture_.layers[i];
    out_.layers[i].in = type_of(l.input);
    if (l.op == Op::add) out_.layers[i].second = type_of(l.second);
    if (l.op == Op::max_pool) out_.layers[i].out = out_.layers[i].in;
  }

  const Generator& g_;
  const Architecture& architecture_;
  std::vector<std::optional<int>> wanted_;  ///< bits of the input features
  NetworkBits out_;
};

}  // namespace

NetworkBits assign_bits(const Generator& generator, const Architecture& architecture) {
  return BitAssignment(generator, architecture).run();
}

}  // namespace cairn::compiler
