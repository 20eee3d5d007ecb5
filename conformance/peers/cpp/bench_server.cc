// The server of `bench calls` on libgrpc++'s asynchronous interface: one thread, one completion queue.
// It says its port, and ends with its standard input.

#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <thread>

#include "echo.grpc.pb.h"

using bench::echo::Echo;
using bench::echo::Ping;

namespace {

// Calls that the library may begin before one has ended.
const int kWaiting = 1024;

// One call after the other.
class Call {
 public:
  Call(Echo::AsyncService* service, grpc::ServerCompletionQueue* queue) : service_(service), queue_(queue) { wait(); }

  // What was asked for has happened: a call has come, or was answered.
  void proceed() {
    if (answered_) {
      call_.emplace();
      wait();
    } else {
      answered_ = true;
      call_->responder.Finish(call_->request, grpc::Status::OK, this);
    }
  }

 private:
  struct State {
    grpc::ServerContext context;
    Ping request;
    grpc::ServerAsyncResponseWriter<Ping> responder{&context};
  };

  void wait() {
    answered_ = false;
    service_->RequestUnary(&call_->context, &call_->request, &call_->responder, queue_, queue_, this);
  }

  Echo::AsyncService* service_;
  grpc::ServerCompletionQueue* queue_;
  std::optional<State> call_{std::in_place};
  bool answered_ = false;
};

}  // namespace

int main() {
  Echo::AsyncService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  auto queue = builder.AddCompletionQueue();
  auto server = builder.BuildAndStart();
  std::cout << port << std::endl;

  std::thread([] {
    while (std::cin.get() != EOF) {
    }
    std::_Exit(0);
  }).detach();

  for (int index = 0; index < kWaiting; index++) new Call(&service, queue.get());
  void* call;
  bool ok;
  while (queue->Next(&call, &ok)) static_cast<Call*>(call)->proceed();
}
