//! From proto/weather.proto to `$OUT_DIR/mod.rs`.

fn main() -> Result<(), protoc_gen_rsgrpc::build::Error> {
    protoc_gen_rsgrpc::build::compile(&["proto/weather.proto"], &["proto"])
}
