//! The protoc plugin of rsgrpc.
