//! Tales of procedures that have a law of their own beside the chart: a penalty on the spot, a coercive measure that is
//! lifted, the enforcement of a decision, a request for government information.

use mingjing_cases::opening::OpenMatter;
use mingjing_cases::party::{DocumentKind, Party};

use super::{APPROVER, Act, By, CLERK, HANDLER, LEGAL, REVIEWER, Scene, Step, Tale, Turn, step, text, turn};
use crate::city::population;

/// A resident who has no account here.
const SOMEBODY: usize = 940_001;

pub(super) const BLANK: Step = Step {
    task: "",
    outcome: "",
    opinion: "情况属实。",
    record: "",
    told_in: 0,
    hosted: false,
    yuan: 0,
    officers: false,
    place: "",
    goods: "",
    time: "",
    manner: "",
};

pub(super) const fn done(working_days: u32, by: By, step: Step) -> Turn {
    turn(working_days, by, Act::Step(step))
}

pub(super) const ON_THE_SPOT: Tale = Tale {
    item_code: "33030300ZJ-CF-0002",
    answers: &[],
    turns: &[
        turn(
            0,
            HANDLER,
            Act::Open {
                facts: "上午在永中街道演示路巡查时，看到一人把一袋生活垃圾丢在绿化带里。",
            },
        ),
        done(
            0,
            HANDLER,
            Step {
                task: "investigate",
                outcome: "minor",
                record: "两名执法人员出示证件。当事人承认，现场拍照，垃圾一袋约2公斤。",
                officers: true,
                ..BLANK
            },
        ),
        done(
            0,
            HANDLER,
            Step {
                task: "notify",
                outcome: "notified",
                record: "拟罚款100元；告知了事实、理由、依据和陈述、申辩的权利。",
                yuan: 100,
                ..BLANK
            },
        ),
        step(
            0,
            HANDLER,
            "defence",
            "silent",
            ["没有意见。", "当事人表示没有意见，当场把垃圾清走。"],
        ),
        done(
            0,
            HANDLER,
            Step {
                task: "decide",
                outcome: "penalty",
                record: "随意倾倒生活垃圾，事实清楚，已经改正。",
                yuan: 100,
                place: "永中街道演示路9号门前",
                ..BLANK
            },
        ),
        step(0, HANDLER, "serve_decision", "served", ["", "当事人当场签收。"]),
        step(
            1,
            HANDLER,
            "file_decision",
            "filed",
            ["", "当场处罚备案登记第1号（演示）。"],
        ),
        done(
            3,
            CLERK,
            Step {
                task: "collect",
                outcome: "paid",
                record: "缴款凭证（演示）第0002号。",
                yuan: 100,
                ..BLANK
            },
        ),
        step(1, REVIEWER, "close", "close", ["", ""]),
    ],
};

pub(super) const MEASURE: Tale = Tale {
    item_code: "33030300SJ-QZ-0001",
    answers: &[],
    turns: &[
        turn(
            0,
            HANDLER,
            Act::Open {
                facts: "检查时发现一批饼干的标签上没有生产者的名称和地址，来源说不清。",
            },
        ),
        step(
            0,
            HANDLER,
            "report",
            "normal",
            [
                "建议扣押，送检后处理。",
                "标签不符合规定，可能存在食品安全隐患，有被卖出的可能。",
            ],
        ),
        step(0, APPROVER, "approve_measure", "approve", ["同意扣押。", ""]),
        done(
            0,
            HANDLER,
            Step {
                task: "tell",
                outcome: "silent",
                record: "两名执法人员出示证件，当事人在场；告知了理由、依据、权利和救济途径，当事人没有意见。",
                officers: true,
                ..BLANK
            },
        ),
        done(
            0,
            HANDLER,
            Step {
                task: "seal",
                outcome: "sealed",
                record: "清点后贴封条，存入本机关仓库；当事人在现场笔录上签名。",
                officers: true,
                place: "永中街道演示路9号仓库",
                goods: "饼干（500克装）：20箱\n饼干（250克装）：12箱",
                ..BLANK
            },
        ),
        step(
            0,
            HANDLER,
            "serve_measure",
            "served",
            ["", "决定书和清单当场交付，清单一式二份。"],
        ),
        step(
            6,
            HANDLER,
            "investigate",
            "lift",
            ["应当解除。", "查明为漏贴标签，产品检验合格，生产者已经补正标签。"],
        ),
        step(
            0,
            APPROVER,
            "lift",
            "lifted",
            [
                "同意解除。",
                "当事人没有食品安全违法行为，属于第二十八条第一款第（一）项。",
            ],
        ),
        step(
            0,
            HANDLER,
            "return_goods",
            "returned",
            ["", "32箱全部退还，当事人签收。"],
        ),
        step(1, HANDLER, "close", "archived", ["", ""]),
    ],
};

pub(super) const ENFORCEMENT: Tale = Tale {
    item_code: "33030300HB-QZ-0002",
    answers: &[],
    turns: &[
        turn(
            0,
            HANDLER,
            Act::Open {
                facts: "责令限期拆除排污口的决定已经送达，期限届满没有拆除（决定文号为演示）。",
            },
        ),
        done(
            1,
            HANDLER,
            Step {
                task: "demand",
                outcome: "made",
                record: "责令拆除决定（演示）第3号，期限已经届满。",
                manner: "自行拆除并恢复原状",
                told_in: 15,
                ..BLANK
            },
        ),
        step(0, HANDLER, "serve_demand", "served", ["", "直接送达，当事人签收。"]),
        step(
            14,
            HANDLER,
            "defence",
            "silent",
            ["没有履行。", "到现场查看，没有拆除，也没有提出申辩。"],
        ),
        done(
            1,
            APPROVER,
            Step {
                task: "decide",
                outcome: "enforce",
                record: "催告后逾期不履行，没有正当理由。",
                manner: "由本机关组织拆除，于工作日白天实施",
                ..BLANK
            },
        ),
        step(1, HANDLER, "serve_decision", "served", ["", "直接送达，当事人签收。"]),
        done(
            1,
            HANDLER,
            Step {
                task: "announce",
                outcome: "announced",
                record: "在排污口现场和本机关网站公告（演示），限期自行拆除。",
                told_in: 7,
                ..BLANK
            },
        ),
        done(
            7,
            HANDLER,
            Step {
                task: "execute",
                outcome: "done",
                record: "排污口拆除完毕，现场录像。",
                time: "10:00",
                ..BLANK
            },
        ),
        step(1, HANDLER, "close", "archived", ["", ""]),
    ],
};

pub(super) const DISCLOSURE: Tale = Tale {
    item_code: "33030300SJ-QT-0002",
    answers: &[
        ("applicant_name", "王明"),
        ("contact_phone", "13800000001"),
        ("information", "2025年食品抽检结果汇总"),
        ("description", "龙湾区2025年全年食品抽检的批次、合格率和不合格项目。"),
        ("wanted_form", "电子文本"),
    ],
    turns: &[
        turn(0, By::Applicant, Act::Apply),
        step(
            1,
            CLERK,
            "register",
            "clear",
            ["", "电话与申请人确认，内容明确，要电子文本。"],
        ),
        step(
            2,
            HANDLER,
            "search",
            "found",
            [
                "本机关制作并保存。",
                "以“食品抽检”检索档案和业务系统，找到2025年汇总表一份。",
            ],
        ),
        step(
            1,
            HANDLER,
            "assess",
            "own",
            ["不涉及第三方。", "汇总表没有企业名称，不涉及他人。"],
        ),
        step(1, LEGAL, "secrecy_review", "open", ["可以公开。", ""]),
        step(1, HANDLER, "draft", "drafted", ["", "随答复书提供汇总表。"]),
        step(1, REVIEWER, "review", "agree", ["同意。", ""]),
        step(
            1,
            APPROVER,
            "answer",
            "provide",
            ["同意。", "随本答复书提供2025年食品抽检结果汇总表。"],
        ),
        turn(1, CLERK, Act::Serve),
        step(0, CLERK, "close", "archived", ["", ""]),
    ],
};

impl Scene<'_> {
    pub fn opening(&self) -> Option<OpenMatter> {
        let Act::Open { facts } = self.turn.act else {
            return None;
        };
        let somebody = population::resident(SOMEBODY);
        Some(OpenMatter {
            item_code: self.tale.item_code.to_owned(),
            party: Party::Individual {
                name: somebody.name,
                document: DocumentKind::CitizenId,
                document_no: somebody.document_no,
                phone: somebody.phone,
                address: somebody.address,
            },
            found_on: self.today,
            facts: text(facts),
            place: text("温州市龙湾区永中街道演示路"),
        })
    }
}
