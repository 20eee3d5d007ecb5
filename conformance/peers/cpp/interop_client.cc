// The interop client on libgrpc++; `--test_case` may name several cases, separated by commas.

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <future>
#include <iostream>
#include <sstream>
#include <vector>

#include "grpc/testing/test.grpc.pb.h"
#include "interop_flags.h"
#include "interop_inspector.h"

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;

namespace {

const int kRequestSizes[] = {27182, 8, 1828, 45904};
const int kResponseSizes[] = {31415, 9, 2653, 58979};
const int kLargeRequest = 271828;
const int kLargeResponse = 314159;

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void require(bool holds, const std::string& what) {
  if (!holds) throw Failure(what);
}

void expect(const Status& status, StatusCode code = StatusCode::OK) {
  require(status.error_code() == code, "status " + std::to_string(status.error_code()) + " (" + status.error_message() +
                                           "), where " + std::to_string(code) + " was expected");
}

void check(const Payload& payload, int size) {
  require(payload.body() == std::string(size, '\0'),
          std::to_string(payload.body().size()) + " bytes, where " + std::to_string(size) + " zeros were expected");
}

SimpleRequest large() {
  SimpleRequest request;
  request.set_response_size(kLargeResponse);
  request.mutable_payload()->set_body(std::string(kLargeRequest, '\0'));
  return request;
}

StreamingOutputCallRequest ball(int size, int response_size) {
  StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(response_size);
  request.mutable_payload()->set_body(std::string(size, '\0'));
  return request;
}

class Client {
 public:
  explicit Client(const Flags& flags) : flags_(flags), channel_(connect()), stub_(TestService::NewStub(channel_)) {}

  void empty_unary() {
    Empty response;
    ClientContext context;
    expect(stub_->EmptyCall(&context, Empty(), &response));
  }

  void cacheable_unary() {
    SimpleRequest request;
    auto now = std::chrono::system_clock::now().time_since_epoch();
    request.mutable_payload()->set_body(std::to_string(std::chrono::nanoseconds(now).count()));
    SimpleResponse responses[2];
    for (SimpleResponse& response : responses) {
      ClientContext context;
      context.AddMetadata("x-user-ip", "1.2.3.4");
      expect(stub_->CacheableUnaryCall(&context, request, &response));
    }
    require(!responses[0].payload().body().empty(), "the response has no payload");
    require(responses[0].payload().body() == responses[1].payload().body(), "the responses differ");
  }

  void large_unary() {
    ClientContext context;
    unary(context, large());
  }

  void client_compressed_unary() {
    SimpleRequest request = large();
    request.mutable_expect_compressed()->set_value(true);
    ClientContext probe, compressed, plain;
    SimpleResponse response;
    expect(stub_->UnaryCall(&probe, request, &response), StatusCode::INVALID_ARGUMENT);
    compressed.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    unary(compressed, request);
    request.mutable_expect_compressed()->set_value(false);
    unary(plain, request);
  }

  void server_compressed_unary() {
    for (bool wanted : {true, false}) {
      SimpleRequest request = large();
      request.mutable_response_compressed()->set_value(wanted);
      ClientContext context;
      unary(context, request);
      require(InteropClientContextInspector::Compressed(context) == wanted, "not compressed as wanted");
    }
  }

  void client_streaming() {
    ClientContext context;
    StreamingInputCallResponse response;
    auto stream = stub_->StreamingInputCall(&context, &response);
    for (int size : kRequestSizes) stream->Write(part(size));
    stream->WritesDone();
    expect(stream->Finish());
    require(response.aggregated_payload_size() == 74922, "the sum is wrong");
  }

  void client_compressed_streaming() {
    StreamingInputCallRequest first = part(27182), second = part(45904);
    first.mutable_expect_compressed()->set_value(true);
    second.mutable_expect_compressed()->set_value(false);
    StreamingInputCallResponse response;
    ClientContext probe, context;
    auto refused = stub_->StreamingInputCall(&probe, &response);
    refused->Write(first);
    refused->WritesDone();
    expect(refused->Finish(), StatusCode::INVALID_ARGUMENT);
    context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    auto stream = stub_->StreamingInputCall(&context, &response);
    stream->Write(first);
    stream->Write(second, grpc::WriteOptions().set_no_compression());
    stream->WritesDone();
    expect(stream->Finish());
    require(response.aggregated_payload_size() == 73086, "the sum is wrong");
  }

  void server_streaming() {
    StreamingOutputCallRequest request;
    for (int size : kResponseSizes) request.add_response_parameters()->set_size(size);
    ClientContext context;
    auto stream = stub_->StreamingOutputCall(&context, request);
    for (int size : kResponseSizes) next(*stream, size);
    end(*stream);
  }

  void server_compressed_streaming() {
    StreamingOutputCallRequest request;
    for (auto [size, wanted] : {std::pair(31415, true), std::pair(92653, false)}) {
      ResponseParameters* parameters = request.add_response_parameters();
      parameters->set_size(size);
      parameters->mutable_compressed()->set_value(wanted);
    }
    ClientContext context;
    auto stream = stub_->StreamingOutputCall(&context, request);
    for (const ResponseParameters& parameters : request.response_parameters()) {
      next(*stream, parameters.size());
      require(InteropClientContextInspector::Compressed(context) == parameters.compressed().value(),
              "not compressed as wanted");
    }
    end(*stream);
  }

  void ping_pong() {
    ClientContext context;
    auto stream = stub_->FullDuplexCall(&context);
    for (int index = 0; index < 4; index++) {
      stream->Write(ball(kRequestSizes[index], kResponseSizes[index]));
      next(*stream, kResponseSizes[index]);
    }
    stream->WritesDone();
    end(*stream);
  }

  void empty_stream() {
    ClientContext context;
    auto stream = stub_->FullDuplexCall(&context);
    stream->WritesDone();
    end(*stream);
  }

  void custom_metadata() {
    auto add = [](ClientContext& context) {
      context.AddMetadata(kEchoInitial, "test_initial_metadata_value");
      context.AddMetadata(kEchoTrailing, "\xab\xab\xab");
    };
    auto echoed = [](const ClientContext& context) {
      const auto &initial = context.GetServerInitialMetadata(), &trailing = context.GetServerTrailingMetadata();
      auto first = initial.find(kEchoInitial), last = trailing.find(kEchoTrailing);
      require(first != initial.end() && first->second == "test_initial_metadata_value", "no initial metadata");
      require(last != trailing.end() && last->second == "\xab\xab\xab", "no trailing metadata");
    };
    ClientContext single, duplex;
    add(single);
    unary(single, large());
    echoed(single);
    add(duplex);
    auto stream = stub_->FullDuplexCall(&duplex);
    stream->Write(ball(kLargeRequest, kLargeResponse));
    stream->WritesDone();
    next(*stream, kLargeResponse);
    end(*stream);
    echoed(duplex);
  }

  void status_code_and_message() { status_message("test status message", true); }

  void special_status_message() {
    status_message("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n", false);
  }

  void unimplemented_method() {
    ClientContext context;
    Empty response;
    expect(stub_->UnimplementedCall(&context, Empty(), &response), StatusCode::UNIMPLEMENTED);
  }

  void unimplemented_service() {
    ClientContext context;
    Empty response;
    auto stub = UnimplementedService::NewStub(channel_);
    expect(stub->UnimplementedCall(&context, Empty(), &response), StatusCode::UNIMPLEMENTED);
  }

  void cancel_after_begin() {
    ClientContext context;
    StreamingInputCallResponse response;
    auto stream = stub_->StreamingInputCall(&context, &response);
    context.TryCancel();
    expect(stream->Finish(), StatusCode::CANCELLED);
  }

  void cancel_after_first_response() {
    ClientContext context;
    auto stream = stub_->FullDuplexCall(&context);
    stream->Write(ball(kRequestSizes[0], kResponseSizes[0]));
    next(*stream, kResponseSizes[0]);
    context.TryCancel();
    expect(stream->Finish(), StatusCode::CANCELLED);
  }

  void timeout_on_sleeping_server() {
    ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1));
    auto stream = stub_->FullDuplexCall(&context);
    StreamingOutputCallRequest request;
    request.mutable_payload()->set_body(std::string(kRequestSizes[0], '\0'));
    stream->Write(request);
    expect(stream->Finish(), StatusCode::DEADLINE_EXCEEDED);
  }

  void concurrent_large_unary() {
    struct Call {
      ClientContext context;
      SimpleResponse response;
      std::promise<Status> done;
    };
    std::vector<Call> calls(1000);
    SimpleRequest request = large();
    for (Call& call : calls)
      stub_->async()->UnaryCall(&call.context, &request, &call.response,
                                [&call](Status status) { call.done.set_value(status); });
    std::vector<Status> statuses;
    for (Call& call : calls) statuses.push_back(call.done.get_future().get());
    for (size_t index = 0; index < calls.size(); index++) {
      expect(statuses[index]);
      check(calls[index].response.payload(), kLargeResponse);
    }
  }

  void rpc_soak() {
    for (int left = iterations(); left > 0; left--) large_unary();
  }

  void channel_soak() {
    for (int left = iterations(); left > 0; left--) Client(flags_).large_unary();
  }

 private:
  // A channel that shares no connection with others.
  std::shared_ptr<grpc::Channel> connect() {
    std::string address = flags_.get("server_host", "localhost") + ":" + flags_.get("server_port");
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    if (!flags_.on("use_tls"))
      return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    std::string name = flags_.get("server_host_override");
    if (!name.empty()) arguments.SetSslTargetNameOverride(name);
    grpc::SslCredentialsOptions options;
    if (flags_.on("use_test_ca")) options.pem_root_certs = read(flags_.get("ca_file", kTestCredentials + "ca.pem"));
    return grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments);
  }

  void unary(ClientContext& context, const SimpleRequest& request) {
    SimpleResponse response;
    expect(stub_->UnaryCall(&context, request, &response));
    check(response.payload(), kLargeResponse);
  }

  static StreamingInputCallRequest part(int size) {
    StreamingInputCallRequest request;
    request.mutable_payload()->set_body(std::string(size, '\0'));
    return request;
  }

  template <class Stream>
  static void next(Stream& stream, int size) {
    StreamingOutputCallResponse response;
    require(stream.Read(&response), "the stream has ended early");
    check(response.payload(), size);
  }

  template <class Stream>
  static void end(Stream& stream) {
    StreamingOutputCallResponse response;
    require(!stream.Read(&response), "the stream goes on");
    expect(stream.Finish());
  }

  void status_message(const std::string& message, bool duplex) {
    EchoStatus wanted;
    wanted.set_code(StatusCode::UNKNOWN);
    wanted.set_message(message);
    SimpleRequest request;
    *request.mutable_response_status() = wanted;
    SimpleResponse response;
    ClientContext context;
    Status status = stub_->UnaryCall(&context, request, &response);
    expect(status, StatusCode::UNKNOWN);
    require(status.error_message() == message, "another message: " + status.error_message());
    if (!duplex) return;
    ClientContext second;
    auto stream = stub_->FullDuplexCall(&second);
    StreamingOutputCallRequest request2;
    *request2.mutable_response_status() = wanted;
    stream->Write(request2);
    stream->WritesDone();
    status = stream->Finish();
    expect(status, StatusCode::UNKNOWN);
    require(status.error_message() == message, "another message: " + status.error_message());
  }

  int iterations() const { return std::stoi(flags_.get("soak_iterations", "10")); }

  const Flags& flags_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<TestService::Stub> stub_;
};

using Case = void (Client::*)();

#define CASE(name) {#name, &Client::name}
const std::map<std::string, Case> kCases = {
    CASE(empty_unary),
    CASE(cacheable_unary),
    CASE(large_unary),
    CASE(client_compressed_unary),
    CASE(server_compressed_unary),
    CASE(client_streaming),
    CASE(client_compressed_streaming),
    CASE(server_streaming),
    CASE(server_compressed_streaming),
    CASE(ping_pong),
    CASE(empty_stream),
    CASE(custom_metadata),
    CASE(status_code_and_message),
    CASE(special_status_message),
    CASE(unimplemented_method),
    CASE(unimplemented_service),
    CASE(cancel_after_begin),
    CASE(cancel_after_first_response),
    CASE(timeout_on_sleeping_server),
    CASE(concurrent_large_unary),
    CASE(rpc_soak),
    CASE(channel_soak),
};

}  // namespace

int main(int count, char** arguments) {
  Flags flags(count, arguments);
  std::istringstream names(flags.get("test_case"));
  int failed = 0;
  for (std::string name; std::getline(names, name, ',');) {
    try {
      auto found = kCases.find(name);
      require(found != kCases.end(), "there is no such case here");
      Client client(flags);
      (client.*found->second)();
      std::cout << "ok " << name << std::endl;
    } catch (const std::exception& error) {
      std::cout << "FAIL " << name << ": " << error.what() << std::endl;
      failed = 1;
    }
  }
  return failed;
}
