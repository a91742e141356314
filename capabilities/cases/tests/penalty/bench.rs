//! One penalty case in the demo city, with sensible inputs for every act; `名=值` replaces them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_cases::decide::serve::Way;
use mingjing_cases::events::Stance;
use mingjing_cases::money::Fen;
use mingjing_cases::party::{DocumentKind, Party};
use mingjing_cases::penalty::PenaltyCase;
use mingjing_cases::penalty::commands::{self, PenaltyCommand};
use mingjing_cases::penalty::decide as acts;
use mingjing_cases::penalty::discretion::{GroundGiven, Weight};
use mingjing_cases::penalty::events::{
    CollectiveDiscussion, Correction, DefenceChannel, DisposalKind, DisputeKind, EvidenceKind, Harm, Instalment,
    LeadSource, LegalReviewGround, Mind, NoPenaltyGround, OtherNorm, Outcome, PaymentChannel, PenaltyWithholdGround,
    PreservedItem, ReversalKind, ReviewerQualification,
};
use mingjing_cases::penalty::leads;
use mingjing_chronicle::{Request, Stop};

use crate::world::{RESTAURANT, World, file};

/// 对进货时未查验许可证和相关证明文件的处罚: 5 000 to 50 000, thirds of 30 and 70 per cent.
pub const ITEM: &str = "33030300SJ-CF-0003";

pub struct Bench {
    pub world: World,
    pub case_no: String,
}

pub struct Inputs(pub BTreeMap<String, String>);

impl Inputs {
    pub fn none() -> Inputs {
        Inputs(BTreeMap::new())
    }

    pub fn of(words: &[&str]) -> Inputs {
        let pair = |word: &&str| {
            let (key, value) = word.split_once('=').unwrap_or(("", word));
            (key.to_owned(), value.to_owned())
        };
        Inputs(words.iter().map(pair).collect())
    }

    pub fn get<'a>(&'a self, key: &str, otherwise: &'a str) -> &'a str {
        self.0.get(key).map_or(otherwise, String::as_str)
    }

    fn text(&self, key: &str, otherwise: &str) -> String {
        self.get(key, otherwise).to_owned()
    }

    fn date(&self, key: &str, otherwise: Date) -> Date {
        self.0.get(key).map_or(otherwise, |text| text.parse().unwrap())
    }

    fn yes(&self, key: &str, otherwise: bool) -> bool {
        self.0.get(key).map_or(otherwise, |word| word == "是" || word == "有")
    }

    fn list(&self, key: &str, otherwise: &str) -> Vec<String> {
        let parts = self.get(key, otherwise).split('、');
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    fn fen(&self, key: &str, otherwise: &str) -> Fen {
        Fen::parse(self.get(key, otherwise)).unwrap()
    }
}

/// The acts up to each stage, in order, with who does them.
const WAY: &[(&str, &str, &str)] = &[
    ("立案", "方磊", "立案意见"),
    ("立案", "叶欣", "审核立案"),
    ("立案", "黄志远", "批准立案"),
    ("取证", "方磊", "登记证据"),
    ("终结", "方磊", "终结调查"),
    ("审核", "叶欣", "审核建议"),
    ("告知", "方磊", "制作告知"),
    ("送达告知", "方磊", "送达告知"),
    ("申辩", "李琴", "陈述申辩"),
    ("复核", "叶欣", "复核"),
    ("法审", "彭程", "法制审核"),
    ("决定", "黄志远", "决定"),
    ("送达", "方磊", "送达决定"),
];

fn named<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str, wanted: &str) -> T {
    let found = all.iter().copied().find(|known| name(*known) == wanted);
    found.unwrap_or_else(|| panic!("there is no {wanted}"))
}

impl Bench {
    pub async fn new() -> Bench {
        Bench::in_world(World::new().await).await
    }

    pub async fn in_world(world: World) -> Bench {
        world.import_item(crate::world::demo_file("items/penalties.csv")).await;
        Bench {
            world,
            case_no: String::new(),
        }
    }

    pub async fn case(&self) -> PenaltyCase {
        self.case_of(&self.case_no).await
    }

    pub async fn case_of(&self, case_no: &str) -> PenaltyCase {
        let no = case_no.to_owned();
        self.world
            .chronicle
            .read(move |reader| Ok((*reader.load::<PenaltyCase>(&no)?.state).clone()))
            .await
            .unwrap()
    }

    pub async fn kinds(&self) -> Vec<String> {
        let no = self.case_no.clone();
        let read = self.world.chronicle.read(move |reader| reader.events("penalty", &no));
        read.await
            .unwrap()
            .into_iter()
            .map(|event| event.envelope.kind)
            .collect()
    }

    /// Registers a lead and goes on to a stage, all now.
    pub async fn prepare(&mut self, to: &str, inputs: &Inputs) -> Result<(), Stop> {
        self.register("方磊", inputs).await?;
        if to == "线索" {
            return Ok(());
        }
        assert!(WAY.iter().any(|(stage, ..)| *stage == to), "there is no stage {to}");
        for (stage, person, act) in WAY {
            let person = if *act == "陈述申辩" && !inputs.0.contains_key("本人") && inputs.get("当事人", "") == "王明"
            {
                "王明"
            } else {
                person
            };
            self.act(person, act, inputs).await?;
            let after = WAY.iter().skip_while(|way| way.2 != *act).nth(1);
            if *stage == to && after.is_none_or(|next| next.0 != to) {
                break;
            }
        }
        Ok(())
    }

    pub async fn act(&mut self, person: &str, act: &str, inputs: &Inputs) -> Result<(), Stop> {
        let command = self.command(act, inputs).await;
        self.perform(person, command).await
    }

    pub async fn perform(&self, person: &str, command: PenaltyCommand) -> Result<(), Stop> {
        let request = Request::by(self.world.actor(person).await);
        // What the API takes is what runs: every command goes through its JSON.
        let json = serde_json::to_string(&command).unwrap();
        let command: PenaltyCommand = serde_json::from_str(&json).unwrap();
        commands::perform(&self.world.chronicle, request, &self.case_no, None, command)
            .await
            .map(drop)
    }

    pub async fn register(&mut self, person: &str, inputs: &Inputs) -> Result<(), Stop> {
        let today = self.world.clock.today();
        let command = acts::register_lead::RegisterLead {
            item_code: inputs.text("事项", ITEM),
            source: named(LeadSource::ALL, LeadSource::name, inputs.get("来源", "监督检查")),
            received_on: inputs.date("收到", today),
            content: inputs.text("内容", "检查发现进货时没有查验供货者的许可证"),
            place: "温州市龙湾区永中街道演示路8号".into(),
            suspect: "龙湾区好滋味小餐馆（演示）".into(),
            informant: None,
            files: Vec::new(),
        };
        let request = Request::by(self.world.actor(person).await);
        self.case_no = leads::register(&self.world.chronicle, request, command)
            .await?
            .value
            .case_no;
        Ok(())
    }

    pub fn accounts(&self, names: &[String]) -> Vec<String> {
        names.iter().map(|name| self.world.account(name)).collect()
    }

    async fn command(&self, act: &str, inputs: &Inputs) -> PenaltyCommand {
        let today = self.world.clock.today();
        match act {
            "立案意见" => self.opening(inputs, today),
            "审核立案" => PenaltyCommand::ReviewOpening(acts::opening::ReviewOpening {
                stance: stance(inputs),
                opinion: "同意立案".into(),
                reasons: inputs.text("理由", ""),
            }),
            "批准立案" => PenaltyCommand::ApproveOpening(acts::opening::ApproveOpening {
                decision: match inputs.get("", "立案") {
                    "不予立案" => acts::opening::OpeningDecision::NotOpen,
                    "退回" => acts::opening::OpeningDecision::Return,
                    _ => acts::opening::OpeningDecision::Open,
                },
                opinion: "批准".into(),
                reasons: inputs.text("理由", ""),
            }),
            "登记证据" => PenaltyCommand::RecordEvidence(acts::evidence::RecordEvidence {
                kind: named(EvidenceKind::ALL, EvidenceKind::name, inputs.get("种类", "书证")),
                name: "进货票据".into(),
                source: "当事人提供".into(),
                place: "当事人经营场所".into(),
                taken_on: inputs.date("取证日期", today),
                proves: "进货时没有留存供货者的许可证".into(),
                takers: self.accounts(&inputs.list("取证人", "方磊、夏雨")),
                shown_certificates: inputs.yes("出示证件", true),
                file: inputs.yes("文件", true).then(|| file("进货票据")),
                kept_at: "执法稽查科物证柜".into(),
            }),
            "移交证据" => PenaltyCommand::HandOverEvidence(acts::evidence::HandOverEvidence {
                evidence_id: self.case().await.facts.evidence[0].evidence.evidence_id.clone(),
                to: self.world.account(inputs.get("接收人", "夏雨")),
                on: today,
                kept_at: "执法稽查科物证柜".into(),
                reason: "工作需要".into(),
            }),
            "登记保存" => PenaltyCommand::PreserveEvidence(acts::preserve::PreserveEvidence {
                items: vec![PreservedItem {
                    name: inputs.text("物品", "没有标签的食品"),
                    quantity: "3箱".into(),
                }],
                place: "当事人仓库".into(),
                reasons: "可能被销售".into(),
                officers: self.accounts(&inputs.list("办案", "方磊、夏雨")),
            }),
            "处理保存" => {
                let case = self.case().await;
                let waiting = case.facts.preservations.iter().find(|kept| kept.disposal.is_none());
                PenaltyCommand::DisposePreserved(acts::preserve::DisposePreserved {
                    preservation_id: waiting.map_or(String::new(), |kept| kept.preservation.preservation_id.clone()),
                    kind: DisposalKind::Returned,
                    reasons: "已经拍照".into(),
                })
            }
            "终结调查" => self.report(inputs).await,
            "审核建议" => PenaltyCommand::ReviewProposal(acts::review_proposal::ReviewProposal {
                stance: stance(inputs),
                opinion: "同意办案人员的建议".into(),
                reasons: inputs.text("理由", ""),
            }),
            "制作告知" => PenaltyCommand::Notify(acts::notify::Notify {
                defence_working_days: inputs.0.get("期限").map(|days| days.parse().unwrap()),
                contact: "方磊".into(),
                phone: "0577-00001111".into(),
            }),
            "送达告知" => PenaltyCommand::ServeNotice(acts::serve::ServeNotice {
                by: way(inputs),
                served_on: inputs.date("送达日期", today),
                server: "方磊".into(),
            }),
            "送达决定" => PenaltyCommand::ServeDecision(acts::serve::ServeDecision {
                by: way(inputs),
                served_on: inputs.date("送达日期", today),
                server: "方磊".into(),
            }),
            "陈述申辩" => PenaltyCommand::MakeDefence(acts::make_defence::MakeDefence {
                points: inputs.list("意见", "已经补齐供货者的许可证"),
                files: if inputs.yes("笔录", false) {
                    vec![file("陈述申辩笔录")]
                } else {
                    Vec::new()
                },
                made_on: inputs.date("日期", today),
                channel: named(DefenceChannel::ALL, DefenceChannel::name, inputs.get("方式", "书面")),
            }),
            "放弃陈述" => PenaltyCommand::WaiveDefence(acts::waive_defence::WaiveDefence {
                made_on: inputs.date("日期", today),
                signed: inputs.yes("签字", false).then(|| file("放弃陈述申辩的声明")),
            }),
            "复核" => PenaltyCommand::CheckDefence(acts::check_defence::CheckDefence {
                replies: inputs
                    .list("采纳", "否")
                    .iter()
                    .map(|word| acts::check_defence::ReplyGiven {
                        adopted: word == "是",
                        reasons: "经核对记录".into(),
                    })
                    .collect(),
                fine: inputs.0.get("复核罚款").map(|yuan| Fen::parse(yuan).unwrap()),
                opinion: "已逐点复核".into(),
            }),
            "法制审核" => PenaltyCommand::LegalReview(acts::legal_review::LegalReview {
                passed: inputs.get("审核", "同意") == "同意",
                qualification: match inputs.get("资格", "证书") {
                    "证书" => ReviewerQualification::LegalProfession {
                        certificate_no: "A20203303030001".into(),
                    },
                    "无" => ReviewerQualification::LegalProfession {
                        certificate_no: String::new(),
                    },
                    year => ReviewerQualification::ReviewingSince {
                        year: year.parse().unwrap(),
                    },
                },
                opinion: "事实清楚，适用依据正确，程序合法".into(),
                reasons: inputs.text("理由", ""),
            }),
            "决定" => self.decision(inputs, today),
            other => self.later(other, inputs, today).await,
        }
    }

    async fn later(&self, act: &str, inputs: &Inputs, today: Date) -> PenaltyCommand {
        match act {
            "登记缴款" => PenaltyCommand::RecordPayment(acts::record_payment::RecordPayment {
                receipt_no: inputs.text("回单", "NB20260001"),
                amount: inputs.fen("数额", "20000"),
                paid_on: inputs.date("缴款日期", today),
                channel: PaymentChannel::Bank,
            }),
            "提出结案" => PenaltyCommand::ProposeClosing(acts::closing::ProposeClosing {
                summary: inputs.text("摘要", "进货时未查验许可证"),
                result: "罚款已缴清".into(),
                opinion: "建议结案".into(),
            }),
            "批准结案" => PenaltyCommand::ApproveClosing(acts::closing::ApproveClosing {
                stance: stance(inputs),
                opinion: "同意结案".into(),
                reasons: inputs.text("理由", ""),
            }),
            "公开" => PenaltyCommand::ReviewRelease(acts::release::ReviewPenaltyRelease::Publish {
                opinion: "已遮盖个人信息，可以公开".into(),
            }),
            "不予公开" => PenaltyCommand::ReviewRelease(acts::release::ReviewPenaltyRelease::Withhold {
                ground: PenaltyWithholdGround::BusinessSecret,
                reasons: inputs.text("理由", ""),
            }),
            "延长期限" => PenaltyCommand::ExtendDecision(acts::extend_decision::ExtendPenaltyDecision {
                days: inputs.get("日", "30").parse().unwrap(),
                reasons: inputs.text("理由", "需要向外地机关取证"),
            }),
            "确认电子送达" => {
                PenaltyCommand::ConfirmElectronicService(acts::confirm_service::ConfirmElectronicService {
                    signed: inputs.yes("签字", false).then(|| file("送达地址确认书")),
                })
            }
            "申请回避" => PenaltyCommand::RequestRecusal(acts::recusal::RequestRecusal {
                officer: self.world.account(inputs.get("人员", "夏雨")),
                reasons: inputs.text("理由", "与当事人是亲属"),
            }),
            "决定回避" => {
                let case = self.case().await;
                let asked = case.facts.recusals.iter().find(|recusal| recusal.decided.is_none());
                PenaltyCommand::DecideRecusal(acts::recusal::DecideRecusal {
                    request_id: asked.map_or(String::new(), |recusal| recusal.request.request_id.clone()),
                    granted: inputs.get("", "准予") == "准予",
                    reasons: "经审查".into(),
                    replacement: inputs.0.get("接替").map(|name| self.world.account(name)),
                })
            }
            "延期缴纳" => PenaltyCommand::GrantDeferral(acts::defer::GrantDeferral {
                applied_on: inputs.date("申请日期", today),
                application: inputs.yes("申请书", true).then(|| file("延期缴纳申请书")),
                reasons: "经营困难".into(),
                instalments: inputs
                    .list("计划", "2026-06-01:20000")
                    .iter()
                    .map(|part| {
                        let (due, amount) = part.split_once(':').unwrap();
                        Instalment {
                            due: due.parse().unwrap(),
                            amount: Fen::parse(amount).unwrap(),
                        }
                    })
                    .collect(),
            }),
            "加处罚款" => {
                PenaltyCommand::ImposeAdditionalFine(acts::impose_additional_fine::ImposeAdditionalFine {
                    reasons: "逾期不缴纳".into(),
                })
            }
            "登记争议" => PenaltyCommand::RecordDispute(acts::dispute::RecordDispute {
                kind: named(DisputeKind::ALL, DisputeKind::name, inputs.get("种类", "行政复议")),
                organ: "龙湾区人民政府".into(),
                document_no: "龙政复〔2026〕1号".into(),
                from: inputs.date("自", today),
                to: inputs.0.get("至").map(|day| day.parse().unwrap()),
            }),
            "登记变更" => PenaltyCommand::RecordReversal(acts::reversal::RecordReversal {
                kind: named(ReversalKind::ALL, ReversalKind::name, inputs.get("", "撤销")),
                organ: "龙湾区人民政府".into(),
                document_no: "龙政复决〔2026〕1号".into(),
                on: today,
                reasons: "主要证据不足".into(),
                new_fine: inputs.0.get("变更为").map(|yuan| Fen::parse(yuan).unwrap()),
            }),
            "撤回公开" => PenaltyCommand::WithdrawRelease(acts::release::WithdrawRelease {
                reasons: inputs.text("理由", "该决定已被行政复议撤销"),
            }),
            "到期" => PenaltyCommand::ApplyExpiries,
            other => panic!("there is no act {other}"),
        }
    }

    fn opening(&self, inputs: &Inputs, today: Date) -> PenaltyCommand {
        let acted_from = inputs.date("行为", "2026-01-20".parse().unwrap());
        let (party, account) = match inputs.get("当事人", "小餐馆") {
            "小餐馆" => (
                Some(Party::Organisation {
                    name: "龙湾区好滋味小餐馆（演示）".into(),
                    uscc: inputs.text("信用代码", RESTAURANT),
                    legal_representative: "李琴".into(),
                    contact: "李琴".into(),
                    phone: "13800000002".into(),
                    address: "温州市龙湾区永中街道演示路8号".into(),
                }),
                None,
            ),
            "无" => (None, None),
            name => {
                let number = match name {
                    "少年" => "330303201005050019",
                    "孩童" => "330303201505050015",
                    _ => "33030319900101001X",
                };
                let person = Party::Individual {
                    name: name.into(),
                    document: DocumentKind::CitizenId,
                    document_no: inputs.text("证件号", number),
                    phone: "13800000001".into(),
                    address: "温州市龙湾区永中街道演示路1号".into(),
                };
                let account = (name == "王明").then(|| self.world.account(inputs.get("账户", "王明")));
                (Some(person), account)
            }
        };
        PenaltyCommand::ProposeOpening(acts::propose_opening::ProposeOpening {
            open: inputs.get("", "立案") != "不予立案",
            cause: inputs.text("案由", "涉嫌进货时未查验许可证"),
            party,
            party_account: account,
            acted_from,
            acted_to: match inputs.get("终了", "") {
                "持续" => None,
                "" => Some(acted_from),
                day => Some(day.parse().unwrap()),
            },
            discovered_on: inputs.date("发现", today),
            harm: named(Harm::ALL, Harm::name, inputs.get("危害", "不涉及")),
            facts: "检查时不能提供供货者的许可证".into(),
            reasons: inputs.text("立案理由", "涉嫌违反食品安全法第五十三条"),
            investigators: self.accounts(&inputs.list("办案", "方磊、夏雨")),
            opinion: "建议立案调查".into(),
        })
    }

    async fn report(&self, inputs: &Inputs) -> PenaltyCommand {
        PenaltyCommand::EndInvestigation(self.report_of(inputs).await)
    }

    pub async fn plain_report(&self) -> acts::end_investigation::EndInvestigation {
        self.report_of(&Inputs::none()).await
    }

    async fn report_of(&self, inputs: &Inputs) -> acts::end_investigation::EndInvestigation {
        let case = self.case().await;
        let grounds = inputs.list("情节", "");
        acts::end_investigation::EndInvestigation {
            facts: "当事人李琴（电话13800000002）进货时没有查验供货者的许可证，责令改正后拒不改正".into(),
            evidence: match inputs.get("证据", "全部") {
                "无" => Vec::new(),
                _ => case
                    .facts
                    .evidence
                    .iter()
                    .map(|kept| kept.evidence.evidence_id.clone())
                    .collect(),
            },
            violated: vec!["食品安全法第五十三条第一款".into()],
            bases: Vec::new(),
            mind: named(Mind::ALL, Mind::name, inputs.get("精神", "精神状况正常")),
            factors: BTreeMap::new(),
            grounds: grounds
                .iter()
                .map(|word| GroundGiven {
                    weight: named(Weight::ALL, Weight::name, word),
                    article: "行政处罚法第三十二条".into(),
                    reason: inputs.text("情节事实", "主动消除违法行为危害后果"),
                })
                .collect(),
            other_norms: inputs
                .0
                .get("其他规定")
                .map(|yuan| OtherNorm {
                    basis: "另一规定".into(),
                    highest: Fen::parse(yuan).unwrap(),
                })
                .into_iter()
                .collect(),
            proposal: outcome(inputs),
            reasons: "违法事实清楚，证据确凿".into(),
            correction: match inputs.get("改正", "立即") {
                "已改正" => Correction::AlreadyDone {
                    how: inputs.text("改正情况", "已经补齐"),
                },
                "立即" => Correction::AtOnce,
                day => Correction::By {
                    on: day.parse().unwrap(),
                },
            },
            legal_review: inputs
                .list("审核事由", "")
                .iter()
                .map(|word| match word.as_str() {
                    "公共利益" => LegalReviewGround::PublicInterest,
                    _ => LegalReviewGround::Complex,
                })
                .collect(),
            collective: inputs.yes("集体讨论", false),
            opinion: "建议如上".into(),
        }
    }

    fn decision(&self, inputs: &Inputs, today: Date) -> PenaltyCommand {
        let mut deciding = Inputs(inputs.0.clone());
        if let Some(fine) = inputs.0.get("决定罚款") {
            deciding.0.insert("罚款".into(), fine.clone());
        }
        PenaltyCommand::Decide(acts::decide::DecidePenalty {
            outcome: outcome(&deciding),
            opinion: "按此决定".into(),
            reasons: inputs.text("理由", ""),
            discussion: inputs.0.get("讨论").map(|members| CollectiveDiscussion {
                held_on: today,
                members: members.split('、').map(str::to_owned).collect(),
                summary: "一致同意".into(),
                record: None,
            }),
            different_act: inputs.text("不是同一行为", ""),
        })
    }
}

fn stance(inputs: &Inputs) -> Stance {
    match inputs.get("", "同意") {
        "不同意" => Stance::Negative,
        "退回" => Stance::Return,
        _ => Stance::Positive,
    }
}

fn outcome(inputs: &Inputs) -> Outcome {
    match inputs.get("", "罚款") {
        "不予处罚" => Outcome::NoPenalty {
            ground: named(
                NoPenaltyGround::ALL,
                NoPenaltyGround::name,
                inputs.get("事由", "违法行为轻微并及时改正，没有造成危害后果"),
            ),
            education: inputs.text("教育", "已当面讲解进货查验的要求"),
        },
        "不成立" => Outcome::NotEstablished,
        "移送" => Outcome::Transfer {
            organ: inputs.text("机关", "龙湾区公安局"),
        },
        _ => Outcome::Penalty {
            fine: inputs.fen("罚款", "20000"),
        },
    }
}

fn way(inputs: &Inputs) -> Way {
    let place = "当事人经营场所".to_owned();
    match inputs.get("送达方式", "直接") {
        "电子" => Way::Electronic,
        "邮寄" => Way::Postal {
            tracking_no: "EMS0000000001".into(),
            recipient: "李琴".into(),
            place,
        },
        "留置" => Way::LeftInPlace {
            place,
            reason: "拒绝签收".into(),
            witness: inputs.text("见证人", ""),
            evidence: None,
        },
        _ => Way::Personal {
            recipient: "李琴".into(),
            relation: "法定代表人".into(),
            place,
            signed: inputs.yes("签收", true),
            signature: None,
        },
    }
}
