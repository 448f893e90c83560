// What each kind of node does to the network under construction.
#pragma once

#include "compiler/lower/builder.hpp"

namespace cairn::compiler {

/// Lowers one node of the data path. Throws InputError if it does not know the node, naming it, or
/// if the node asks for something that the integer graph cannot express.
void lower_node(Builder& builder, const Operation& operation);

/// Lowers the sum of two data tensors: the builder's value and `second`. Throws InputError if one
/// of them is not quantised, or if their shapes or scales differ too much (addition.cpp).
void lower_addition(Builder& builder, const Operation& operation, const Value& second);

// Layers with weights (weighted_nodes.cpp).
void lower_conv(Builder& builder, const Operation& operation);
void lower_gemm(Builder& builder, const Operation& operation);
void lower_matmul(Builder& builder, const Operation& operation);

// Pooling (pooling_nodes.cpp).
void lower_max_pool(Builder& builder, const Operation& operation);
void lower_average_pool(Builder& builder, const Operation& operation);
void lower_global_average_pool(Builder& builder, const Operation& operation);
void lower_reduce_mean(Builder& builder, const Operation& operation);

// Float operations per channel (elementwise_nodes.cpp).
void lower_batch_normalization(Builder& builder, const Operation& operation);
void lower_arithmetic(Builder& builder, const Operation& operation);
void lower_relu(Builder& builder, const Operation& operation);
void lower_clip(Builder& builder, const Operation& operation);

// Quantisers (quantiser_nodes.cpp).
void lower_quantiser(Builder& builder, const Operation& operation);

// Shapes (shape_nodes.cpp).
void lower_identity(Builder& builder, const Operation& operation);
void lower_flatten(Builder& builder, const Operation& operation);
void lower_reshape(Builder& builder, const Operation& operation);
void lower_squeeze(Builder& builder, const Operation& operation);
void lower_unsqueeze(Builder& builder, const Operation& operation);

}  // namespace cairn::compiler
