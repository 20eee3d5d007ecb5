//! What the suite's messages hold as `Any` values and as extensions.

use rsgrpc::Registry;

use crate::generated::protobuf_test_messages::{editions, proto2, proto3};

pub(crate) fn registry() -> Registry {
    use editions::proto2::test_all_types_proto2 as edition_types;
    use proto2::test_all_types_proto2 as types;

    Registry::new()
        .message::<proto2::TestAllTypesProto2>()
        .message::<proto3::TestAllTypesProto3>()
        .message::<editions::proto2::TestAllTypesProto2>()
        .message::<editions::proto3::TestAllTypesProto3>()
        .message::<editions::TestAllTypesEdition2023>()
        .extension(&proto2::EXTENSION_INT32)
        .extension(&proto2::GROUPFIELD)
        .extension(&types::message_set_correct_extension1::MESSAGE_SET_EXTENSION)
        .extension(&types::message_set_correct_extension2::MESSAGE_SET_EXTENSION)
        .extension(&types::extension_with_oneof::EXTENSION_WITH_ONEOF)
        .extension(&editions::proto2::EXTENSION_INT32)
        .extension(&editions::proto2::GROUPFIELD)
        .extension(&edition_types::message_set_correct_extension1::MESSAGE_SET_EXTENSION)
        .extension(&edition_types::message_set_correct_extension2::MESSAGE_SET_EXTENSION)
        .extension(&edition_types::extension_with_oneof::EXTENSION_WITH_ONEOF)
        .extension(&editions::EXTENSION_INT32)
        .extension(&editions::GROUPLIKETYPE)
        .extension(&editions::DELIMITED_EXT)
}
