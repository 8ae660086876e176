use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_host_is_called_the_texts_only_read(name in "[A-Za-z0-9._:-]{1,40}") {
        prop_assume!(is_host(&name));
        let mut late = rows(&[(EDGE, None)]);
        late.retain(|row| row.fqdn == EDGE);
        late[0].fqdn.clone_from(&name);
        for is_edge in [true, false] {
            late[0].is_edge = is_edge;
            let store = Store::Known { master: Some(name.clone()), agents: vec![FE[0].into()] };
            let plan = plan(&Situation { rows: &late, topology: None, store: &store, only: &[] });
            for way in plan.checks.iter().flat_map(|c| &c.asks).flat_map(|a| &a.ways) {
                let judged = judge(&way.text);
                prop_assert!(judged.as_ref().is_ok_and(|j| j.risk == Risk::Read), "{}", way.text);
            }
        }
    }

    #[test]
    fn no_answer_breaks_the_reading(text in "\\PC{0,80}", n in 1usize..9) {
        let _ = time(&text);
        let plan = silent(EDGE);
        let check = &plan.checks[n % plan.checks.len()];
        let answers: Vec<Answer> = (0..check.asks.len()).map(|i| said(check, i, 0, reply(&text))).collect();
        let finding = check.read(&answers);
        prop_assert_ne!(finding.proof, Proof::Good);
    }
}
