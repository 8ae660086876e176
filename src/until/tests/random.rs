//! Expressions at random: none makes the reader panic, each is read as it was printed, and the logic
//! is one.

use proptest::prelude::*;
use serde_json::Value;

use super::super::{compare, goal, lex};
use super::*;

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z]{1,6}",
        "\\PC{0,8}",
        Just("count".to_owned()),
        Just("null".to_owned()),
        "-?[0-9]{1,3}(\\.[0-9]{1,2})?",
        "[0-9]{1,2}[smh]",
        "[‘’'\"“” \\-]{0,4}",
    ]
}

fn tests() -> impl Strategy<Value = Condition> {
    let path = prop_oneof![
        proptest::collection::vec("[A-Za-z][A-Za-z0-9_]{0,4}", 1..3).prop_map(Path),
        words()
            .prop_filter("a name", |w| !w.is_empty())
            .prop_map(|w| Path(vec![w])),
    ];
    // Quoted, or as a word wherever it is one.
    let literal = words().prop_map(|w| match lex::is_plain(&w) {
        true => goal::Literal::word(&w),
        false => goal::Literal::quoted(w),
    });
    let operator = proptest::sample::select(&Operator::ALL[..]);
    (path, operator, proptest::collection::vec(literal, 1..3)).prop_map(
        |(path, operator, literals)| {
            let first = literals[0].clone();
            let (operator, operand) = match operator {
                Operator::In | Operator::NotIn => (operator, Operand::Several(literals)),
                Operator::Like | Operator::NotLike | Operator::Match | Operator::NotMatch => {
                    let make = match operator {
                        Operator::Like | Operator::NotLike => Pattern::like,
                        _ => Pattern::matching,
                    };
                    match make(&first.text) {
                        Ok(pattern) => (operator, Operand::Pattern(pattern)),
                        Err(_) => (Operator::Eq, Operand::One(first)),
                    }
                }
                Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le
                    if matches!(first.kind, Kind::Null | Kind::Truth(_))
                        || compare::is_floating(&first.text) =>
                {
                    (Operator::Eq, Operand::One(first))
                }
                operator => (operator, Operand::One(first)),
            };
            Condition::Test(Test {
                path,
                operator,
                operand,
            })
        },
    )
}

fn conditions() -> impl Strategy<Value = Condition> {
    tests().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::Or),
            inner.prop_map(|c| Condition::Not(Box::new(c))),
        ]
    })
}

fn goals() -> impl Strategy<Value = Goal> {
    let number = proptest::sample::select(&Operator::ALL[..6]);
    let leaf = prop_oneof![
        conditions().prop_map(Goal::All),
        conditions().prop_map(Goal::Any),
        conditions().prop_map(Goal::None),
        (proptest::option::of(conditions()), number, 0_u64..9)
            .prop_map(|(c, o, n)| Goal::Count(c, o, n)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Goal::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Goal::Or),
            inner.prop_map(|g| Goal::Not(Box::new(g))),
        ]
    })
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec(("[A-Ca-c]{1,2}", inner), 0..4)
                .prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

/// Conditions over the properties that [`values`] has.
fn near_conditions() -> impl Strategy<Value = Condition> {
    let path = proptest::collection::vec("[A-C]", 1..3).prop_map(Path);
    (conditions(), path).prop_map(|(mut condition, path)| {
        rename(&mut condition, &path);
        condition
    })
}

fn rename(condition: &mut Condition, to: &Path) {
    match condition {
        Condition::Test(test) => test.path = to.clone(),
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter_mut().for_each(|c| rename(c, to))
        }
        Condition::Not(inner) => rename(inner, to),
    }
}

fn objects() -> impl Strategy<Value = Vec<Value>> {
    proptest::collection::vec(values(), 0..4)
}

fn truth(goal: Goal, objects: &[Value]) -> Option<bool> {
    judge(&goal, objects).holds
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
        if let Err(e) = text.parse::<Goal>() {
            prop_assert!(e.column <= text.chars().count() + 1);
        }
    }

    #[test]
    fn no_words_make_the_reader_panic(parts in proptest::collection::vec(prop_oneof![
        words(),
        proptest::sample::select(vec!["all", "any", "none", "count", "(", ")", "-and", "-or", "-not", "!", ",", "@", "$_", "$_.", ".."]).prop_map(str::to_owned),
        proptest::sample::select(Operator::ALL.map(Operator::word).to_vec()).prop_map(str::to_owned),
    ], 0..14)) {
        if let Ok(goal) = parts.join(" ").parse::<Goal>() {
            let printed = goal.to_string();
            prop_assert_eq!(printed.parse::<Goal>(), Ok(goal));
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(goal in goals()) {
        let printed = goal.to_string();
        prop_assert_eq!(printed.parse::<Goal>().map_err(|e| e.to_string()), Ok(goal));
    }

    #[test]
    fn de_morgan(a in near_conditions(), b in near_conditions(), objects in objects()) {
        let not = |c: &Condition| Condition::Not(Box::new(c.clone()));
        let both = not(&Condition::And(vec![a.clone(), b.clone()]));
        let either = Condition::Or(vec![not(&a), not(&b)]);
        prop_assert_eq!(truth(Goal::All(both), &objects), truth(Goal::All(either), &objects));
        let (all, any) = (Goal::All(a.clone()), Goal::Any(not(&a)));
        prop_assert_eq!(truth(Goal::Not(Box::new(all)), &objects), truth(any, &objects));
        prop_assert_eq!(truth(Goal::None(a.clone()), &objects), truth(Goal::All(not(&a)), &objects));
        prop_assert_eq!(truth(Goal::Count(Some(a.clone()), Operator::Eq, 0), &objects), truth(Goal::None(a.clone()), &objects));
        let goals = [Goal::All(a), Goal::Any(b)];
        let neither = Goal::Not(Box::new(Goal::Or(goals.to_vec())));
        let negated = goals.map(|g| Goal::Not(Box::new(g))).to_vec();
        prop_assert_eq!(truth(neither, &objects), truth(Goal::And(negated), &objects));
    }

    #[test]
    fn an_operator_and_its_contrary_never_hold_both(condition in near_conditions(), object in values()) {
        if let Condition::Test(test) = condition {
            let contrary = Condition::Test(Test { operator: test.operator.contrary(), ..test.clone() });
            let objects = [object];
            let (a, b) = (truth(Goal::All(Condition::Test(test)), &objects), truth(Goal::All(contrary), &objects));
            prop_assert!(!(a == Some(true) && b == Some(true)));
            prop_assert_eq!(a.is_none(), b.is_none());
        }
    }

    #[test]
    fn what_holds_lacks_nothing(goal in goals(), objects in objects()) {
        let judged = judge(&goal, &objects);
        // A property that nobody has decides nothing for the good.
        if judged.wrong.is_some() && matches!(goal, Goal::All(_) | Goal::None(_) | Goal::Any(_)) {
            prop_assert_ne!(judged.holds, Some(true));
        }
        if objects.is_empty() && !matches!(goal, Goal::And(_) | Goal::Or(_) | Goal::Not(_) | Goal::Count(None, ..)) {
            prop_assert_eq!(judged.holds, None);
        }
        let _ = (judged.reason, judged.objects);
    }
}
