// The integer network under construction, and the value at its end.
#pragma once

#include <optional>
#include <vector>

#include "compiler/lower/float_chain.hpp"
#include "compiler/lower/multipliers.hpp"
#include "compiler/lower/operation.hpp"
#include "compiler/lower/quantiser.hpp"
#include "compiler/network.hpp"

namespace cairn::compiler {

/// Layers grow at the end of a chain. The value at the end is one of three things: the model's
/// float input, before its first quantiser; features; or the accumulators of an open layer with
/// float operations upon them, which the next quantiser closes.
class Builder {
 public:
  /// `dims` is the model's input, [1, channels, ...], 2 to 4 dimensions. Throws InputError.
  Builder(const std::string& file, const std::string& name, const Dims& dims);

  const Dims& dims() const { return dims_; }              ///< as the model sees the value
  const numbers::Shape& shape() const { return shape_; }  ///< as it lies in memory, NHWC
  void reshape(const Operation& o,
               const Dims& dims);  ///< throws InputError if the data would have to move
  float scale() const { return quantiser_.scale; }  ///< of features
  AccumulatorRange feature_range() const {
    return feature_range_;
  }  ///< smallest and largest q - zero point
  /// Throws InputError unless the value is features.
  void require_features(const Operation& o) const;

  /// Opens a layer on the current features; shapes and weights of `layer` are set, types are not.
  /// `units[c]`: what the accumulator 1 stands for.
  void open(const Operation& o, NetworkLayer layer, std::vector<double> units,
            std::vector<AccumulatorRange> ranges, const Dims& dims);
  /// Appends a max pooling: after the open layer's quantiser if there is one (quantisers are
  /// monotone).
  void max_pool(const Operation& o, NetworkLayer layer, const Dims& dims);
  /// Appends a float operation; on features it opens a requantisation layer.
  void push(const Operation& o, FloatStep step);
  /// Closes the open layer, or sets the network's input type.
  void quantise(const Operation& o, const Quantiser& quantiser);
  /// True if no negative value can come here: Relu has nothing to do.
  bool is_never_negative() const;
  /// A node that became part of the open layer.
  void absorb(const Node& node);

  /// The whole network. `last` is the last node of the data path.
  Network finish(const Operation& last);

 private:
  enum class State { real, features, open };

  void open_requantisation(const Operation& o);
  void quantise_input(const Operation& o, const Quantiser& quantiser);
  void close(const Operation& o, const Quantiser& quantiser);
  void close_raw(const Operation& last);
  void emit(const Operation& o, NetworkLayer layer);
  void set_features(const Quantiser& quantiser, const numbers::FeatureType& type, int low,
                    int high);

  Network network_;
  Dims dims_;
  numbers::Shape shape_;
  State state_ = State::real;
  numbers::FeatureType type_;
  Quantiser quantiser_;  ///< that made the features
  AccumulatorRange feature_range_;
  NetworkLayer layer_;  ///< open
  FloatChain chain_;    ///< of the open layer or of the float input
  std::vector<AccumulatorRange> ranges_;
  std::vector<NetworkLayer> pools_;  ///< follow the open layer
};

}  // namespace cairn::compiler
