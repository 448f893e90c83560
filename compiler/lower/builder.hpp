// The integer network under construction, and the value that the current node works on.
#pragma once

#include <utility>
#include <vector>

#include "compiler/lower/operation.hpp"
#include "compiler/lower/value.hpp"

namespace cairn::compiler {

/// Nodes turn one value into another; layers are added as quantisers close them. The caller keeps
/// the values of all tensors and says with resume() which one the next node reads.
class Builder {
 public:
  /// The value is the model's input of shape `dims`, [1, channels, ...], 2 to 4 dimensions. Throws
  /// InputError.
  Builder(const std::string& file, const std::string& name, const Dims& dims);

  const Value& value() const { return value_; }
  void resume(Value value) { value_ = std::move(value); }

  const Dims& dims() const { return value_.dims; }
  const numbers::Shape& shape() const { return value_.shape; }
  void reshape(const Operation& o,
               const Dims& dims);  ///< throws InputError if the data would have to move
  float scale() const { return value_.quantiser.scale; }           ///< of features
  AccumulatorRange feature_range() const { return value_.range; }  ///< of features
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
  void add_note(const std::string& note) { network_.notes.push_back(note); }

  /// The whole network, whose output is the current value. `last` is the node that made it.
  Network finish(const Operation& last);

 private:
  void open_requantisation(const Operation& o);
  void quantise_input(const Operation& o, const Quantiser& quantiser);
  void close(const Operation& o, const Quantiser& quantiser);
  void close_raw(const Operation& last);
  int emit(const Operation& o, NetworkLayer layer);  ///< returns the layer's index
  void set_features(const Quantiser& quantiser, const numbers::FeatureType& type, int low,
                    int high);

  Network network_;
  Value value_;
};

}  // namespace cairn::compiler
