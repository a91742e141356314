//! A made-up county in the proportions of a real one (R193: 43 bodies; 358 permits, 79 coercions, 54 levies, 2 399 penalties,
//! 321 others), any number of times as large. The same seed makes the same county. Nothing in it is real.

use mingjing_chronicle::Chance;
use mingjing_people::decide::register_body::RegisterBody;
use mingjing_people::public::BodyNature;
use serde_json::{Value as Json, json};

pub const BODIES: usize = 43;

/// Type code and number of items in the county.
pub const PROPORTIONS: [(&str, usize); 5] = [("XK", 358), ("QZ", 79), ("ZS", 54), ("CF", 2399), ("QT", 321)];

const ITEMS: usize = 3_211;

/// `UA` … `VQ`: no syllable of pinyin begins with U or V, so no body of the demo city has such a code.
fn body(number: usize) -> String {
    let letter = |number: usize| char::from(b'A' + u8::try_from(number % 26).unwrap_or(0));
    let first = letter(20 + number / 26);
    format!("33030300{first}{}", letter(number))
}

pub fn bodies() -> Vec<RegisterBody> {
    let named = |number: usize| RegisterBody {
        body: body(number),
        name: format!("演示县第{}局", number + 1),
        short_name: format!("演{}", number + 1),
        nature: BodyNature::StatutoryOrgan,
        division: "330303".to_owned(),
        uscc: None,
        reconsideration_organ: "演示县人民政府".to_owned(),
        court: "演示县人民法院".to_owned(),
        seal_word: format!("演示县第{}局行政审批专用章", number + 1),
    };
    (0..BODIES).map(named).collect()
}

const THINGS: [&str; 24] = [
    "食品",
    "药品",
    "消防",
    "道路",
    "河道",
    "林木",
    "渔船",
    "苗木",
    "燃气",
    "电梯",
    "广告",
    "房屋",
    "危险化学品",
    "医疗器械",
    "排污",
    "建筑垃圾",
    "户外招牌",
    "农药",
    "兽药",
    "种子",
    "职业病防治",
    "网络文化",
    "印刷",
    "特种设备",
];
const ACTS: [&str; 16] = [
    "生产",
    "经营",
    "运输",
    "储存",
    "使用",
    "安装",
    "拆除",
    "检测",
    "销售",
    "进出口",
    "养殖",
    "采伐",
    "挖掘",
    "设置",
    "维修",
    "回收",
];
const WAYS: [&str; 12] = [
    "未经批准",
    "超出范围",
    "不按规定",
    "弄虚作假",
    "逾期未办",
    "拒绝检查",
    "未建立记录",
    "未设标志",
    "以次充好",
    "擅自变更",
    "未经验收",
    "超过限额",
];

/// Rows for an import: `times` counties, `part` of `parts` of them, so that no file is larger than an import takes.
pub fn rows(seed: u64, times: usize, part: usize, parts: usize) -> Vec<Json> {
    let chance = Chance::seeded(seed);
    let pick = move |most: usize| {
        let [low, high] = chance.bytes::<2>();
        usize::from(u16::from_le_bytes([low, high])) % most
    };
    let mut serials = std::collections::BTreeMap::<(usize, &str), usize>::new();
    let mut rows = Vec::new();
    let mut number = 0;
    for (kind, count) in PROPORTIONS {
        for _ in 0..count * times {
            let of = number % BODIES;
            let serial = serials.entry((of, kind)).or_default();
            *serial += 1;
            number += 1;
            let words = (
                THINGS[pick(THINGS.len())],
                ACTS[pick(ACTS.len())],
                WAYS[pick(WAYS.len())],
            );
            if number * parts / (ITEMS * times + 1) == part {
                rows.push(row(kind, &body(of), *serial, words));
            }
        }
    }
    rows
}

fn row(kind: &str, body: &str, serial: usize, (thing, act, way): (&str, &str, &str)) -> Json {
    let name = match kind {
        "XK" => format!("{thing}{act}许可（{serial}）"),
        "CF" => format!("对{way}{act}{thing}的处罚（{serial}）"),
        "QZ" => format!("查封{way}{act}{thing}的场所（{serial}）"),
        "ZS" => format!("{thing}{act}费征收（{serial}）"),
        _ => format!("{thing}{act}备案（{serial}）"),
    };
    let mut row = json!({
        "item_code": format!("{body}-{kind}-{serial:04}"), "name": name,
        "legal_bases": [{"law": "行政许可法", "article": 12, "rank": "law"}],
        "handling_office": "业务科", "place": "演示路1号", "phone": "0577-00000000", "supervision_phone": "0577-00000001",
        "flow_steps": ["受理", "审查", "决定"], "valid_from": "2026-01-01", "certainty": "B", "demo_fields": ["name"],
    });
    let more = match kind {
        "XK" => json!({
            "conditions": ["符合条件"], "materials": ["申请书", "证明材料"],
            "statutory_limit": {"amount": 20, "unit": "working_day", "start": "acceptance"},
            "promised_limit": {"amount": 10, "unit": "working_day", "start": "acceptance"},
            "fee": {"charged": false}, "audiences": ["organisation"], "themes": [thing],
        }),
        "CF" => {
            json!({"penalty_kinds": ["罚款"], "discretion_benchmark": "按法定种类和幅度裁量", "result_public": true})
        }
        _ => json!({}),
    };
    if let (Some(row), Json::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_county_has_its_proportions_and_is_the_same_again() {
        let all = rows(7, 1, 0, 1);
        assert_eq!(all.len(), ITEMS);
        let parts: Vec<Json> = (0..4).flat_map(|part| rows(7, 1, part, 4)).collect();
        assert_eq!(parts, all);
        let codes: std::collections::BTreeSet<&str> = all.iter().filter_map(|row| row["item_code"].as_str()).collect();
        assert_eq!(codes.len(), ITEMS);
        assert_eq!(bodies().len(), BODIES);
    }

    #[test]
    fn its_bodies_stand_beside_those_of_the_demo_city() {
        let city = include_str!("../../../demo/bodies.json");
        assert!(city.contains("33030300WG"), "the city's own are told by code");
        for body in bodies() {
            assert!(!city.contains(&body.body), "{} is the city's", body.body);
        }
    }
}
