//! Syntax and editions: what a file's first line and `features` options mean for its elements.
//!
//! Editions are the model (protobuf.dev/editions/features): proto2 and proto3 are presets of the same
//! features. No other file names a syntax or an edition.

use crate::descriptor::feature_set::{EnumType, FieldPresence, MessageEncoding, RepeatedFieldEncoding};
use crate::descriptor::{Edition, FeatureSet, FileDescriptorProto};

/// The oldest and the newest edition that the plugin generates code for, as a response states them. proto2
/// and proto3 count as the editions before 2023.
pub const SUPPORTED: (Edition, Edition) = (Edition::PROTO2, Edition::EDITION_2026);

/// The features that hold at an element, all of them decided.
///
/// Of protobuf's features these change what code is generated. `utf8_validation` does not: Rust's strings have
/// to be UTF-8 whatever the file says. `json_format` and those of source retention are protoc's own business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Features {
    /// How singular fields know "unset".
    pub(super) field_presence: FieldPresence,
    /// Whether enums take numbers without a name.
    pub(super) enum_type: EnumType,
    /// Whether lists of scalars and enums are packed.
    pub(super) repeated_field_encoding: RepeatedFieldEncoding,
    /// Whether messages are delimited (groups) or have their length before them.
    pub(super) message_encoding: MessageEncoding,
}

/// What a file without `features` gets if it says `proto2`, or nothing.
const PROTO2: Features = Features {
    field_presence: FieldPresence::EXPLICIT,
    enum_type: EnumType::CLOSED,
    repeated_field_encoding: RepeatedFieldEncoding::EXPANDED,
    message_encoding: MessageEncoding::LENGTH_PREFIXED,
};

const PROTO3: Features = Features {
    field_presence: FieldPresence::IMPLICIT,
    enum_type: EnumType::OPEN,
    repeated_field_encoding: RepeatedFieldEncoding::PACKED,
    message_encoding: MessageEncoding::LENGTH_PREFIXED,
};

/// The later editions have changed none of these.
const EDITION_2023: Features = Features { field_presence: FieldPresence::EXPLICIT, ..PROTO3 };

impl Features {
    /// The features of a file, which its elements inherit.
    ///
    /// # Errors
    /// A text for the user if the file's syntax or edition is none that the plugin knows.
    pub(super) fn of_file(file: &FileDescriptorProto) -> Result<Self, String> {
        let preset = match file.syntax() {
            "" | "proto2" => PROTO2,
            "proto3" => PROTO3,
            "editions" => match file.edition {
                Some(Edition::EDITION_2023 | Edition::EDITION_2024 | Edition::EDITION_2026) => EDITION_2023,
                _ => return Err("is of an edition that is not known; 2023, 2024 and 2026 are".to_owned()),
            },
            _ => return Err("has a syntax that is not known; proto2, proto3 and editions are".to_owned()),
        };
        Ok(preset.with(file.options().features.as_ref()))
    }

    /// The features of an element whose options say `own`, within one that has `self`.
    pub(super) fn with(mut self, own: Option<&FeatureSet>) -> Self {
        let Some(own) = own else { return self };
        if let Some(
            known @ (FieldPresence::EXPLICIT | FieldPresence::IMPLICIT | FieldPresence::LEGACY_REQUIRED),
        ) = own.field_presence
        {
            self.field_presence = known;
        }
        if let Some(known @ (EnumType::OPEN | EnumType::CLOSED)) = own.enum_type {
            self.enum_type = known;
        }
        if let Some(known @ (RepeatedFieldEncoding::PACKED | RepeatedFieldEncoding::EXPANDED)) =
            own.repeated_field_encoding
        {
            self.repeated_field_encoding = known;
        }
        if let Some(known @ (MessageEncoding::LENGTH_PREFIXED | MessageEncoding::DELIMITED)) =
            own.message_encoding
        {
            self.message_encoding = known;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Message;
    use crate::descriptor::{FeatureSetDefaults, FileOptions};

    fn file(syntax: &str, edition: Option<Edition>) -> FileDescriptorProto {
        FileDescriptorProto { syntax: Some(syntax.to_owned()), edition, ..Default::default() }
    }

    #[test]
    fn presets() {
        assert_eq!(Features::of_file(&FileDescriptorProto::default()), Ok(PROTO2));
        assert_eq!(Features::of_file(&file("proto2", None)), Ok(PROTO2));
        assert_eq!(Features::of_file(&file("proto3", None)), Ok(PROTO3));
        for edition in [Edition::EDITION_2023, Edition::EDITION_2024, Edition::EDITION_2026] {
            let features = Features::of_file(&file("editions", Some(edition))).unwrap();
            assert_eq!(features.field_presence, FieldPresence::EXPLICIT);
            assert_eq!(features.enum_type, EnumType::OPEN);
            assert_eq!(features.repeated_field_encoding, RepeatedFieldEncoding::PACKED);
        }
    }

    /// What protoc says of each edition.
    #[test]
    fn presets_are_protocs_defaults() {
        let out = std::env::temp_dir().join(format!("rsgrpc-edition-defaults-{}", std::process::id()));
        let (oldest, newest) = SUPPORTED;
        let name = |edition: Edition| format!("{edition:?}").replace("EDITION_", "");
        let status = std::process::Command::new(protoc_bin_vendored::protoc_bin_path().unwrap())
            .arg(format!("--edition_defaults_out={}", out.display()))
            .arg(format!("--edition_defaults_minimum={}", name(oldest)))
            .arg(format!("--edition_defaults_maximum={}", name(newest)))
            .arg("google/protobuf/descriptor.proto")
            .status();
        assert!(status.unwrap().success());
        let defaults = FeatureSetDefaults::decode(&std::fs::read(&out).unwrap()).unwrap();
        std::fs::remove_file(out).unwrap();
        let mut compared = 0;
        for default in &defaults.defaults {
            let (syntax, edition) = match default.edition() {
                Edition::LEGACY | Edition::PROTO2 => ("proto2", None),
                Edition::PROTO3 => ("proto3", None),
                edition => ("editions", Some(edition)),
            };
            let preset = Features::of_file(&file(syntax, edition)).unwrap();
            let said =
                preset.with(default.fixed_features.as_ref()).with(default.overridable_features.as_ref());
            assert_eq!(preset, said, "{:?}", default.edition());
            compared += 1;
        }
        assert_eq!(compared, 5);
        assert_eq!(defaults.maximum_edition(), newest);
    }

    #[test]
    fn unknown_ones_are_refused() {
        assert!(Features::of_file(&file("proto4", None)).is_err());
        assert!(Features::of_file(&file("editions", None)).is_err());
        assert!(Features::of_file(&file("editions", Some(Edition::UNSTABLE))).is_err());
        assert!(Features::of_file(&file("editions", Some(Edition::MAX))).is_err());
    }

    #[test]
    fn elements_inherit_and_override() {
        let own = FeatureSet {
            field_presence: Some(FieldPresence::IMPLICIT),
            message_encoding: Some(MessageEncoding::DELIMITED),
            enum_type: Some(EnumType::from(0)),
            ..Default::default()
        };
        let options = FileOptions { features: Some(own), ..Default::default() };
        let mut file = file("editions", Some(Edition::EDITION_2023));
        file.options = Some(options);
        let features = Features::of_file(&file).unwrap();
        assert_eq!(features.field_presence, FieldPresence::IMPLICIT);
        assert_eq!(features.message_encoding, MessageEncoding::DELIMITED);
        assert_eq!(features.enum_type, EnumType::OPEN);
        let field = FeatureSet { field_presence: Some(FieldPresence::EXPLICIT), ..Default::default() };
        let features = features.with(Some(&field));
        assert_eq!(features.field_presence, FieldPresence::EXPLICIT);
        assert_eq!(features.message_encoding, MessageEncoding::DELIMITED);
        assert_eq!(features.with(None), features);
    }
}
