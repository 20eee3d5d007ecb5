//! Any bytes as a request: the plugin answers, and the answer is one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rsgrpc::Message;
use rsgrpc::descriptor::compiler::CodeGeneratorResponse;

fuzz_target!(|request: &[u8]| {
    let response = protoc_gen_rsgrpc::respond(request);
    CodeGeneratorResponse::decode(&response).expect("a response");
});
