// The flags of the interop programs, and what else both know.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>

const char kEchoInitial[] = "x-grpc-test-echo-initial";
const char kEchoTrailing[] = "x-grpc-test-echo-trailing-bin";
const std::string kTestCredentials = "src/core/tsi/test_creds/";

// Values by the names of their flags, written as --name=value.
class Flags {
 public:
  Flags(int count, char** arguments) {
    for (int index = 1; index < count; index++) {
      std::string flag = arguments[index];
      size_t equals = flag.find('=');
      if (flag.rfind("--", 0) != 0 || equals == std::string::npos) throw std::invalid_argument(flag);
      values_[flag.substr(2, equals - 2)] = flag.substr(equals + 1);
    }
  }

  std::string get(const std::string& name, const std::string& otherwise = "") const {
    auto found = values_.find(name);
    return found == values_.end() || found->second.empty() ? otherwise : found->second;
  }

  bool on(const std::string& name) const { return get(name) == "true"; }

 private:
  std::map<std::string, std::string> values_;
};

inline std::string read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}
