//! Life events: what happens to a person or a company, and the themes whose items then matter. A door for people who do not
//! know what their matter is called; themes themselves are the words of offices.

use crate::version::Audience;

#[derive(Debug, PartialEq, Eq)]
pub struct LifeEvent {
    pub key: &'static str,
    pub name: &'static str,
    /// To whom it happens.
    pub audience: Audience,
    pub themes: &'static [&'static str],
}

const fn person(key: &'static str, name: &'static str, themes: &'static [&'static str]) -> LifeEvent {
    LifeEvent {
        key,
        name,
        audience: Audience::Individual,
        themes,
    }
}

const fn company(key: &'static str, name: &'static str, themes: &'static [&'static str]) -> LifeEvent {
    LifeEvent {
        key,
        name,
        audience: Audience::Organisation,
        themes,
    }
}

/// In the order of a life; then of a company's.
pub const ALL: [LifeEvent; 17] = [
    person("birth", "生育收养", &["生育收养"]),
    person("household", "户口和身份证", &["户籍身份"]),
    person("school", "上学和培训", &["教育科研"]),
    person("work", "找工作、开店创业", &["就业创业", "食品药品", "市场经营"]),
    person("marriage", "婚姻家庭", &["民政服务"]),
    person("home", "买房建房装修", &["住房城建", "自然资源"]),
    person("driving", "开车出行", &["交通出行"]),
    person("health", "看病就医", &["医疗卫生"]),
    person("hardship", "遇到困难、优待抚恤", &["社会保障", "优待抚恤"]),
    person("justice", "公证和法律援助", &["司法公证"]),
    company("founding", "开办和变更", &["设立变更"]),
    company(
        "licence",
        "取得经营资格",
        &["食品药品", "市场经营", "文化旅游", "医疗卫生", "安全生产", "质量安全"],
    ),
    company("project", "立项和用地", &["投资审批", "财政采购", "自然资源"]),
    company(
        "building",
        "建设施工",
        &["住房城建", "消防安全", "水务水利", "生态环境"],
    ),
    company("staff", "招人用工", &["就业创业", "社会保障"]),
    company("taxes", "缴纳税费", &["税费缴纳"]),
    company("farming", "农林牧渔生产", &["农林牧渔", "水务水利"]),
];

pub fn of_key(key: &str) -> Option<&'static LifeEvent> {
    ALL.iter().find(|event| event.key == key)
}

impl LifeEvent {
    pub fn has(&self, theme: &str) -> bool {
        self.themes.contains(&theme)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_event_has_its_own_key_and_themes_that_the_demo_city_uses() {
        let keys: BTreeSet<&str> = ALL.iter().map(|event| event.key).collect();
        assert_eq!(keys.len(), ALL.len());
        let city = include_str!("../../../demo/items/catalogue.csv");
        for event in &ALL {
            assert!(!event.themes.is_empty(), "{}", event.name);
            for theme in event.themes {
                assert!(city.contains(theme), "{}: no item has the theme {theme}", event.name);
            }
        }
    }
}
