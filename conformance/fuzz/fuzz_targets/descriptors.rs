//! Any bytes as a descriptor set: they make no pool, or one whose messages can be read and written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rsgrpc::reflect::{DescriptorPool, DynamicMessage};

fuzz_target!(|input: &[u8]| {
    let pool = match DescriptorPool::decode(input) {
        Ok(pool) => pool,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    for file in pool.files() {
        assert_eq!(pool.file(file.path()).expect("it is listed").path(), file.path());
        assert!(file.messages().all(|message| message.proto().is_some()));
    }
    for message in pool.messages() {
        assert_eq!(pool.message(message.full_name()), Some(message.clone()));
        let empty = DynamicMessage::new(message.clone());
        assert!(empty.encode().is_empty());
        for field in message.fields().chain(message.extensions()) {
            assert_eq!(message.field_named(field.name()).or_else(|| message.field(field.number())), Some(field.clone()));
            assert!(empty.get(&field).is_some() && !empty.has(&field));
        }
        // The set is as good as any other bytes.
        if let Ok(filled) = DynamicMessage::decode(message.clone(), &input.to_vec().into()) {
            let bytes = filled.encode();
            assert_eq!(bytes.len(), filled.encoded_len());
            let again = DynamicMessage::decode(message, &bytes.clone().into()).expect("it was encoded so");
            assert_eq!(again.encode(), bytes);
        }
    }
});
