//! Figures about the catalogue: by body, type, level, state and change (R36, R193), and what was reduced (R19).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, params};
use mingjing_codes::PowerType;
use mingjing_web::{Cell, Sheet};

use crate::change::ChangeKind;
use crate::item::Item;
use crate::version::{ItemVersion, LimitUnit};

/// The level of a body by the digits of its code (DOMAIN 6.1).
pub fn level(item_code: &str) -> &'static str {
    let digits = item_code.get(..8).unwrap_or_default();
    match (
        digits.ends_with("000000"),
        digits.ends_with("0000"),
        digits.ends_with("00"),
    ) {
        (true, ..) => "省级",
        (_, true, _) => "市级",
        (_, _, true) => "县级",
        _ => "乡镇（街道）",
    }
}

/// Counts of active items, save where a state is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub date: Option<Date>,
    /// Body id and name with the counts of its types.
    pub bodies: Vec<(String, String, BTreeMap<PowerType, i64>)>,
    pub levels: BTreeMap<&'static str, i64>,
    pub states: Vec<(&'static str, i64)>,
    /// Month and kind of confirmed changes in force, with how many changes and items.
    pub changes: Vec<(String, ChangeKind, i64, i64)>,
}

impl Figures {
    /// # Errors
    /// [`Fault`] from the database.
    pub fn read(reader: &mut Reader<'_>, today: Date) -> Result<Figures, Fault> {
        let mut figures = Figures {
            date: Some(today),
            ..Figures::default()
        };
        let rows = reader.query(
            "SELECT body, MAX(body_name), power_type, COUNT(*) FROM {item_list} WHERE status = 'active'
             GROUP BY body, power_type ORDER BY body, power_type",
            &[],
        )?;
        for row in &rows {
            let Some(kind) = PowerType::from_code(row.text(2)) else {
                continue;
            };
            *figures.levels.entry(level(row.text(0))).or_default() += row.int(3);
            match figures.bodies.last_mut().filter(|(body, ..)| body == row.text(0)) {
                Some((.., counts)) => _ = counts.insert(kind, row.int(3)),
                None => figures.bodies.push((
                    row.text(0).to_owned(),
                    row.text(1).to_owned(),
                    BTreeMap::from([(kind, row.int(3))]),
                )),
            }
        }
        for (key, name) in [("active", "在用"), ("suspended", "暂停"), ("cancelled", "已取消")] {
            let sql = "SELECT COUNT(*) FROM {item_list} WHERE status = $1";
            let count = reader.query_one(sql, &params![key])?.map_or(0, |row| row.int(0));
            figures.states.push((name, count));
        }
        figures.changes = changes(reader, today)?;
        Ok(figures)
    }

    /// Types that some body has, in the order of their codes.
    pub fn types(&self) -> Vec<PowerType> {
        let all: BTreeSet<PowerType> = self
            .bodies
            .iter()
            .flat_map(|(.., counts)| counts.keys().copied())
            .collect();
        all.into_iter().collect()
    }

    pub fn of_type(&self, kind: PowerType) -> i64 {
        self.bodies.iter().filter_map(|(.., counts)| counts.get(&kind)).sum()
    }

    pub fn total(&self) -> i64 {
        self.bodies.iter().flat_map(|(.., counts)| counts.values()).sum()
    }

    pub fn sheets(&self) -> Vec<Sheet> {
        let types = self.types();
        let mut columns = vec!["部门代码".to_owned(), "部门".to_owned()];
        columns.extend(types.iter().map(|kind| kind.name().to_owned()));
        columns.push("合计".to_owned());
        let line = |body: &str, name: &str, of: &dyn Fn(PowerType) -> i64| {
            let counts: Vec<i64> = types.iter().map(|kind| of(*kind)).collect();
            let mut cells = vec![Cell::from(body), Cell::from(name)];
            let total = counts.iter().sum::<i64>();
            cells.extend(counts.into_iter().map(Cell::Number));
            cells.push(Cell::Number(total));
            cells
        };
        let mut rows: Vec<Vec<Cell>> = self
            .bodies
            .iter()
            .map(|(body, name, counts)| line(body, name, &|kind| counts.get(&kind).copied().unwrap_or(0)))
            .collect();
        rows.push(line("", "合计", &|kind| self.of_type(kind)));
        let two = |name: &str, heads: [&str; 2], rows: Vec<(String, i64)>| Sheet {
            name: name.to_owned(),
            columns: heads.map(str::to_owned).to_vec(),
            rows: rows
                .into_iter()
                .map(|(text, count)| vec![Cell::from(text), Cell::Number(count)])
                .collect(),
        };
        let named = |(name, count): &(&'static str, i64)| ((*name).to_owned(), *count);
        let levels = self
            .levels
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect();
        let changes = self.changes.iter().map(|(month, kind, changes, items)| {
            vec![
                Cell::from(month.as_str()),
                Cell::from(kind.name()),
                Cell::Number(*changes),
                Cell::Number(*items),
            ]
        });
        vec![
            Sheet {
                name: "按部门和类型".to_owned(),
                columns,
                rows,
            },
            two("按层级", ["层级", "在用事项"], levels),
            two("按状态", ["状态", "事项"], self.states.iter().map(named).collect()),
            Sheet {
                name: "调整".to_owned(),
                columns: ["生效月份", "种类", "次数", "事项"].map(str::to_owned).to_vec(),
                rows: changes.collect(),
            },
        ]
    }
}

fn changes(reader: &mut Reader<'_>, today: Date) -> Result<Vec<(String, ChangeKind, i64, i64)>, Fault> {
    let sql = "SELECT c.effective_on, c.kind, c.change_no, COUNT(i.item_code) FROM {item_change_list} c
        LEFT JOIN {item_change_item} i ON i.change_no = c.change_no
        WHERE c.state = 'confirmed' AND c.effective_on <= $1 GROUP BY c.effective_on, c.kind, c.change_no";
    let mut counted: BTreeMap<(String, ChangeKind), (i64, i64)> = BTreeMap::new();
    for row in reader.query(sql, &params![today])? {
        let month = row.text(0).get(..7).unwrap_or_default().to_owned();
        if let Ok(kind) = row.text(1).parse::<ChangeKind>() {
            let place = counted.entry((month, kind)).or_default();
            place.0 += 1;
            place.1 += row.int(3);
        }
    }
    let all = counted.into_iter().rev();
    Ok(all
        .map(|((month, kind), (changes, items))| (month, kind, changes, items))
        .collect())
}

/// What an item asked for in its first version and asks for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reduced {
    pub item_code: String,
    pub name: String,
    pub versions: usize,
    /// Before and now: steps, materials, promised days, visits. Days only where both limits count in the same unit.
    pub steps: (i64, i64),
    pub materials: (i64, i64),
    pub days: Option<(i64, i64)>,
    pub unit: &'static str,
    pub visits: Option<(i64, i64)>,
}

impl Reduced {
    fn of(item: &Item, today: Date) -> Option<Reduced> {
        let (first, now) = (item.versions().next()?, item.current(today)?);
        if first.version == now.version {
            return None;
        }
        let size = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let same_unit = |version: &ItemVersion| version.promised_limit.as_ref().map(|limit| limit.unit);
        let amount = |version: &ItemVersion| version.promised_limit.as_ref().map(|limit| i64::from(limit.amount));
        let days = (same_unit(first) == same_unit(now))
            .then(|| amount(first).zip(amount(now)))
            .flatten();
        Some(Reduced {
            item_code: now.item_code.clone(),
            name: now.name.clone(),
            versions: item.versions().len(),
            steps: (size(first.flow_steps.len()), size(now.flow_steps.len())),
            materials: (size(first.materials.len()), size(now.materials.len())),
            days,
            unit: now.promised_limit.as_ref().map_or("", |limit| unit(limit.unit)),
            visits: first.visits.zip(now.visits),
        })
    }

    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut tell = |what: &str, pair: Option<(i64, i64)>, unit: &str| {
            if let Some((before, now)) = pair.filter(|(before, now)| before != now) {
                let way = if now < before { "减少" } else { "增加" };
                words.push(format!(
                    "{what}{before}{unit}→{now}{unit}，{way}{}",
                    (before - now).abs()
                ));
            }
        };
        tell("环节", Some(self.steps), "个");
        tell("材料", Some(self.materials), "份");
        tell("承诺期限", self.days, self.unit);
        tell("到现场", self.visits, "次");
        words
    }
}

fn unit(unit: LimitUnit) -> &'static str {
    unit.measure()
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reductions {
    pub items: Vec<Reduced>,
}

/// Every item that has another version today than its first.
///
/// # Errors
/// [`Fault`] from the database.
pub fn reductions(reader: &mut Reader<'_>, today: Date) -> Result<Reductions, Fault> {
    let sql = "SELECT item_code FROM {item_list} WHERE status = 'active' AND version > 1 ORDER BY item_code";
    let mut items = Vec::new();
    for row in reader.query(sql, &[])? {
        let item = reader.load::<Item>(row.text(0))?;
        items.extend(Reduced::of(&item, today));
    }
    Ok(Reductions { items })
}

impl Reductions {
    /// Steps, materials, working days and visits together: before and now. Days of other units are not added to these.
    pub fn sums(&self) -> [(&'static str, i64, i64); 4] {
        let sum = |of: &dyn Fn(&Reduced) -> Option<(i64, i64)>| {
            let pairs = self.items.iter().filter_map(of);
            pairs.fold((0, 0), |(before, now), pair| (before + pair.0, now + pair.1))
        };
        let working = LimitUnit::WorkingDay.measure();
        let named = |name, (before, now): (i64, i64)| (name, before, now);
        [
            named("环节（个）", sum(&|one| Some(one.steps))),
            named("材料（份）", sum(&|one| Some(one.materials))),
            named(
                "承诺期限（工作日）",
                sum(&|one| one.days.filter(|_| one.unit == working)),
            ),
            named("到现场（次）", sum(&|one| one.visits)),
        ]
    }

    pub fn sheet(&self) -> Sheet {
        let number = |pair: Option<(i64, i64)>, take: fn((i64, i64)) -> i64| {
            pair.map_or(Cell::Empty, |pair| Cell::Number(take(pair)))
        };
        let rows = self.items.iter().map(|one| {
            let mut cells = vec![
                Cell::from(one.item_code.as_str()),
                Cell::from(one.name.as_str()),
                Cell::Number(i64::try_from(one.versions).unwrap_or(0)),
            ];
            for pair in [Some(one.steps), Some(one.materials), one.days, one.visits] {
                cells.push(number(pair, |pair| pair.0));
                cells.push(number(pair, |pair| pair.1));
            }
            cells.push(Cell::from(one.unit));
            cells
        });
        let columns = [
            "事项编码",
            "事项名称",
            "版本数",
            "原环节",
            "现环节",
            "原材料",
            "现材料",
            "原承诺期限",
            "现承诺期限",
            "原到现场次数",
            "现到现场次数",
            "期限单位",
        ];
        Sheet {
            name: "减环节减材料减时限".to_owned(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: rows.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_by_the_digits() {
        let check = |code: &str, expect: &str| assert_eq!(level(code), expect, "{code}");
        check("33000000MZ-XK-0001", "省级");
        check("33030000MZ-XK-0001", "市级");
        check("33030300SJ-XK-0001", "县级");
        check("33030301SJ-XK-0001", "乡镇（街道）");
    }
}
