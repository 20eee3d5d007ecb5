// The client of `bench calls` on libgrpc++'s asynchronous interface: one thread, one completion queue. It takes the arguments
// and orders of the bench's own clients, as far as it can do what they ask for: `load C++ SETUP PORT CONNECTIONS`, then lines
// `small IN-FLIGHT false - LIMIT MILLISECONDS`, each of which it answers with `CALLS NANOSECONDS P50 P99`.

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "echo.grpc.pb.h"

using bench::echo::Echo;
using bench::echo::Ping;
using Clock = std::chrono::steady_clock;

namespace {

const std::string kText = "a message of which nobody expects anything but to come back.";
const std::chrono::seconds kTimeout(60);

[[noreturn]] void fail(const std::string& why) {
  std::cerr << "bench_client: " << why << std::endl;
  std::_Exit(1);
}

// One call after the other on a connection.
class Caller {
 public:
  Caller(Echo::Stub* stub, grpc::CompletionQueue* queue) : stub_(stub), queue_(queue) { begin(); }

  void begin() {
    call_.emplace();
    call_->context.set_deadline(std::chrono::system_clock::now() + kTimeout);
    call_->context.AddMetadata("x-request-id", "0123456789abcdef");
    call_->context.AddMetadata("authorization", "Bearer abcdefghijklmnopqrstuvwxyz");
    Ping request;
    request.set_id(1);
    request.set_text(kText);
    call_->begin = Clock::now();
    call_->reader = stub_->AsyncUnary(&call_->context, request, queue_);
    call_->reader->Finish(&call_->reply, &call_->status, this);
  }

  // Checks what has come back; gives the nanoseconds that it took.
  int64_t end() {
    if (!call_->status.ok()) fail(call_->status.error_message());
    if (call_->reply.text() != kText) fail("another message came back");
    return std::chrono::nanoseconds(Clock::now() - call_->begin).count();
  }

 private:
  struct State {
    grpc::ClientContext context;
    Ping reply;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Ping>> reader;
    Clock::time_point begin;
  };

  Echo::Stub* stub_;
  grpc::CompletionQueue* queue_;
  std::optional<State> call_;
};

using Stubs = std::vector<std::unique_ptr<Echo::Stub>>;

// So many calls in flight on each connection, for so long.
std::string run(const Stubs& stubs, int in_flight, std::chrono::milliseconds time) {
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<Caller>> callers;
  std::vector<int64_t> latencies;
  auto start = Clock::now();
  for (const auto& stub : stubs)
    for (int index = 0; index < in_flight; index++)
      callers.push_back(std::make_unique<Caller>(stub.get(), &queue));
  void* tag;
  bool ok;
  for (size_t left = callers.size(); left > 0 && queue.Next(&tag, &ok);) {
    auto* caller = static_cast<Caller*>(tag);
    latencies.push_back(caller->end());
    if (Clock::now() - start < time)
      caller->begin();
    else
      left--;
  }
  int64_t took = std::chrono::nanoseconds(Clock::now() - start).count();
  std::sort(latencies.begin(), latencies.end());
  auto at = [&](size_t percent) { return latencies[latencies.size() * percent / 100]; };
  std::ostringstream answer;
  answer << latencies.size() << ' ' << took << ' ' << at(50) << ' ' << at(99);
  return answer.str();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) fail("wants load C++ SETUP PORT CONNECTIONS");
  std::string address = std::string("127.0.0.1:") + arguments[4];
  Stubs stubs;
  for (int index = 0; index < std::stoi(arguments[5]); index++) {
    grpc::ChannelArguments options;
    options.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    stubs.push_back(Echo::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), options)));
  }
  run(stubs, 1, std::chrono::milliseconds(0));
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string call, roaming, beside, limit;
    int in_flight, millis;
    if (!(words >> call >> in_flight >> roaming >> beside >> limit >> millis) || call != "small") fail("cannot do " + line);
    std::cout << run(stubs, in_flight, std::chrono::milliseconds(millis)) << std::endl;
  }
}
