//! What the operations on steps ask for, and what they make of it: 退回, 撤回, 转办, 加签, 减签, 会签意见, 挂起, 恢复.

use mingjing_web::Reader;

use super::asks::Offered;
use super::input::opinion;
use crate::decide::LONGEST_TEXT;
use crate::pages::asks::{self, Ask, checks, option, radios, text};
use crate::penalty::PenaltyAct;
use crate::penalty::commands::PenaltyCommand;
use crate::penalty::decide::operate::{
    AddSigners, RemoveSigners, ResumeStep, ReturnStep, SignStep, SignWhen, SuspendStep, TakeBackStep, TransferStep,
};

pub(super) fn asked(act: PenaltyAct, offered: &Offered) -> Vec<Ask> {
    let mut asked = match act {
        PenaltyAct::SignStep => {
            return asks::opinion(
                &[("positive", "同意"), ("negative", "不同意")],
                "不同意的，必须写明理由",
            );
        }
        PenaltyAct::ReturnStep => vec![radios(
            "to",
            "退回到哪一环节",
            "从那一环节起重新办理；会签、并行中尚未办完的一并收回",
            offered.ways_back.clone(),
        )],
        PenaltyAct::TransferStep => vec![radios("to", "接办人员", "须担任同一岗位", offered.officers.clone())],
        PenaltyAct::AddSigners => vec![
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
        PenaltyAct::RemoveSigners => vec![checks("officers", "不再签署的人员", "", offered.signers.clone())],
        _ => Vec::new(),
    };
    asked.push(text("reasons", "理由", "记入案卷"));
    asked
}

pub(super) fn command(act: PenaltyAct, form: &mut Reader<'_>) -> Option<PenaltyCommand> {
    if act == PenaltyAct::SignStep {
        let (stance, opinion, reasons) = opinion(form)?;
        return Some(PenaltyCommand::SignStep(SignStep {
            stance,
            opinion,
            reasons,
        }));
    }
    let to = match act {
        PenaltyAct::ReturnStep => Some(form.choice::<String>("to", "退回到哪一环节")),
        PenaltyAct::TransferStep => Some(form.choice::<String>("to", "接办人员")),
        _ => None,
    };
    let officers = match act {
        PenaltyAct::AddSigners | PenaltyAct::RemoveSigners => Some(form.choices::<String>("officers", "人员")),
        _ => None,
    };
    let when = (act == PenaltyAct::AddSigners).then(|| form.choice::<String>("when", "何时签署"));
    let reasons = form.text("reasons", "理由", LONGEST_TEXT)?;
    Some(match act {
        PenaltyAct::ReturnStep => PenaltyCommand::ReturnStep(ReturnStep { to: to??, reasons }),
        PenaltyAct::TransferStep => PenaltyCommand::TransferStep(TransferStep { to: to??, reasons }),
        PenaltyAct::AddSigners => PenaltyCommand::AddSigners(AddSigners {
            officers: officers??,
            when: match when??.as_str() {
                "before" => SignWhen::Before,
                "beside" => SignWhen::Beside,
                _ => SignWhen::After,
            },
            reasons,
        }),
        PenaltyAct::RemoveSigners => PenaltyCommand::RemoveSigners(RemoveSigners {
            officers: officers??,
            reasons,
        }),
        PenaltyAct::TakeBackStep => PenaltyCommand::TakeBackStep(TakeBackStep { reasons }),
        PenaltyAct::SuspendStep => PenaltyCommand::SuspendStep(SuspendStep { reasons }),
        _ => PenaltyCommand::ResumeStep(ResumeStep { reasons }),
    })
}
