// Whether messages came compressed: the library tells its own tests, which look at calls through these classes, its
// friends.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>

uint32_t grpc_call_test_only_get_message_flags(grpc_call* call);

inline bool compressed(grpc_call* call) {
  const uint32_t kCompressed = 0x40000000u;  // GRPC_WRITE_INTERNAL_TEST_ONLY_WAS_COMPRESSED
  return grpc_call_test_only_get_message_flags(call) & kCompressed;
}

namespace grpc::testing {

class InteropClientContextInspector {
 public:
  static bool Compressed(const grpc::ClientContext& context) { return compressed(context.call_); }
};

class InteropServerContextInspector {
 public:
  static bool Compressed(const grpc::ServerContextBase& context) { return compressed(context.call_.call); }
};

}  // namespace grpc::testing
