//! What is done wrong in the city. Amounts lie inside the items' benchmarks and below the threshold of a hearing
//! (行政处罚法 63), which the ordinary flow does not have.

use mingjing_cases::money::Fen;

/// One kind of offence of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offence {
    pub item_code: &'static str,
    /// Of a hundred leads.
    pub share: usize,
    pub cause: &'static str,
    /// What the lead says.
    pub lead: &'static str,
    pub facts: &'static str,
    pub violated: &'static str,
    pub evidence: &'static str,
    pub proves: &'static str,
    pub corrected: &'static str,
    pub person: Fine,
    pub company: Fine,
}

/// What it costs one kind of party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fine {
    pub usual: Fen,
    /// After a defence that was heeded.
    pub lowered: Fen,
    /// A ground to be lighter (32).
    pub lighter: bool,
    /// Factors of the benchmark, where it weighs.
    pub factors: &'static [(&'static str, &'static str)],
}

impl Fine {
    const fn tier(usual: i64, lowered: i64, lighter: bool) -> Fine {
        Fine {
            usual: Fen::yuan(usual),
            lowered: Fen::yuan(lowered),
            lighter,
            factors: &[],
        }
    }

    const fn weighed(usual: i64, lowered: i64, factors: &'static [(&'static str, &'static str)]) -> Fine {
        Fine {
            usual: Fen::yuan(usual),
            lowered: Fen::yuan(lowered),
            lighter: false,
            factors,
        }
    }
}

pub const OFFENCES: [Offence; 5] = [
    Offence {
        item_code: "33030300SJ-CF-0003",
        share: 30,
        cause: "进货时未查验许可证和相关证明文件",
        lead: "日常检查时不能出示供货者的许可证和进货票据。",
        facts: "当事人进货时没有查验供货者的许可证和产品合格证明，经责令改正后拒不改正。",
        violated: "食品安全法第五十三条第一款",
        evidence: "进货票据和台账",
        proves: "进货时没有查验、留存供货者的许可证",
        corrected: "已经补齐供货者的许可证和合格证明，建立了进货查验台账。",
        person: Fine::tier(8_000, 6_000, true),
        company: Fine::tier(20_000, 18_500, false),
    },
    Offence {
        item_code: "33030300SJ-CF-0004",
        share: 30,
        cause: "经营标签不符合规定的预包装食品",
        lead: "群众反映货架上的食品没有标明生产者和成分表。",
        facts: "当事人经营的预包装食品标签缺少规定的内容，货值五百元。",
        violated: "食品安全法第六十七条第一款",
        evidence: "现场检查笔录和标签照片",
        proves: "涉案食品的数量、货值和标签情况",
        corrected: "涉案食品已经全部下架，标签有误的已经退回供货者。",
        person: Fine::weighed(
            7_500,
            6_000,
            &[
                ("货值金额", "500"),
                ("标签问题", "缺少一项内容"),
                ("两年内同类违法次数", "1"),
                ("改正和召回", "只停止销售"),
            ],
        ),
        company: Fine::weighed(
            12_500,
            10_000,
            &[
                ("货值金额", "500"),
                ("标签问题", "缺少多项内容"),
                ("两年内同类违法次数", "1"),
                ("改正和召回", "只停止销售"),
            ],
        ),
    },
    Offence {
        item_code: "33030300JT-CF-0001",
        share: 18,
        cause: "未取得许可擅自从事道路普通货物运输经营",
        lead: "路面检查发现货车收取运费载货，不能出示道路运输经营许可证。",
        facts: "当事人未取得道路运输经营许可，驾驶总质量超过4500千克的货车从事普通货物运输，没有违法所得。",
        violated: "道路运输条例第二十四条",
        evidence: "现场笔录和运输单据",
        proves: "当事人从事货物运输经营和没有许可的情况",
        corrected: "已经停止运输经营，并递交了许可申请。",
        person: Fine::tier(6_000, 5_100, false),
        company: Fine::tier(6_000, 5_100, false),
    },
    Offence {
        item_code: "33030300YJ-CF-0003",
        share: 12,
        cause: "未采取措施消除事故隐患",
        lead: "安全检查发现疏散通道被货物堵塞，没有采取措施消除。",
        facts: "当事人的仓库疏散通道长期堵塞，经指出后没有及时采取措施消除事故隐患。",
        violated: "安全生产法第四十一条",
        evidence: "安全检查记录和现场照片",
        proves: "事故隐患的部位、持续时间和整改情况",
        corrected: "通道已经清空，划定了禁止堆放的区域。",
        person: Fine::tier(9_000, 8_000, true),
        company: Fine::tier(20_000, 16_000, false),
    },
    Offence {
        item_code: "33030300ZJ-CF-0001",
        share: 10,
        cause: "未取得排水许可向城镇排水设施排放污水",
        lead: "管网巡查发现有污水接入市政管网，没有查到排水许可。",
        facts: "当事人未取得污水排入排水管网许可证，向城镇排水设施排放餐饮污水。",
        violated: "城镇排水与污水处理条例第二十一条",
        evidence: "管网巡查记录和水样检测报告",
        proves: "排水口的位置和排放的情况",
        corrected: "已经安装隔油设施，并申领排水许可。",
        person: Fine::tier(9_000, 8_000, true),
        company: Fine::tier(40_000, 30_000, true),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_a_hundred_and_no_fine_needs_a_hearing() {
        assert_eq!(OFFENCES.iter().map(|offence| offence.share).sum::<usize>(), 100);
        for offence in OFFENCES {
            for (fine, threshold) in [(offence.person, 10_000), (offence.company, 100_000)] {
                assert!(fine.usual < Fen::yuan(threshold), "{}", offence.item_code);
                assert!(fine.lowered < fine.usual, "{}", offence.item_code);
            }
        }
    }
}
