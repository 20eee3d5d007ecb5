//! Any bytes as a request: the plugin answers, and the answer is one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rsgrpc::Message;
use rsgrpc::descriptor::compiler::CodeGeneratorResponse;

fuzz_target!(|request: &[u8]| {
    let mut response = Vec::new();
    protoc_gen_rsgrpc::respond(request.to_owned(), &mut response).expect("a vector takes all");
    CodeGeneratorResponse::decode(&response).expect("a response");
});
