//! Where an answer is null because something in it has failed.

use std::collections::HashMap;

use async_graphql::{Name, PathSegment, Value, indexmap::IndexMap};

/// The types of fields, by their names from the root.
pub(super) type Types = HashMap<String, String>;

/// Makes null what has failed at these paths, or what it is in where its type has no null.
pub(super) fn give<'a>(data: &mut Value, failed: impl Iterator<Item = &'a [PathSegment]> + Clone, types: &Types) {
    failed.clone().for_each(|path| place(data, path));
    for path in failed {
        if let Value::Object(fields) = data
            && fail(fields, "", path, types)
        {
            *data = Value::Null;
        }
    }
}

/// Puts a null where something has failed at `path` in a value. The library makes an object null in which all have failed.
fn place(value: &mut Value, path: &[PathSegment]) {
    match (path.split_first(), value) {
        (Some((PathSegment::Field(name), below)), value @ (Value::Object(_) | Value::Null)) => {
            if *value == Value::Null {
                *value = Value::Object(IndexMap::new());
            }
            if let Value::Object(fields) = value {
                place(fields.entry(Name::new(name)).or_insert(Value::Null), below);
            }
        }
        (Some((PathSegment::Index(index), below)), Value::List(items)) => {
            if let Some(item) = items.get_mut(*index) {
                place(item, below);
            }
        }
        _ => {}
    }
}

/// Makes null what has failed at `path` in these fields of the object at `names`. True if that is the object itself.
fn fail(fields: &mut IndexMap<Name, Value>, names: &str, path: &[PathSegment], types: &Types) -> bool {
    let Some((PathSegment::Field(name), below)) = path.split_first() else { return false };
    let names = if names.is_empty() { name.clone() } else { format!("{names}.{name}") };
    // What fails has a type, and so has what it is in.
    let Some(kind) = types.get(&names) else { return false };
    let fails = if below.is_empty() {
        true
    } else {
        fields.get_mut(name.as_str()).is_some_and(|value| fail_inside(value, kind, &names, below, types))
    };
    if fails {
        fields.insert(Name::new(name), Value::Null);
    }
    fails && !is_nullable(kind)
}

/// The same in a value of this type. True if it is the value itself.
fn fail_inside(value: &mut Value, kind: &str, names: &str, path: &[PathSegment], types: &Types) -> bool {
    match (value, path.split_first()) {
        (Value::List(items), Some((PathSegment::Index(index), below))) => {
            let of_items = items_type(kind);
            let Some(item) = items.get_mut(*index) else { return false };
            let fails = below.is_empty() || fail_inside(item, of_items, names, below, types);
            if fails {
                *item = Value::Null;
            }
            fails && !is_nullable(of_items)
        }
        (Value::Object(fields), Some((PathSegment::Field(_), _))) => fail(fields, names, path, types),
        _ => false,
    }
}

fn is_nullable(kind: &str) -> bool {
    !kind.ends_with('!')
}

/// The type of the items of a list's type.
fn items_type(list: &str) -> &str {
    let list = list.strip_suffix('!').unwrap_or(list);
    list.strip_prefix('[').and_then(|items| items.strip_suffix(']')).unwrap_or(list)
}
