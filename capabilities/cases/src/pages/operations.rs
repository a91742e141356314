//! What the operations on steps ask for and what they make of it, in every procedure: 退回 撤回 转办 委托 加签 减签 会签意见
//! 抄送 催办 挂起 恢复. And in which words a step and what was done to it are shown.

use mingjing_chronicle::Context;
use mingjing_web::Reader;

use super::asks::{self, Ask, Options, checks, date, option, radios, text};
use crate::decide::{LONGEST_TEXT, role_name};
use crate::events::{OpenStep, Stance, StepOperated};
use crate::flow::Flow;
use crate::operate::{
    AddSigners, CopySent, CopyStep, DelegateStep, HandBackStep, NoteCopy, Operated, Operation, RemoveSigners,
    ResumeStep, ReturnStep, SignStep, SignWhen, StepCommand, SuspendStep, TakeBackStep, TransferStep, UrgeStep,
    copies_to_note, urgeable, ways_back,
};

/// Facts that the forms offer for choosing.
#[derive(Default)]
pub(super) struct OperationsOffered {
    /// Officers of the body: account, name, and what is to be known about them today.
    officers: Options,
    /// Earlier steps that the case can be returned to.
    ways_back: Options,
    /// Officers who sign a step beside its holder.
    signers: Options,
    /// Open steps of others.
    urgeable: Options,
    /// Copies that wait to be read.
    copies: Vec<String>,
}

impl OperationsOffered {
    pub(super) fn of<M: Operated>(case: &M, flow: &Flow, context: &Context, officers: &Options) -> OperationsOffered {
        let signs = |account: &str| {
            let mut signers = case.steps().iter().filter(|step| step.signer);
            signers.any(|step| step.holder.as_deref() == Some(account))
        };
        let others = officers
            .iter()
            .filter(|(account, ..)| *account != context.actor.account);
        OperationsOffered {
            signers: officers
                .iter()
                .filter(|(account, ..)| signs(account))
                .cloned()
                .collect(),
            officers: others.cloned().collect(),
            ways_back: ways_back(case, context, flow)
                .into_iter()
                .map(|step| (step.task, step.name, String::new()))
                .collect(),
            urgeable: urgeable(case, context)
                .iter()
                .map(|step| option(&step.task, &step.name, &format!("{}，{}到达", holder(step), step.since)))
                .collect(),
            copies: copies_to_note(case, context).into_iter().map(copied).collect(),
        }
    }
}

/// Posts that a copy may go to.
const ROLES: [&str; 7] = [
    "counter_clerk",
    "handler",
    "reviewer",
    "approver",
    "legal_reviewer",
    "release_reviewer",
    "archivist",
];

/// Words above the form.
pub(super) fn lead(op: Operation, offered: &OperationsOffered) -> String {
    match op {
        Operation::NoteCopy => offered.copies.join("\n"),
        Operation::Urge => "提醒正在办理的人员，记入案卷；期限照常计算，不因催办改变。".to_owned(),
        Operation::Copy => "只是告知情况：收到的人员不用办理，阅悉后记录时间。".to_owned(),
        Operation::Delegate => "受托人员以自己的名义办理，责任由其承担；期满没有办完的自动交回。".to_owned(),
        Operation::Suspend => "环节在机关内部暂停；法定期限和承诺期限照常计算。".to_owned(),
        _ => String::new(),
    }
}

pub(super) fn asked(op: Operation, offered: &OperationsOffered) -> Vec<Ask> {
    let mut asked = match op {
        Operation::Sign => {
            return asks::opinion(
                &[("positive", "同意"), ("negative", "不同意")],
                "不同意的，必须写明理由",
            );
        }
        Operation::NoteCopy => return Vec::new(),
        Operation::Return => vec![radios(
            "to",
            "退回到哪一环节",
            "从那一环节起重新办理；会签、并行中尚未办完的一并收回",
            offered.ways_back.clone(),
        )],
        Operation::Transfer => vec![radios("to", "接办人员", "须担任同一岗位", offered.officers.clone())],
        Operation::Delegate => vec![
            radios("to", "受托人员", "须担任同一岗位", offered.officers.clone()),
            date("until", "委托到哪一天", "含当天，最长六十日"),
        ],
        Operation::AddSigners => vec![
            checks(
                "officers",
                "加签人员",
                "他们签署意见，不代替您办理",
                offered.officers.clone(),
            ),
            radios(
                "when",
                "何时签署",
                "",
                vec![
                    option("before", "在我之前", "他们签署后您才能办理"),
                    option("beside", "与我同时", "都签署后流程才继续"),
                    option("after", "在我之后", "您办理后由他们签署"),
                ],
            ),
        ],
        Operation::RemoveSigners => vec![checks("officers", "不再签署的人员", "", offered.signers.clone())],
        Operation::Copy => vec![
            checks("officers", "抄送人员", "人员和岗位至少选一项", offered.officers.clone()),
            checks(
                "roles",
                "抄送岗位",
                "担任该岗位的人员都能看到",
                ROLES.map(|role| option(role, role_name(role), "")).into(),
            ),
        ],
        Operation::Urge if offered.urgeable.len() > 1 => {
            vec![radios("task", "催办哪一环节", "", offered.urgeable.clone())]
        }
        _ => Vec::new(),
    };
    asked.push(text("reasons", "理由", "记入案卷"));
    asked
}

pub(super) fn command(op: Operation, form: &mut Reader<'_>) -> Option<StepCommand> {
    match op {
        Operation::Sign => return sign(form),
        Operation::NoteCopy => return Some(NoteCopy { copy: None }.into()),
        Operation::Copy => return copy(form),
        _ => {}
    }
    let to = match op {
        Operation::Return => Some(form.choice::<String>("to", "退回到哪一环节")),
        Operation::Transfer => Some(form.choice::<String>("to", "接办人员")),
        Operation::Delegate => Some(form.choice::<String>("to", "受托人员")),
        _ => None,
    };
    let until = (op == Operation::Delegate).then(|| form.date("until", "委托到哪一天"));
    let officers = match op {
        Operation::AddSigners | Operation::RemoveSigners => Some(form.choices::<String>("officers", "人员")),
        _ => None,
    };
    let when = (op == Operation::AddSigners).then(|| form.choice::<String>("when", "何时签署"));
    let task = match op {
        Operation::Urge => form.optional("task", "催办哪一环节", 128)?,
        _ => None,
    };
    let reasons = form.text("reasons", "理由", LONGEST_TEXT)?;
    Some(match op {
        Operation::Return => ReturnStep { to: to??, reasons }.into(),
        Operation::Transfer => TransferStep { to: to??, reasons }.into(),
        Operation::Delegate => DelegateStep {
            to: to??,
            until: until??,
            reasons,
        }
        .into(),
        Operation::AddSigners => AddSigners {
            officers: officers??,
            when: match when??.as_str() {
                "before" => SignWhen::Before,
                "beside" => SignWhen::Beside,
                _ => SignWhen::After,
            },
            reasons,
        }
        .into(),
        Operation::RemoveSigners => RemoveSigners {
            officers: officers??,
            reasons,
        }
        .into(),
        Operation::TakeBack => TakeBackStep { reasons }.into(),
        Operation::HandBack => HandBackStep { reasons }.into(),
        Operation::Urge => UrgeStep { task, reasons }.into(),
        Operation::Suspend => SuspendStep { reasons }.into(),
        Operation::Resume => ResumeStep { reasons }.into(),
        Operation::Sign | Operation::NoteCopy | Operation::Copy | Operation::FallBack => return None,
    })
}

fn sign(form: &mut Reader<'_>) -> Option<StepCommand> {
    let stance = form.choice::<String>("stance", "意见");
    let opinion = form.text("opinion", "意见内容", LONGEST_TEXT);
    let reasons = form.optional("reasons", "理由", LONGEST_TEXT);
    Some(
        SignStep {
            stance: match stance?.as_str() {
                "positive" => Stance::Positive,
                _ => Stance::Negative,
            },
            opinion: opinion?,
            reasons: reasons?.unwrap_or_default(),
        }
        .into(),
    )
}

fn copy(form: &mut Reader<'_>) -> Option<StepCommand> {
    let officers = form.choices::<String>("officers", "抄送人员");
    let roles = form.choices::<String>("roles", "抄送岗位");
    let reasons = form.text("reasons", "理由", LONGEST_TEXT)?;
    Some(
        CopyStep {
            officers: officers?,
            roles: roles?,
            reasons,
        }
        .into(),
    )
}

/// An open step with what was done to it, for the office.
pub(super) fn step_words(step: &OpenStep) -> String {
    let mut words = step.name.clone();
    let by = step.held_by.as_deref().unwrap_or_default();
    let mut mark = |text: &str| {
        words.push('·');
        words.push_str(text);
    };
    if step.signer {
        mark(&format!("加签{by}"));
    } else if step.instance.is_some() && step.asked.is_none() {
        mark("会签");
    }
    if let Some(lent) = &step.lent {
        mark(&format!("{}委托{by}办理至{}", lent.by_name, lent.until));
    } else if !step.signer && step.holder.is_some() {
        mark(&format!("已转办{by}"));
    }
    if step.suspended {
        mark("已挂起");
    }
    if let Some(urged) = &step.urged {
        mark(&format!(
            "催办{}次（{} {}：{}）",
            urged.times, urged.on, urged.by_name, urged.reasons
        ));
    }
    words
}

fn holder(step: &OpenStep) -> String {
    match &step.held_by {
        Some(name) => format!("{}（{name}）", role_name(&step.role)),
        None => role_name(&step.role).to_owned(),
    }
}

/// A copy as its receivers and the case page read it.
pub(super) fn copied(copy: &CopySent) -> String {
    let officers = copy.officers.iter().map(|officer| officer.name.as_str());
    let to: Vec<&str> = officers.chain(copy.roles.iter().map(|role| role_name(role))).collect();
    let noted: Vec<String> = copy
        .noted
        .iter()
        .map(|(who, on)| format!("{} {on}阅悉", who.name))
        .collect();
    let noted = match noted.is_empty() {
        true => "还没有人阅悉".to_owned(),
        false => noted.join("、"),
    };
    format!(
        "{} {}在“{}”环节抄送{}：{}（{noted}）",
        copy.on,
        copy.by.name,
        copy.step,
        to.join("、"),
        copy.reasons
    )
}

/// What an operation was, line by line.
pub(super) fn lines(fact: &StepOperated) -> Vec<String> {
    let mut lines = vec![match fact.name.as_str() {
        "" => format!("环节：{}", fact.step),
        name => format!("环节：{}，{name}", fact.step),
    }];
    lines.extend(fact.back_to.iter().map(|step| format!("重新办理：{}", step.name)));
    let officers = fact.officers.iter().map(|officer| officer.name.as_str());
    let to: Vec<&str> = officers.chain(fact.roles.iter().map(|role| role_name(role))).collect();
    if !to.is_empty() {
        lines.push(format!("人员：{}", to.join("、")));
    }
    lines.extend(fact.until.iter().map(|until| format!("期限：至{until}")));
    if !fact.reasons.is_empty() {
        lines.push(format!("理由：{}", fact.reasons));
    }
    lines
}
