//! Published texts of nineteen laws, read where they lie beside the project; nothing of them is kept in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mingjing_catalogue::statute::{InForce, OddityKind, Promulgation, Statute, read_statute};

/// The texts by file name without date; `None` where they are not at hand.
pub fn texts() -> Option<BTreeMap<String, Vec<u8>>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/laws");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: the texts of laws are not at {}", folder.display());
        return None;
    };
    let mut texts = BTreeMap::new();
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if let Some((name, _)) = name.split_once('(') {
            texts.insert(name.to_owned(), std::fs::read(&path).unwrap());
        }
    }
    Some(texts)
}

/// Articles and the first day in force that the text itself tells.
const KNOWN: &[(&str, usize, Option<&str>)] = &[
    ("个人信息保护法", 74, Some("2021-11-01")),
    ("优化营商环境条例", 72, Some("2020-01-01")),
    ("信访工作条例", 50, Some("2022-05-01")),
    ("全国年节及纪念日放假办法", 8, None),
    ("国务院关于在线政务服务的若干规定", 16, Some("2019-04-26")),
    ("市场主体登记管理条例", 55, Some("2022-03-01")),
    ("市场监督管理投诉举报处理暂行办法", 40, None),
    ("市场监督管理行政处罚信息公示规定", 19, Some("2021-09-01")),
    ("政府信息公开条例", 56, Some("2019-05-15")),
    ("民法典-总则编", 204, Some("2021-01-01")),
    ("法规规章备案审查条例", 26, Some("2024-11-01")),
    ("行政处罚法", 86, Some("2021-07-15")),
    ("行政复议法", 90, Some("2024-01-01")),
    ("行政强制法", 71, Some("2012-01-01")),
    ("行政执法机关移送涉嫌犯罪案件的规定", 20, None),
    ("行政许可法", 83, None),
    ("行政诉讼法", 103, None),
    ("道路运输条例", 82, None),
    ("食品安全法", 154, None),
];

#[test]
fn nineteen_laws_are_read_without_loss() {
    let Some(texts) = texts() else { return };
    assert_eq!(texts.len(), KNOWN.len());
    for (name, articles, since) in KNOWN {
        let text = &texts[*name];
        let statute = read_statute(text).unwrap();
        assert_eq!(statute.to_markdown().as_bytes(), text, "{name}");
        assert_eq!(statute.articles().count(), *articles, "{name}");
        assert!(statute.oddities.is_empty(), "{name}: {:?}", statute.oddities);
        let stated = match Promulgation::of(&statute).in_force {
            InForce::Since(date) => Some(date.to_string()),
            InForce::Unknown => None,
        };
        assert_eq!(stated.as_deref(), *since, "{name}");
    }
}

#[test]
fn provisions_of_a_law_are_where_lawyers_look_for_them() {
    let Some(texts) = texts() else { return };
    let law = |name: &str| read_statute(&texts[name]).unwrap();
    let check = |statute: &Statute, article: u32, paragraphs: usize, items: &[usize]| {
        let found = statute.articles().find(|one| one.number.main == article).unwrap();
        let shape: Vec<usize> = found.paragraphs.iter().map(|one| one.items.len()).collect();
        assert_eq!((shape.len(), &shape[..]), (paragraphs, items), "第{article}条");
    };
    let penalty = law("行政处罚法");
    check(&penalty, 9, 1, &[6]);
    check(&penalty, 63, 2, &[6, 0]);
    check(&penalty, 52, 3, &[0, 0, 0]);
    let permit = law("行政许可法");
    check(&permit, 32, 2, &[5, 0]);
    check(&permit, 12, 1, &[6]);
    let chapters = |statute: &Statute| statute.divisions.iter().filter(|one| one.heading.is_some()).count();
    assert_eq!((chapters(&penalty), chapters(&permit)), (8 + 4, 8 + 6));
}

#[test]
fn one_character_more_or_less_never_breaks_the_reader() {
    let Some(texts) = texts() else { return };
    for (name, text) in &texts {
        let text = String::from_utf8(text.clone()).unwrap();
        let chars: Vec<char> = text.chars().collect();
        for cut in (0..chars.len()).step_by(chars.len() / 12 + 1) {
            let mut less = chars.clone();
            less.remove(cut);
            let mut more = chars.clone();
            more.insert(cut, '第');
            for changed in [less, more] {
                let changed: String = changed.into_iter().collect();
                if let Ok(statute) = read_statute(changed.as_bytes()) {
                    assert_eq!(statute.to_markdown(), changed, "{name} at {cut}");
                }
            }
        }
        let twice = read_statute(format!("{text}\n{text}").as_bytes()).unwrap();
        assert!(
            twice.oddities.iter().any(|odd| odd.kind == OddityKind::OutOfOrder),
            "{name}"
        );
    }
}
