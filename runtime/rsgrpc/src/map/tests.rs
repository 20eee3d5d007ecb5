use std::collections::HashMap;

use super::*;

/// The same random steps on a `Map` and on a `HashMap`.
#[test]
fn behaves_like_a_hash_map() {
    let mut seed = 1_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for keys in [4, 20, 100] {
        let (mut map, mut model) = (Map::new(), HashMap::new());
        for step in 0..if cfg!(miri) { 200 } else { 4000 } {
            let key = next(keys).to_string();
            match next(6) {
                0 | 1 => assert_eq!(map.insert(key.clone(), step), model.insert(key, step)),
                2 => assert_eq!(map.remove(&key), model.remove(&key)),
                3 => {
                    *map.entry(key.clone()).or_default() += 1;
                    *model.entry(key).or_default() += 1;
                }
                4 => {
                    let read: Result<(), ()> = map.insert_with(|slot, value| {
                        slot.clone_from(&key);
                        *value = step;
                        Ok(())
                    });
                    assert_eq!(read, Ok(()));
                    model.insert(key, step);
                }
                _ => assert_eq!(map.get(&key), model.get(&key)),
            }
            assert_eq!(map.len(), model.len());
        }
        map.retain(|_, value| *value % 2 == 0);
        model.retain(|_, value| *value % 2 == 0);
        assert_eq!(map.iter().collect::<HashMap<_, _>>(), model.iter().collect());
        assert!(model.iter().all(|(key, value)| map.get(key) == Some(value)));
    }
}

#[test]
fn order_is_that_of_insertion_and_does_not_matter_for_equality() {
    let forward: Map<u32, u32> = (0..40).map(|i| (i, i)).collect();
    let backward: Map<u32, u32> = (0..40).rev().map(|i| (i, i)).collect();
    assert_eq!(forward, backward);
    assert!(forward.keys().copied().eq(0..40));
    assert!(backward.sorted().into_iter().map(|entry| *entry.0).eq(0..40));
    assert_ne!(forward, (0..39).map(|i| (i, i)).collect());
}

#[test]
fn a_failed_read_leaves_no_entry() {
    let mut map: Map<u8, u8> = Map::new();
    assert_eq!(
        map.insert_with(|key, _| {
            *key = 1;
            Err("no")
        }),
        Err("no")
    );
    assert!(map.is_empty());
}
