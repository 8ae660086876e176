use super::*;
use proptest::prelude::*;
use serde_json::json;

fn pools() -> Vec<Value> {
    vec![
        json!({"Identity": "pool10.kestrel.lan", "Users": 9, "Services": ["Registrar:a", "UserServer:a"], "Changed": "2026-10-14T13:00:00Z"}),
        json!({"Identity": "pool02.kestrel.lan", "Users": 120, "Services": [], "Changed": null}),
        json!({"Identity": "Edge.kestrel.lan", "Users": 30, "Services": ["EdgeServer:e"], "Changed": "2026-10-14T09:30:00Z", "Extra": {"a": true}}),
    ]
}

fn all(objects: &[Value]) -> Vec<usize> {
    (0..objects.len()).collect()
}

#[test]
fn a_table_has_the_properties_in_their_order_and_numbers_to_the_right() {
    let pools = pools();
    assert_eq!(
        table(&pools, &all(&pools)).join("\n"),
        "\
Identity            Users  Services                     Changed               Extra
--------            -----  --------                     -------               -----
pool10.kestrel.lan      9  {Registrar:a, UserServer:a}  2026-10-14T13:00:00Z
pool02.kestrel.lan    120  {}
Edge.kestrel.lan       30  {EdgeServer:e}               2026-10-14T09:30:00Z  @{a=True}"
    );
    assert!(table(&[], &[]).is_empty());
}

#[test]
fn a_list_has_a_line_for_each_property() {
    let pools = pools();
    assert_eq!(
        list(&pools, &[1, 2]).join("\n"),
        "\
Identity : pool02.kestrel.lan
Users    : 120
Services : {}
Changed  :

Identity : Edge.kestrel.lan
Users    : 30
Services : {EdgeServer:e}
Changed  : 2026-10-14T09:30:00Z
Extra    : @{a=True}"
    );
    assert_eq!(list(&[json!(5)], &[0]), ["Value : 5"]);
}

#[test]
fn sorting_goes_by_what_the_values_are() {
    let pools = pools();
    let by = |name, down| arranged(&pools, &[], Some(name), down);
    assert_eq!(by("Users", false), [0, 2, 1]);
    assert_eq!(by("Users", true), [1, 2, 0]);
    assert_eq!(by("Identity", false), [2, 1, 0]);
    // Nothing comes last in both directions.
    assert_eq!(by("Changed", false), [2, 0, 1]);
    assert_eq!(by("Changed", true), [0, 2, 1]);
    // Offsets are one instant.
    let dates = [
        json!("2026-10-14T10:00:00+02:00"),
        json!("2026-10-14T09:00:00Z"),
    ];
    assert_eq!(arranged(&dates, &[], Some(VALUE), false), [0, 1]);
    let numbers = [json!("10"), json!("9"), json!(-1.5)];
    assert_eq!(arranged(&numbers, &[], Some(VALUE), false), [2, 1, 0]);
}

#[test]
fn words_filter_names_and_values() {
    let pools = pools();
    let with = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        arranged(&pools, &words, None, false)
    };
    assert_eq!(with(&["kestrel", "registrar"]), [0]);
    assert_eq!(with(&["extra"]), [2]);
    assert!(with(&["nothing"]).is_empty());
}

#[test]
fn the_shape_goes_by_the_properties() {
    assert_eq!(Shape::of(&pools()), Shape::Table);
    assert_eq!(Shape::of(&pools()[..1]), Shape::List);
    assert_eq!(Shape::of(&[json!(1), json!(2)]), Shape::Table);
    let wide: Value = (0..20)
        .map(|n| (format!("P{n}"), json!(n)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(Shape::of(&[wide.clone(), wide]), Shape::List);
}

#[test]
fn what_is_large_or_deep_has_an_end() {
    let mut deep = json!(1);
    for _ in 0..50 {
        deep = json!([deep]);
    }
    assert_eq!(cell(Some(&deep)), "{{{{...}}}}");
    let many: Value = (0..100_000).map(|n| json!({"Name": n})).collect();
    assert!(cell(Some(&many)).len() < 1000);
    let long = json!(["é".repeat(1 << 20)]);
    assert!(cell(Some(&long)).len() < 5000);
}

#[test]
fn a_servers_control_characters_are_pictures_in_what_people_see() {
    let nasty = [
        json!({"a\u{1b}": "x\u{1b}[2J\r\ny", "b": ["\u{202e}"]}),
        json!({"b": 1}),
    ];
    for line in table(&nasty, &[0, 1]).iter().chain(&list(&nasty, &[0, 1])) {
        assert!(
            !line.chars().any(|c| c == '\n' || crate::text::is_unsafe(c)),
            "{line:?}"
        );
    }
}

#[test]
fn csv_and_json_hold_what_was_sent() {
    let objects = [json!({"Name": "a \"quoted\", text", "N": 1.50, "Sub": ["x", "y"]})];
    assert_eq!(
        csv(&objects, &[0]).expect("writes"),
        "Name,N,Sub\r\n\"a \"\"quoted\"\", text\",1.5,\"{x, y}\"\r\n"
    );
    let text = json(&objects, &[0]);
    let back: Value = serde_json::from_str(&text).expect("reads");
    assert_eq!(back, objects[0]);
    assert!(json(&pools(), &[0, 1]).starts_with("[\n"));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|f| json!(f)),
        "(?s).{0,12}".prop_map(Value::from),
        "[-+0-9.:TZ]{0,24}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("\\PC{0,4}", inner), 0..3)
                .prop_map(|pairs| pairs.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn any_objects_can_be_sorted_and_shown(objects in prop::collection::vec(value(), 0..8), down: bool) {
        let places = all(&objects);
        let _ = Shape::of(&objects);
        for name in columns(&objects) {
            let sorted = arranged(&objects, &[], Some(name), down);
            prop_assert_eq!(sorted.len(), objects.len());
            for pair in sorted.windows(2) {
                let of = |n: usize| property(&objects[n], name);
                prop_assert!(compare(of(pair[0]), of(pair[1]), down).is_le());
            }
        }
        for line in table(&objects, &places).iter().chain(&list(&objects, &places)) {
            prop_assert!(!line.chars().any(|c| c == '\n' || crate::text::is_unsafe(c)), "{line:?}");
        }
        let text = csv(&objects, &places);
        prop_assert!(text.is_ok() || columns(&objects).is_empty());
    }
}
