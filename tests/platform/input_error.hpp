// Expects an InputError whose message holds all the given texts.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <string>

#include "models/kit/input_error.hpp"

namespace cairn::test {

inline void expect_input_error(const std::function<void()>& action,
                               std::initializer_list<const char*> texts) {
  try {
    action();
    ADD_FAILURE() << "no InputError";
  } catch (const InputError& error) {
    for (const char* text : texts)
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos)
          << "'" << text << "' in: " << error.what();
  }
}

}  // namespace cairn::test
