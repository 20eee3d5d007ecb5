// The interop server on libgrpc++: `call PATH` is printed for each call that comes.

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

#include "grpc/testing/test.grpc.pb.h"
#include "interop_flags.h"
#include "interop_inspector.h"

using namespace grpc::testing;
using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;
using OutputStream = grpc::internal::WriterInterface<StreamingOutputCallResponse>;

namespace {

void told(const char* method) {
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  std::cout << "call /grpc.testing.TestService/" << method << std::endl;
}

void echo_metadata(ServerContext* context) {
  const auto& metadata = context->client_metadata();
  auto text = [](grpc::string_ref value) { return std::string(value.data(), value.size()); };
  if (auto found = metadata.find(kEchoInitial); found != metadata.end())
    context->AddInitialMetadata(kEchoInitial, text(found->second));
  if (auto found = metadata.find(kEchoTrailing); found != metadata.end())
    context->AddTrailingMetadata(kEchoTrailing, text(found->second));
}

template <class Request>
Status echo_status(const Request& request) {
  const EchoStatus& status = request.response_status();
  return Status(StatusCode(status.code()), status.message());
}

// Whether the latest message was compressed as it says of itself.
template <class Request>
bool as_expected(const ServerContext& context, const Request& request) {
  return !request.has_expect_compressed() ||
         request.expect_compressed().value() == InteropServerContextInspector::Compressed(context);
}

const Status kNotAsExpected(StatusCode::INVALID_ARGUMENT, "the request is not compressed as expected");

Status answer(const StreamingOutputCallRequest& request, OutputStream* stream) {
  if (Status status = echo_status(request); !status.ok()) return status;
  for (const ResponseParameters& parameters : request.response_parameters()) {
    std::this_thread::sleep_for(std::chrono::microseconds(parameters.interval_us()));
    StreamingOutputCallResponse response;
    response.mutable_payload()->set_body(std::string(parameters.size(), '\0'));
    grpc::WriteOptions options;
    if (!parameters.compressed().value()) options.set_no_compression();
    stream->Write(response, options);
  }
  return Status::OK;
}

class Service final : public TestService::Service {
  Status EmptyCall(ServerContext*, const Empty*, Empty*) override {
    told("EmptyCall");
    return Status::OK;
  }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request, SimpleResponse* response) override {
    told("UnaryCall");
    echo_metadata(context);
    if (!as_expected(*context, *request)) return kNotAsExpected;
    if (request->response_compressed().value()) context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    response->mutable_payload()->set_body(std::string(request->response_size(), '\0'));
    return echo_status(*request);
  }

  Status CacheableUnaryCall(ServerContext* context, const SimpleRequest*, SimpleResponse* response) override {
    told("CacheableUnaryCall");
    context->AddInitialMetadata("cache-control", "max-age=60, public");
    auto now = std::chrono::system_clock::now().time_since_epoch();
    response->mutable_payload()->set_body(std::to_string(std::chrono::nanoseconds(now).count()));
    return Status::OK;
  }

  Status StreamingOutputCall(ServerContext* context, const StreamingOutputCallRequest* request,
                             grpc::ServerWriter<StreamingOutputCallResponse>* stream) override {
    told("StreamingOutputCall");
    echo_metadata(context);
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    return answer(*request, stream);
  }

  Status StreamingInputCall(ServerContext* context, grpc::ServerReader<StreamingInputCallRequest>* stream,
                            StreamingInputCallResponse* response) override {
    told("StreamingInputCall");
    StreamingInputCallRequest request;
    while (stream->Read(&request)) {
      if (!as_expected(*context, request)) return kNotAsExpected;
      response->set_aggregated_payload_size(response->aggregated_payload_size() + request.payload().body().size());
    }
    return Status::OK;
  }

  using Duplex = grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>;

  Status FullDuplexCall(ServerContext* context, Duplex* stream) override {
    told("FullDuplexCall");
    echo_metadata(context);
    StreamingOutputCallRequest request;
    while (stream->Read(&request))
      if (Status status = answer(request, stream); !status.ok()) return status;
    return Status::OK;
  }

  Status HalfDuplexCall(ServerContext* context, Duplex* stream) override {
    told("HalfDuplexCall");
    echo_metadata(context);
    std::vector<StreamingOutputCallRequest> requests;
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) requests.push_back(request);
    for (const auto& request : requests)
      if (Status status = answer(request, stream); !status.ok()) return status;
    return Status::OK;
  }

  Status UnimplementedCall(ServerContext*, const Empty*, Empty*) override {
    told("UnimplementedCall");
    return Status(StatusCode::UNIMPLEMENTED, "there is no such method");
  }
};

std::shared_ptr<grpc::ServerCredentials> credentials(const Flags& flags) {
  if (!flags.on("use_tls")) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({read(flags.get("tls_key_file", kTestCredentials + "server1.key")),
                                        read(flags.get("tls_cert_file", kTestCredentials + "server1.pem"))});
  return grpc::SslServerCredentials(options);
}

}  // namespace

int main(int count, char** arguments) {
  // Taken by `sigwait` below, and by no other thread.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Flags flags(count, arguments);
  Service service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("[::]:" + flags.get("port", "0"), credentials(flags), &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) return 1;
  std::cout << "listening [::]:" << port << std::endl;
  int signal;
  sigwait(&signals, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  return 0;
}
