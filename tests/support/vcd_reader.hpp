// Reads a VCD file back, on its own terms: shares nothing with the writer.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace cairn::test {

/// Values are texts: 0, 1 and x for a bit, binary digits for a vector, the number as written for a
/// real, the text without its escapes for a string. Throws std::runtime_error on anything
/// malformed.
class VcdReader {
 public:
  struct Change {
    std::uint64_t at_ps;
    std::string value;
    bool operator==(const Change&) const = default;
  };
  struct Variable {
    std::string type;
    unsigned width = 0;
    std::string range;  // such as [7:0]
    std::vector<Change> changes;
  };

  explicit VcdReader(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot open " + file);
    read_declarations(in);
    read_changes(in);
  }

  [[nodiscard]] const std::map<std::string, Variable>& variables() const { return variables_; }
  [[nodiscard]] const Variable& variable(const std::string& name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end()) throw std::runtime_error("no variable " + name);
    return found->second;
  }
  [[nodiscard]] const std::vector<Change>& changes(const std::string& name) const {
    return variable(name).changes;
  }
  /// What a wave viewer shows at `at_ps`.
  [[nodiscard]] std::string value(const std::string& name, std::uint64_t at_ps) const {
    std::string shown = "nothing";
    for (const Change& change : changes(name))
      if (change.at_ps <= at_ps) shown = change.value;
    return shown;
  }
  [[nodiscard]] std::uint64_t end_ps() const { return time_ps_; }

 private:
  static void require(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error("malformed VCD: " + what);
  }

  void read_declarations(std::istream& in) {
    std::vector<std::string> scopes;
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::vector<std::string> word;
      for (std::string next; words >> next;)
        word.push_back(next);
      require(word.size() >= 2 && word.back() == "$end", line);
      if (word[0] == "$enddefinitions") {
        require(scopes.empty(), "a scope is left open");
        return;
      }
      if (word[0] == "$scope") {
        scopes.push_back(word.at(2));
      } else if (word[0] == "$upscope") {
        require(!scopes.empty(), "$upscope without a scope");
        scopes.pop_back();
      } else if (word[0] == "$var") {
        declare(scopes, word);
      } else {
        require(word[0] == "$timescale" && word.at(1) == "1" && word.at(2) == "ps", line);
      }
    }
    require(false, "no $enddefinitions");
  }

  void declare(const std::vector<std::string>& scopes, const std::vector<std::string>& word) {
    std::string name;
    for (const std::string& scope : scopes)
      name += scope + ".";
    name += word.at(4);
    const std::string range = word.size() == 7 ? word[5] : "";
    require(variables_.count(name) == 0, name + " is declared twice");
    variables_[name] = {word.at(1), static_cast<unsigned>(std::stoul(word.at(2))), range, {}};
    require(names_.emplace(word.at(3), name).second, "identifier used twice");
  }

  void read_changes(std::istream& in) {
    bool in_dumpvars = false, started = false;
    for (std::string line; std::getline(in, line);) {
      require(!line.empty(), "empty line");
      if (line[0] == '#') {
        const std::uint64_t time = std::stoull(line.substr(1));
        require(!started || time > time_ps_, "time does not advance at " + line);
        started = true;
        time_ps_ = time;
      } else if (line == "$dumpvars") {
        in_dumpvars = true;
      } else if (line == "$end") {
        require(in_dumpvars, line);
        for (const auto& [name, variable] : variables_)
          require(variable.changes.size() == 1, name + " is not in $dumpvars once");
        in_dumpvars = false;
      } else {
        require(started, "a value before the first time");
        add(line);
      }
    }
    require(!in_dumpvars, "$dumpvars is left open");
  }

  void add(const std::string& line) {
    const bool scalar = line[0] == '0' || line[0] == '1' || line[0] == 'x';
    const std::size_t space = scalar ? 1 : line.find(' ');
    require(space != std::string::npos, line);
    const std::string identifier = line.substr(scalar ? 1 : space + 1);
    require(names_.count(identifier) == 1, "unknown identifier in " + line);
    Variable& variable = variables_[names_[identifier]];
    const std::string token = scalar ? line.substr(0, 1) : line.substr(1, space - 1);
    const std::string letter = scalar ? "" : line.substr(0, 1);
    if (variable.type == "string") require(letter == "s", line);
    if (variable.type == "real") require(letter == "r", line);
    if (variable.type == "wire")
      require(letter == (variable.width == 1 && scalar ? "" : "b"), line);
    variable.changes.push_back({time_ps_, letter == "s" ? plain(token) : token});
  }

  static std::string plain(const std::string& token) {
    std::string text;
    for (std::size_t i = 0; i < token.size(); ++i) {
      if (token[i] != '\\') {
        text += token[i];
        continue;
      }
      require(i + 3 < token.size() && token[i + 1] == 'x', token);
      text += static_cast<char>(std::stoi(token.substr(i + 2, 2), nullptr, 16));
      i += 3;
    }
    return text;
  }

  std::map<std::string, Variable> variables_;
  std::map<std::string, std::string> names_;  // by identifier
  std::uint64_t time_ps_ = 0;
};

}  // namespace cairn::test
