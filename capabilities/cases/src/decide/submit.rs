//! An application comes in: online, on paper at the counter, or by post (许可法 29).
//!
//! The limit for telling the applicant what is missing starts from the day of receipt (32(1)(四)). Whether the
//! materials suffice is for the officers to say; here only what can be counted is checked, so that nobody is sent
//! home by a machine at the counter: on paper, gaps are taken in and told once.

use jiff::civil::Date;
use mingjing_calendar::LimitUnit;
use mingjing_catalogue::public::{Answers, ItemVersion, LimitUnit as ItemLimitUnit};
use mingjing_chronicle::{ActorKind, Refusal};
use mingjing_codes::PowerType;
use mingjing_people::public::PostRole;

use crate::asking;
use crate::case::Case;
use crate::clock::{self, ClockChange, ClockKind, Limit};
use crate::course::Course;
use crate::decide::take_step;
use crate::decide::{Act, ITEMS_OWN_LAW, LegalAct, Setting, Verdict, past_date, settled};
use crate::events::{
    CaseEvent, Channel, Effects, Notice, PinnedItem, QueryLock, Submitted, SubmittedMaterial, Template,
};
use crate::matter::form_facts;
use crate::paper::Draft;
use crate::party::Applicant;

const ACT: Act = Act::Submit;

#[derive(Debug, Clone)]
pub struct Submit {
    pub case_no: String,
    pub applicant: Applicant,
    pub channel: Channel,
    /// Online it is today; by post the day of arrival.
    pub received_on: Date,
    pub proof_of_arrival: Option<String>,
    pub form: Answers,
    pub materials: Vec<SubmittedMaterial>,
    pub query: QueryLock,
}

/// `in_force`: whether the item holds on the day of receipt by the catalogue.
///
/// # Errors
/// `cases.submit.*`, `cases.party.incomplete`.
pub fn decide(state: &Case, command: &Submit, in_force: bool, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    if state.exists() {
        return Err(ACT
            .forbids("already_submitted", "这份申请已经提交过了。")
            .advice("请在“我的办件”中查看。"));
    }
    let course = Course::of(setting.item.power_type, setting.flow.model());
    item_open(in_force, command.channel, course, setting.item)?;
    chart_covered(ACT, course, setting)?;
    let item = match setting.item.power_type {
        PowerType::Permit => pin(ACT, "行政许可法第四十二条第一款", None, setting)?,
        // Where no law sets a limit the body's own promise is all there is.
        _ => pin(ACT, ITEMS_OWN_LAW, promise(setting.item), setting)?,
    };
    let post = who(command, &item, setting)?;
    command.applicant.party.check()?;
    authority(&command.applicant, command.received_on)?;
    day_of_receipt(command, setting)?;
    if command.channel == Channel::Online {
        complete(command, setting)?;
    }
    let event = submitted(command, item, course, setting)?;
    Ok(Verdict {
        events: vec![settled(state, event, command.received_on, setting)],
        happened_on: command.received_on,
        post,
    })
}

/// Types of power that have items to be applied for. Of the last only disclosure on request.
pub(crate) const APPLIED_FOR: [PowerType; 4] = [
    PowerType::Permit,
    PowerType::Confirmation,
    PowerType::Levy,
    PowerType::Other,
];

/// RED1: nothing is started on an item that is cancelled or not in force.
fn item_open(in_force: bool, channel: Channel, course: Course, item: &ItemVersion) -> Result<(), Refusal> {
    if !in_force {
        return Err(Refusal::law(
            ACT.code("item_not_active"),
            "该事项已经取消、停止办理或者尚未生效，不能受理申请。",
        )
        .article("行政许可法第五条第二款")
        .advice("请在事项目录中查看现行事项。"));
    }
    // Each type of power has its own procedure and limits. Of those without a law of their own, these have rules for the
    // acts of their charts (`take_step/law.rs`).
    if !course.is_applied_for() {
        return Err(Refusal::law(
            ACT.code("not_applied_for"),
            format!(
                "{}事项不依申请办理，或者平台还没有它的办理规则，不能在这里提交申请。",
                item.power_type.name()
            ),
        )
        .advice("请在办事指南中查看该事项的办理方式。"));
    }
    if channel == Channel::Online && !item.online {
        return Err(Refusal::law(ACT.code("not_online"), "该事项尚未开通网上申请。")
            .article("行政许可法第三十三条")
            .advice("请到窗口或者以邮寄方式提出申请。"));
    }
    Ok(())
}

/// Nothing is begun that no rule of the platform could bring to its end.
pub(crate) fn chart_covered(act: Act, course: Course, setting: &Setting<'_>) -> Result<(), Refusal> {
    let model = setting.flow.model();
    // What another body works through has the rules of its part.
    let mut tasks = model.indices().filter_map(|ix| {
        let of = if model.is_assisting(ix) {
            Course::Assistance
        } else {
            course
        };
        Some((model.work(model.node(ix).id.as_str())?, of))
    });
    let unknown = tasks.find(|(task, of)| task.act.as_deref().is_some_and(|kind| !take_step::covers(*of, kind)));
    match unknown {
        Some((task, course)) => Err(Refusal::law(
            act.code("chart_not_covered"),
            format!(
                "该事项流程图中的“{}”，平台还没有{}的办理规则，不能在平台上办理。",
                task.name,
                course.name()
            ),
        )
        .advice("请到窗口依法办理，并请法制机构核对该事项的流程图。")),
        None => Ok(()),
    }
}

/// Online the party or its agent; on paper a clerk of the body.
fn who(command: &Submit, item: &PinnedItem, setting: &Setting<'_>) -> Result<String, Refusal> {
    let actor = &setting.context.actor;
    if command.channel == Channel::Online {
        let own = actor.kind == ActorKind::Citizen
            && (command.applicant.account.as_deref() == Some(&actor.account)
                || command
                    .applicant
                    .agent
                    .as_ref()
                    .and_then(|agent| agent.account.as_deref())
                    == Some(&actor.account));
        return if own {
            Ok(String::new())
        } else {
            Err(Refusal::forbidden(
                ACT.code("not_your_case"),
                "只能以本人或者委托人的名义提交申请。",
            ))
        };
    }
    actor
        .post_in(PostRole::CounterClerk.key(), &item.body)
        .map(|post| post.post.clone())
        .ok_or_else(|| {
            Refusal::forbidden(
                ACT.code("not_your_post"),
                "纸质申请由本机关的窗口受理员登记，您没有担任这一岗位。",
            )
        })
}

/// 许可法 29(2): an agent needs authority that holds on the day.
fn authority(applicant: &Applicant, on: Date) -> Result<(), Refusal> {
    match &applicant.agent {
        Some(agent) if !agent.authority.holds_on(on) => Err(Refusal::law(
            ACT.code("authority_expired"),
            "委托书已超过有效期，代理人不能再代为申请。",
        )
        .article("行政许可法第二十九条第二款")
        .advice("请由委托人重新出具委托书。")),
        Some(agent) if agent.name.trim().is_empty() => {
            Err(ACT.lacks("agent_unnamed", "agent_name", "请填写代理人姓名。"))
        }
        _ => Ok(()),
    }
}

fn day_of_receipt(command: &Submit, setting: &Setting<'_>) -> Result<(), Refusal> {
    let context = setting.context;
    if command.received_on == context.today {
        return Ok(());
    }
    if command.channel == Channel::Online {
        return Err(ACT.lacks("future_date", "received_on", "网上申请的收到日期就是提交当日。"));
    }
    let window = context.parameters.number("cases.receipt_backdating_days", 5);
    past_date(ACT, "received_on", command.received_on, Date::MIN, window, context)?;
    if command
        .proof_of_arrival
        .as_deref()
        .is_none_or(|proof| proof.trim().is_empty())
    {
        return Err(ACT
            .lacks(
                "needs_proof_of_arrival",
                "proof_of_arrival",
                "收到日期早于今天的，请填写证明（邮戳日期、挂号编号或者收发登记号）。",
            )
            .advice("法定期限自实际收到申请材料之日起计算。"));
    }
    Ok(())
}

/// The application itself: online it is the form that was filled in (许可法 29(3)), not a file beside it.
pub const APPLICATION: &str = "application";

/// What can be counted: questions, fields and materials that are asked for in this situation.
fn complete(command: &Submit, setting: &Setting<'_>) -> Result<(), Refusal> {
    let item = setting.item;
    let mut refusal = Refusal::invalid(ACT.code("incomplete"), "申请内容还不完整。")
        .article("行政许可法第三十一条第一款")
        .advice("请按提示补全后再提交；暂时不能补全的，可以先存为草稿。");
    let asked = asking::asked(item, &command.form, &command.applicant.party, command.received_on);
    refusal.fields = asked.question_errors();
    refusal.fields.extend(asked.form_errors(None));
    for lacking in asking::lacking(&asked, &command.materials, item.form.is_some()) {
        refusal = refusal.field(
            format!("material_{}", lacking.id),
            format!("请上传“{}”。", lacking.name),
        );
    }
    if refusal.fields.is_empty() {
        Ok(())
    } else {
        Err(refusal)
    }
}

pub(crate) fn promise(item: &ItemVersion) -> Option<Limit> {
    let basis = "法律、法规没有规定期限，按本机关承诺";
    item.promised_limit.as_ref().map(|promised| limit(promised, basis))
}

fn submitted(command: &Submit, item: PinnedItem, course: Course, setting: &Setting<'_>) -> Result<CaseEvent, Refusal> {
    let telling = telling(command, setting)?;
    let due = telling.as_ref().and_then(ClockChange::due).map(|due| due.on);
    let told = due.map_or(String::new(), |due| {
        format!("最迟于{due}告知是否受理；逾期未告知的，自收到之日起即为受理。")
    });
    let receipt = Draft::first(Template::Receipt, &command.case_no, &item, &command.applicant, setting)
        .with("received_on", command.received_on.to_string())
        .materials(&command.materials)
        .order();
    let notice = Notice {
        title: "已收到您的申请".into(),
        text: format!("{}已收到您关于“{}”的申请。{told}", setting.body.name, item.name),
        action: false,
        paper: Some(receipt.paper_id.clone()),
        service: false,
    };
    // A paper that lists nothing would be refused for its gap: a counter receipt without materials has no receipt paper.
    let listed = command.materials.iter().any(SubmittedMaterial::present);
    // Answers that were not asked for are not kept.
    let form = asking::asked(
        setting.item,
        &command.form,
        &command.applicant.party,
        command.received_on,
    )
    .kept();
    let flow = setting.start_flow(&|| form_facts(&form))?;
    Ok(CaseEvent::Submitted(Box::new(Submitted {
        case_no: command.case_no.clone(),
        item,
        applicant: command.applicant.clone(),
        channel: command.channel,
        received_on: command.received_on,
        proof_of_arrival: command.proof_of_arrival.clone(),
        form,
        materials: command.materials.clone(),
        query: command.query.clone(),
        course: Some(course),
        opening: None,
        effects: Effects {
            flow,
            clocks: telling.into_iter().collect(),
            notices: vec![Notice {
                paper: notice.paper.filter(|_| listed),
                ..notice
            }],
            papers: if listed { vec![receipt] } else { Vec::new() },
            ..Effects::default()
        },
    })))
}

/// 许可法 32(1)(四); the other powers have no such limit of one law, only the step's own.
fn telling(command: &Submit, setting: &Setting<'_>) -> Result<Option<ClockChange>, Refusal> {
    if setting.item.power_type != PowerType::Permit {
        return Ok(None);
    }
    let limit = Limit::working_days(5, "行政许可法第三十二条第一款第（四）项");
    let calendar = &setting.context.calendar;
    Ok(Some(clock::start(
        calendar,
        ClockKind::Telling,
        &limit,
        command.received_on,
    )?))
}

/// What the case rests on from now on, taken from the version in force. `by_law`: the limit that holds where the item
/// states none; `basis`: what the item's own limit rests on where it does not say.
pub(crate) fn pin(
    act: impl LegalAct,
    basis: &'static str,
    by_law: Option<Limit>,
    setting: &Setting<'_>,
) -> Result<PinnedItem, Refusal> {
    let item = setting.item;
    let registered = item.statutory_limit.as_ref();
    let Some(statutory) = registered.map(|own| limit(own, basis)).or(by_law) else {
        return Err(
            Refusal::law(act.code("no_limit"), "该事项没有登记法定期限，暂不能办理。")
                .advice("请联系法制机构补全事项目录。"),
        );
    };
    Ok(PinnedItem {
        item_code: item.item_code.clone(),
        version: item.version,
        name: item.name.clone(),
        body: item.body.clone(),
        area: setting.body.division.clone(),
        bases: item.legal_bases.iter().map(|basis| basis.citation()).collect(),
        statutory,
        promised: item
            .promised_limit
            .as_ref()
            .map(|promised| limit(promised, "本机关承诺")),
        result_document: item
            .result_documents
            .first()
            .cloned()
            .unwrap_or_else(|| item.name.clone()),
        flow_hash: setting.flow.hash().to_owned(),
    })
}

fn limit(of: &mingjing_catalogue::public::Limit, otherwise: &str) -> Limit {
    Limit {
        amount: of.amount,
        unit: match of.unit {
            ItemLimitUnit::WorkingDay => LimitUnit::WorkingDay,
            ItemLimitUnit::Day => LimitUnit::CalendarDay,
            ItemLimitUnit::Month => LimitUnit::Month,
        },
        basis: if of.basis.trim().is_empty() {
            otherwise.to_owned()
        } else {
            of.basis.clone()
        },
    }
}
