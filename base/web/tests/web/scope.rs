//! The two readings of a scope, as predicate and as SQL, select the same records.

use std::collections::BTreeSet;

use mingjing_web::{Scope, Subject};
use proptest::prelude::*;
use rusqlite::Connection;

#[derive(Debug, Clone)]
struct Record {
    body: String,
    area: String,
    party_account: String,
    published: bool,
}

fn area() -> impl Strategy<Value = String> {
    prop_oneof![
        "5[01][01][0-2]0[0-1]",
        "510000|510100|510104|110000",
        "5101040010[01][0-2]",
        "[0-9]{1,4}|"
    ]
}

fn record() -> impl Strategy<Value = Record> {
    ("b[1-3]", area(), "a[1-3]|", any::<bool>()).prop_map(|(body, area, party_account, published)| Record {
        body,
        area,
        party_account,
        published,
    })
}

fn set(of: impl Strategy<Value = String>) -> impl Strategy<Value = BTreeSet<String>> {
    proptest::collection::btree_set(of, 0..3)
}

fn scope() -> impl Strategy<Value = Scope> {
    let leaf = prop_oneof![
        "a[1-3]|".prop_map(|account| Scope::OwnCases { account }),
        set("b[1-3]".boxed()).prop_map(|bodies| Scope::OwnBody { bodies }),
        set(area().boxed()).prop_map(|areas| Scope::OwnArea { areas }),
        Just(Scope::All),
        Just(Scope::Published),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        proptest::collection::vec(inner, 0..3).prop_map(Scope::Either)
    })
}

fn by_sql(scope: &Scope, records: &[Record]) -> Vec<usize> {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch("CREATE TABLE t (id INTEGER, body TEXT, area TEXT, party_account TEXT, published INTEGER)")
        .unwrap();
    for (id, r) in records.iter().enumerate() {
        let row = (id as i64, &r.body, &r.area, &r.party_account, r.published);
        db.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", row).unwrap();
    }
    let condition = scope.sql(1);
    let mut query = db
        .prepare(&format!(
            "SELECT id FROM t WHERE 1 = 1 AND ({}) ORDER BY id",
            condition.text
        ))
        .unwrap();
    let rows = query
        .query_map(rusqlite::params_from_iter(&condition.parameters), |row| {
            row.get::<_, i64>(0)
        })
        .unwrap();
    rows.map(|id| usize::try_from(id.unwrap()).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn predicate_and_sql_agree(scope in scope(), records in proptest::collection::vec(record(), 0..25)) {
        let by_predicate: Vec<usize> = records
            .iter()
            .enumerate()
            .filter(|(_, r)| scope.covers(&Subject { body: &r.body, area: &r.area, party_account: &r.party_account, published: r.published }))
            .map(|(id, _)| id)
            .collect();
        prop_assert_eq!(by_predicate, by_sql(&scope, &records));
    }
}
