//! Values built where they will live.

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

/// What is there, or a default that is put there.
///
/// As `get_or_insert_default`, without the code to drop what is not there.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn or_default<T: Default>(slot: &mut Option<T>) -> &mut T {
    if slot.is_none() {
        std::mem::forget(slot.replace(T::default()));
    }
    // SAFETY: it was filled just now, if it was not before.
    unsafe { slot.as_mut().unwrap_unchecked() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_there_stays() {
        let mut slot = None::<String>;
        super::or_default(&mut slot).push('a');
        super::or_default(&mut slot).push('b');
        assert_eq!(slot.as_deref(), Some("ab"));
    }

    #[test]
    fn elements_are_in_order() {
        let mut items: Vec<String> = Vec::new();
        for i in 0..10 {
            super::push_default(&mut items).push_str(&i.to_string());
        }
        assert_eq!(items.concat(), "0123456789");
    }
}
