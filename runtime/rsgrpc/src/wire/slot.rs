//! Elements built where they will live.

/// Appends a default element without moving it there.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn push_default<T: Default>(items: &mut Vec<T>) -> &mut T {
    let len = items.len();
    if len == items.capacity() {
        items.reserve(1);
    }
    // SAFETY: the capacity is larger than `len`, so the slot is allocated and
    // free; it is initialised before the length counts it.
    unsafe {
        let slot = items.as_mut_ptr().add(len);
        slot.write(T::default());
        items.set_len(len + 1);
        &mut *slot
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn elements_are_in_order() {
        let mut items: Vec<String> = Vec::new();
        for i in 0..10 {
            super::push_default(&mut items).push_str(&i.to_string());
        }
        assert_eq!(items.concat(), "0123456789");
    }
}
