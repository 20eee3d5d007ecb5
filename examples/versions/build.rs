//! Both versions become modules of one tree: `library::v1` and `library::v1beta1`.

fn main() -> Result<(), protoc_gen_rsgrpc::build::Error> {
    let protos = ["proto/library/v1/library.proto", "proto/library/v1beta1/library.proto"];
    protoc_gen_rsgrpc::build::compile(&protos, &["proto"])
}
