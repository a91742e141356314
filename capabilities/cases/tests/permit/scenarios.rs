//! Runs `scenarios/*.txt`. A line is an act (`2026-03-02 09:00 李琴 网上提交`) or begins with 则 and says what must hold
//! afterwards. An act that no 则 拒绝 follows must succeed. Inputs have sensible defaults; `名=值` replaces them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use mingjing_cases::clock::{ClockKind, ExcludedFor};
use mingjing_cases::commands::Command;
use mingjing_cases::decide::{
    accept::Accept, ask_supplement::AskSupplement, complete::Complete, correct::CorrectOnTheSpot, decide::BasisChoice,
    decide::Decide, examine::Examine, exclude_time::ExcludeTime, extend::Extend, issue::Issue, release::ReviewRelease,
    resume_time::ResumeTime, review::Review, serve::Serve, serve::Way, site_check::RecordSiteCheck,
    supply_supplement::SupplySupplement, turn_down::NotRequired, turn_down::RefuseAcceptance, withdraw::Withdraw,
};
use mingjing_cases::events::{Decision, RefusalGround, Stance, SupplementItem, WithholdGround};
use mingjing_cases::party::{Agent, Applicant, Authority, DocumentKind, Party};
use mingjing_cases::submission::{Behalf, PaperApplication, record_receipt, submit_online};
use mingjing_chronicle::{Actor, Refusal, Request, Stop};
use mingjing_people::bootstrap::AppointOfficer;
use mingjing_people::commands::{end_appointment, revoke_certificate};
use mingjing_people::decide::end_appointment::EndAppointment;
use mingjing_people::decide::revoke_certificate::RevokeCertificate;

use crate::world::{ITEM, World, answers, application, china, material};

#[tokio::test]
async fn every_scenario_holds() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            !path.file_name().is_some_and(|name| {
                let name = name.to_string_lossy();
                name.starts_with("penalty_") || name.starts_with("procedure_")
            })
        })
        .collect();
    files.sort();
    assert!(files.len() >= 10, "the scenarios are there");
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        play(&name, &text).await;
    }
}

async fn play(name: &str, text: &str) {
    let mut stage = Stage {
        world: World::new().await,
        case_no: String::new(),
        refusal: None,
    };
    for (number, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", number + 1);
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        match line.strip_prefix('则') {
            Some(expected) => stage.expect(&place, expected.trim()).await,
            None => {
                stage.no_refusal_left(&place);
                stage.act(&place, line).await;
            }
        }
    }
    stage.no_refusal_left(name);
}

struct Stage {
    world: World,
    case_no: String,
    refusal: Option<Refusal>,
}

struct Inputs(BTreeMap<String, String>);

impl Inputs {
    fn get<'a>(&'a self, key: &str, otherwise: &'a str) -> &'a str {
        self.0.get(key).map_or(otherwise, String::as_str)
    }

    fn text(&self, key: &str, otherwise: &str) -> String {
        self.get(key, otherwise).to_owned()
    }

    fn date(&self, key: &str, otherwise: Date) -> Date {
        self.0.get(key).map_or(otherwise, |text| text.parse().unwrap())
    }

    fn list(&self, key: &str, otherwise: &str) -> Vec<String> {
        let text = self.get(key, otherwise);
        text.split('、')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

impl Stage {
    fn no_refusal_left(&self, place: &str) {
        assert!(self.refusal.is_none(), "before {place}: refused: {:?}", self.refusal);
    }

    async fn act(&mut self, place: &str, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(words.len() >= 4, "{place}: day, time, person, act");
        self.world.clock.set(china(&format!("{} {}", words[0], words[1])));
        let (person, act) = (words[2], words[3]);
        let mut inputs = Inputs(BTreeMap::new());
        for word in &words[4..] {
            let (key, value) = word.split_once('=').unwrap_or(("", word));
            inputs.0.insert(key.to_owned(), value.to_owned());
        }
        let result = self.perform(place, person, act, &inputs).await;
        match result {
            Ok(()) => {}
            Err(Stop::Refusal(refusal)) => self.refusal = Some(refusal),
            Err(other) => panic!("{place}: {other:?}"),
        }
    }

    async fn perform(&mut self, place: &str, person: &str, act: &str, inputs: &Inputs) -> Result<(), Stop> {
        let today = self.world.clock.today();
        match act {
            "网上提交" => return self.submit(person, inputs).await,
            "窗口收件" | "邮寄收件" => return self.take_in(person, act == "邮寄收件", inputs).await,
            "吊销执法证" => return self.revoke(inputs).await,
            "免去岗位" => return self.remove(inputs).await,
            "修改事项" => {
                let promised = inputs.get("承诺", "14").parse().unwrap();
                self.world
                    .import_item(World::changed_item(promised, &today.to_string()))
                    .await;
                return Ok(());
            }
            "到期处理" => {
                self.world.chronicle.settle().await?;
                return Ok(());
            }
            _ => {}
        }
        let command = self.command(place, act, inputs, today);
        self.world.act(person, &self.case_no.clone(), command).await?;
        Ok(())
    }

    fn command(&self, place: &str, act: &str, inputs: &Inputs, today: Date) -> Command {
        match act {
            "当场更正" => Command::CorrectOnTheSpot(CorrectOnTheSpot {
                corrections: vec![(inputs.text("栏目", "premises_area"), inputs.text("改为", "88"))],
            }),
            "告知补正" => Command::AskSupplement(AskSupplement {
                items: inputs
                    .list("材料", "设备、设施清单".replace('、', "和").as_str())
                    .into_iter()
                    .map(|name| SupplementItem {
                        material: None,
                        name,
                        requirement: inputs.text("要求", "补交加盖印章的清单"),
                    })
                    .collect(),
            }),
            "补正" => Command::SupplySupplement(SupplySupplement {
                materials: vec![material("equipment", "设备、设施清单")],
                note: String::new(),
            }),
            "受理" => Command::Accept(Accept::default()),
            "不予受理" => Command::RefuseAcceptance(RefuseAcceptance {
                ground: match inputs.0.get("仍缺") {
                    Some(_) => RefusalGround::StillIncomplete {
                        missing: inputs.list("仍缺", ""),
                    },
                    None => RefusalGround::NotThisBody {
                        competent_body: inputs.text("应向", "龙湾区农业农村局"),
                    },
                },
                reasons: inputs.text("理由", "不属于本机关职权范围"),
            }),
            "不需许可" => Command::NotRequired(NotRequired {
                reasons: inputs.text("理由", "销售食用农产品不需要取得许可"),
            }),
            "现场核查" => Command::RecordSiteCheck(
                RecordSiteCheck {
                    place: "温州市龙湾区永中街道演示路8号".into(),
                    checked_on: inputs.date("日期", today),
                    from: "09:00".parse().unwrap(),
                    to: "10:30".parse().unwrap(),
                    facts: "布局与图纸一致，设备齐全".into(),
                    conforms: inputs.get("结论", "符合") == "符合",
                    files: Vec::new(),
                },
                inputs
                    .list("人员", "陈立、周宁")
                    .iter()
                    .map(|name| self.world.account(name))
                    .collect(),
            ),
            "审查" => Command::Examine(Examine {
                stance: stance(inputs),
                text: inputs.text("意见", "材料齐全，符合条件"),
                reasons: inputs.text("理由", ""),
            }),
            "审核" => Command::Review(Review {
                stance: stance(inputs),
                text: inputs.text("意见", "同意承办人意见"),
                reasons: inputs.text("理由", ""),
            }),
            "决定" => Command::Decide(decision(inputs, today)),
            "制证" => Command::Issue(Issue {
                certificate_no: inputs.text("编号", "JY23303030000001"),
            }),
            "送达" => Command::Serve(service(inputs, today)),
            "办结" => Command::Complete(Complete {
                case_summary: inputs.text("摘要", "准予食品经营许可"),
                completion_status: inputs.text("状态", "准予许可"),
            }),
            "公开" => Command::ReleaseReview(ReviewRelease::Publish {
                opinion: "已遮盖个人信息，可以公开".into(),
            }),
            "不予公开" => Command::ReleaseReview(ReviewRelease::Withhold {
                ground: WithholdGround::BusinessSecret,
                reasons: inputs.text("理由", ""),
            }),
            "撤回" => Command::Withdraw(Withdraw {
                reasons: inputs.text("理由", "暂时不开业"),
                paper_request: inputs.get("书面请求", "有") == "有",
            }),
            "延长" => Command::Extend(Extend {
                working_days: inputs.get("工作日", "10").parse().unwrap(),
                reasons: inputs.text("理由", "需要核实场所权属"),
                government_approval: String::new(),
            }),
            "扣除时间" => Command::Suspend(ExcludeTime {
                kind: ExcludedFor::ALL
                    .into_iter()
                    .find(|kind| kind.name() == inputs.get("程序", "检测"))
                    .unwrap(),
                reason: "需要对水质抽样检测".into(),
                expected_to: inputs.date("至", today),
            }),
            "恢复计时" => Command::Resume(ResumeTime {
                ended_on: inputs.date("结束", today),
                result: "检测合格".into(),
            }),
            other => panic!("{place}: no such act: {other}"),
        }
    }

    async fn submit(&mut self, person: &str, inputs: &Inputs) -> Result<(), Stop> {
        let mut online = application(inputs.get("电子送达", "同意") == "同意");
        if inputs.get("名义", "") == "本人" {
            online.behalf = Behalf::Oneself;
        }
        if let Some(missing) = inputs.0.get("缺材料") {
            online.materials.retain(|material| material.id != *missing);
        }
        if let Some(field) = inputs.0.get("空栏目") {
            online.form.remove(field);
        }
        let request = Request::by(self.world.actor(person).await);
        let done = submit_online(&self.world.chronicle, request, online).await?;
        self.case_no = done.value.case_no;
        Ok(())
    }

    async fn take_in(&mut self, person: &str, by_post: bool, inputs: &Inputs) -> Result<(), Stop> {
        let today = self.world.clock.today();
        let agent = inputs.0.get("代理人").map(|name| Agent {
            name: name.clone(),
            phone: "13800000003".into(),
            account: None,
            authority: Authority::Entrusted {
                scope: "代为申请".into(),
                valid_to: inputs.0.get("委托至").map(|text| text.parse().unwrap()),
            },
        });
        let paper = PaperApplication {
            item_code: ITEM.into(),
            applicant: Applicant {
                party: Party::Individual {
                    name: "王明".into(),
                    document: DocumentKind::CitizenId,
                    document_no: inputs.text("证件号", "33030319900101001X"),
                    phone: inputs.text("电话", "13800000001"),
                    address: "温州市龙湾区永中街道演示路1号".into(),
                },
                account: None,
                agent,
                electronic_service: false,
            },
            by_post,
            received_on: inputs.date("收到", today),
            proof_of_arrival: inputs.0.get("证明").cloned(),
            form: answers(),
            materials: vec![material("premises", "经营场所和布局的说明")],
        };
        let request = Request::by(self.world.actor(person).await);
        let done = record_receipt(&self.world.chronicle, request, paper).await?;
        self.case_no = done.value.case_no;
        Ok(())
    }

    async fn revoke(&self, inputs: &Inputs) -> Result<(), Stop> {
        let account = self.world.account(inputs.get("人员", "周宁"));
        let on = self.world.clock.today();
        let no = inputs.text("证号", "演示执法证330303-0002");
        self.world
            .chronicle
            .inside(Actor::system(), move |tx| {
                let command = RevokeCertificate {
                    account: account.clone(),
                    no: no.clone(),
                    authority: "浙江省人民政府（演示）".into(),
                    revoked_on: on,
                    reason: "不再从事执法工作".into(),
                };
                revoke_certificate(tx, &command, None)
            })
            .await
    }

    async fn remove(&self, inputs: &Inputs) -> Result<(), Stop> {
        let appointment = AppointOfficer {
            account: self.world.account(inputs.get("人员", "吴敏")),
            body: "33030300SJ".into(),
            post: inputs.text("岗位", "post-acc-demo-reviewer-reviewer"),
        };
        self.world
            .chronicle
            .inside(Actor::system(), move |tx| {
                let command = EndAppointment {
                    account: appointment.account.clone(),
                    post: appointment.post.clone(),
                    reason: "工作调动".into(),
                };
                end_appointment(tx, &command, None)
            })
            .await
    }

    async fn expect(&mut self, place: &str, expected: &str) {
        let words: Vec<&str> = expected.split_whitespace().collect();
        let case = self.world.case(&self.case_no).await;
        match words[0] {
            "拒绝" => {
                let refusal = self
                    .refusal
                    .take()
                    .unwrap_or_else(|| panic!("{place}: it was not refused"));
                assert_eq!(refusal.code, words[1], "{place}: {}", refusal.message);
                if let Some(article) = words.get(2) {
                    assert_eq!(refusal.article.as_deref(), Some(*article), "{place}");
                }
            }
            "状态" => assert_eq!(case.state.name(), words[1], "{place}"),
            "环节" => {
                let open: Vec<&str> = case.steps.iter().map(|step| step.name.as_str()).collect();
                assert_eq!(open.join("、"), *words.get(1).unwrap_or(&""), "{place}");
            }
            "期限" => {
                let kind = ClockKind::ALL.into_iter().find(|kind| kind.name() == words[1]).unwrap();
                let clock = case.clock(kind).unwrap_or_else(|| panic!("{place}: no such clock"));
                assert_eq!(clock.due.on.to_string(), words[2], "{place}: {:?}", clock.due.why);
            }
            "受理日期" => {
                let accepted = case.facts.accepted.unwrap_or_else(|| panic!("{place}: not accepted"));
                assert_eq!(accepted.on.to_string(), words[1], "{place}");
            }
            "记录" => {
                let kinds = self.world.kinds(&self.case_no).await;
                let last = kinds.iter().rfind(|kind| !kind.starts_with("case.paper_")).unwrap();
                assert_eq!(last, words[1], "{place}: {kinds:?}");
            }
            "文书" => {
                self.world.chronicle.settle().await.unwrap();
                let case = self.world.case(&self.case_no).await;
                let paper = case.papers.iter().find(|paper| paper.order.template.name() == words[1]);
                let paper = paper.unwrap_or_else(|| panic!("{place}: no such paper: {:?}", case.papers));
                assert!(paper.rendered.is_some(), "{place}: not rendered");
                if let Some(number) = words.get(2) {
                    assert_eq!(paper.paper_no.as_deref(), Some(*number), "{place}");
                }
            }
            "决定迟延" => {
                let late = case
                    .facts
                    .decided
                    .as_ref()
                    .map(|decided| decided.late)
                    .unwrap_or_default();
                let text = match (late.statutory, late.promised) {
                    (true, true) => "法定和承诺",
                    (true, false) => "法定",
                    (false, true) => "承诺",
                    (false, false) => "无",
                };
                assert_eq!(text, words[1], "{place}");
            }
            other => panic!("{place}: no such expectation: {other}"),
        }
    }
}

fn stance(inputs: &Inputs) -> Stance {
    match inputs.get("", "同意") {
        "同意" => Stance::Positive,
        "不同意" => Stance::Negative,
        "退回" => Stance::Return,
        other => panic!("no such stance: {other}"),
    }
}

fn decision(inputs: &Inputs, today: Date) -> Decide {
    let granted = inputs.get("", "准予") == "准予";
    let decision = if granted {
        Decision::Grant {
            conditions: Vec::new(),
            valid_from: today,
            valid_to: Some(inputs.date("有效期至", today.saturating_add(jiff::Span::new().years(5)))),
        }
    } else {
        Decision::Deny {
            reasons: String::new(),
            technical_standards: inputs.0.get("标准").cloned(),
        }
    };
    Decide {
        decision,
        opinion: if granted { "准予许可" } else { "不予许可" }.into(),
        reasons: inputs.text("理由", ""),
        basis: inputs.0.get("依据版本").map(|version| BasisChoice {
            version: version.parse().unwrap(),
            reasons: inputs.text("选择理由", "对申请人有利"),
        }),
        hearing_record: inputs.text("听证笔录", ""),
    }
}

fn service(inputs: &Inputs, today: Date) -> Serve {
    let place = "区政务服务中心3楼12号窗口".to_owned();
    let by = match inputs.get("", "直接") {
        "直接" => Way::Personal {
            recipient: "李琴".into(),
            relation: "本人".into(),
            place,
            signed: inputs.get("签收", "是") == "是",
            signature: None,
        },
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
        other => panic!("no such way: {other}"),
    };
    Serve {
        by,
        served_on: inputs.date("日期", today),
        server: "林晓岚".into(),
    }
}
