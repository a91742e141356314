//! The body begins a matter by itself: a penalty on the spot (处罚法 51), a coercive measure (强制法 18), the enforcement of a
//! decision that was not performed (强制法 34). Nobody asks for these, so there is no receipt and no limit for telling: the
//! chart's first step is open at once, and the party learns of it where the law has it told.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use mingjing_codes::PowerType;
use mingjing_people::public::PostRole;
use serde_json::Map;

use crate::case::Case;
use crate::clock::Limit;
use crate::course::Course;
use crate::decide::submit::{chart_covered, pin, promise};
use crate::decide::{Act, ITEMS_OWN_LAW, Setting, Verdict, holds_post, past_date, settled, text};
use crate::events::{CaseEvent, Channel, Effects, Opening, QueryLock, Submitted};
use crate::party::{Applicant, Party};

const ACT: Act = Act::Open;

#[derive(Debug, Clone)]
pub struct Open {
    pub case_no: String,
    pub party: Party,
    /// The party's account where the register knows one.
    pub account: Option<String>,
    /// The day on which it was found.
    pub found_on: Date,
    pub facts: String,
    pub place: String,
    pub query: QueryLock,
}

/// Types of power whose charts may be begun by the body itself.
pub(crate) const EX_OFFICIO: [PowerType; 2] = [PowerType::Penalty, PowerType::Coercion];

/// # Errors
/// `cases.open.*`, `cases.party.incomplete`.
pub fn decide(state: &Case, command: &Open, in_force: bool, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    if state.exists() {
        return Err(ACT.forbids("already_open", "这个案件已经启动过了。"));
    }
    let course = Course::of(setting.item.power_type, setting.flow.model());
    item_open(in_force, course, setting)?;
    chart_covered(ACT, course, setting)?;
    let item = pin(ACT, ITEMS_OWN_LAW, limit_by_law(course, setting), setting)?;
    let post = holds_post(ACT, &item.body, PostRole::Handler.key(), setting.context)?;
    command.party.check()?;
    let window = setting.context.parameters.number("cases.step_backdating_days", 7);
    past_date(ACT, "found_on", command.found_on, Date::MIN, window, setting.context)?;
    let opening = Opening {
        facts: text(ACT, "facts", "发现的情况", &command.facts)?,
        place: text(ACT, "place", "地点", &command.place)?,
        opened_by: setting.context.actor.account.clone(),
    };
    let flow = setting.start_flow(&Map::new)?;
    let event = CaseEvent::Submitted(Box::new(Submitted {
        case_no: command.case_no.clone(),
        item,
        applicant: Applicant {
            party: command.party.clone(),
            account: command.account.clone(),
            agent: None,
            // Nobody asked the party yet; the law has these papers handed over.
            electronic_service: false,
        },
        channel: Channel::ExOfficio,
        received_on: command.found_on,
        proof_of_arrival: None,
        form: mingjing_catalogue::public::Answers::new(),
        materials: Vec::new(),
        query: command.query.clone(),
        course: Some(course),
        opening: Some(opening),
        effects: Effects {
            flow,
            ..Effects::default()
        },
    }));
    Ok(Verdict {
        events: vec![settled(state, event, command.found_on, setting)],
        happened_on: command.found_on,
        post: post.post,
    })
}

/// RED1, and the procedure: what is applied for is not begun by the body, and a penalty by ordinary procedure begins with a
/// lead and its opening (处罚法 54(2)).
fn item_open(in_force: bool, course: Course, setting: &Setting<'_>) -> Result<(), Refusal> {
    if !in_force {
        return Err(ACT
            .forbids("item_not_active", "该事项已经取消或者尚未生效，不能启动。")
            .advice("请在事项目录中查看现行事项。"));
    }
    if course.is_ex_officio() {
        return Ok(());
    }
    if setting.item.power_type == PowerType::Penalty {
        return Err(
            Refusal::law(ACT.code("ordinary_procedure"), "该事项按照普通程序处罚，不能当场启动。")
                .article("行政处罚法第五十四条")
                .advice("请登记线索，经批准立案后办理。"),
        );
    }
    Err(ACT
        .forbids(
            "not_ex_officio",
            format!("{}事项不由行政机关依职权启动。", setting.item.power_type.name()),
        )
        .advice("请按照该事项的办事指南，由申请人提出申请。"))
}

/// The limit of the law where the item states none.
fn limit_by_law(course: Course, setting: &Setting<'_>) -> Option<Limit> {
    match course {
        // A measure ends in thirty days whatever the item says.
        Course::CoerciveMeasure => Some(Limit::calendar_days(30, "行政强制法第二十五条第一款")),
        _ => promise(setting.item),
    }
}
