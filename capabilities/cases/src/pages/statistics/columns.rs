//! The columns of the statistics of each procedure, with the words around them and how each figure is counted.

use mingjing_web::Cell;
use mingjing_web::sheet::tenths_in_words;

use crate::number::Procedure;
use crate::views::statistics::Figures;

/// One figure: its head in a sheet, its head on the page (none: it stands in sheets only), and where it comes from.
pub(super) struct Column {
    pub(super) long: &'static str,
    pub(super) short: Option<&'static str>,
    of: fn(&Figures) -> Figure,
}

enum Figure {
    Count(i64),
    /// Tenths of a percent; nothing where nothing is decided.
    Share(Option<i64>),
    /// Tenths of a day.
    Days(Option<i64>),
}

impl Column {
    pub(super) fn cell(&self, figures: &Figures) -> Cell {
        match (self.of)(figures) {
            Figure::Count(count) => Cell::Number(count),
            Figure::Share(tenths) | Figure::Days(tenths) => tenths.map_or(Cell::Empty, Cell::Tenths),
        }
    }

    pub(super) fn words(&self, figures: &Figures) -> String {
        match (self.of)(figures) {
            Figure::Count(count) => count.to_string(),
            Figure::Share(tenths) => share_in_words(tenths),
            Figure::Days(tenths) => days_in_words(tenths),
        }
    }
}

pub(super) fn share_in_words(tenths: Option<i64>) -> String {
    tenths.map_or_else(|| "—".to_owned(), |tenths| format!("{}%", tenths_in_words(tenths)))
}

pub(super) fn days_in_words(tenths: Option<i64>) -> String {
    tenths.map_or_else(|| "—".to_owned(), tenths_in_words)
}

/// What is said about the statistics of one procedure.
pub(crate) struct Words {
    /// What is counted.
    pub(super) cases: &'static str,
    pub(super) received: &'static str,
    pub(super) year: &'static str,
    pub(super) by_month: &'static str,
    pub(super) median: &'static str,
    pub(super) columns: &'static [Column],
    pub(crate) definitions: &'static [(&'static str, &'static str)],
}

pub(super) fn words(procedure: Procedure) -> &'static Words {
    match procedure {
        Procedure::Permit => &PERMIT,
        Procedure::Penalty => &PENALTY,
        Procedure::Matter => &MATTER,
        Procedure::Assistance => &ASSISTANCE,
    }
}

macro_rules! columns {
    ($($long:literal $short:expr, $of:expr;)*) => {
        &[$(Column { long: $long, short: $short, of: $of },)*]
    };
}

static PERMIT: Words = Words {
    cases: "行政许可办件",
    received: "收到申请",
    year: "收到的年份",
    by_month: "按收到的月份",
    median: "从受理到决定（日，中位数）",
    columns: columns! {
        "收到申请" Some("收到"), |figures| Figure::Count(figures.received);
        "尚未决定" Some("尚未决定"), |figures| Figure::Count(figures.undecided);
        "已决定" None, |figures| Figure::Count(figures.decided());
        "准予" Some("准予"), |figures| Figure::Count(figures.granted);
        "不予" Some("不予"), |figures| Figure::Count(figures.denied);
        "未受理或者不需要许可" Some("未受理等"), |figures| Figure::Count(figures.turned_away);
        "撤回" Some("撤回"), |figures| Figure::Count(figures.withdrawn);
        "承诺期限内决定" Some("承诺期限内"), |figures| Figure::Count(figures.in_time);
        "超过承诺期限" Some("超过承诺"), |figures| Figure::Count(figures.past_promise);
        "超过法定期限" Some("超过法定"), |figures| Figure::Count(figures.past_law);
        "法定期限内的比例（%）" Some("法定期限内"), |figures| Figure::Share(figures.lawful_tenths());
        "现已超过法定期限未决定" Some("现已超期"), |figures| Figure::Count(figures.overdue);
        "受理到决定的日数（中位数）" Some("中位日数"), |figures| Figure::Days(figures.median_tenths);
    },
    definitions: &[
        ("收到", "收到申请的办件数，按收到申请的月份归入，不论后来怎样。"),
        (
            "尚未决定",
            "没有作出决定、没有不予受理或者告知不需要许可、也没有撤回的办件数，包括等待补正的。",
        ),
        (
            "准予、不予",
            "作出准予许可、不予许可决定的办件数（行政许可法第三十八条）。",
        ),
        (
            "未受理等",
            "不予受理和告知不需要取得许可的办件数（行政许可法第三十二条）。",
        ),
        ("撤回", "申请人在决定前撤回的办件数。"),
        (
            "承诺期限内、超过承诺、超过法定",
            "已作决定的办件，按作决定的那一天分：在本机关公开承诺的期限内；超过承诺但在法定期限内；超过法定期限。依法不计入期限的时间（行政许可法第四十五条）已经扣除，经批准的延长已经计入。",
        ),
        ("法定期限内", "已作决定的办件中没有超过法定期限的比例。"),
        (
            "现已超期",
            "到今天法定期限已过而仍未作决定的办件数；依法暂停计时的不算。",
        ),
        (
            "中位日数",
            "已作决定的办件从受理到决定的自然日数，从短到长排在中间的那一个；包括依法不计入期限的日子，是申请人实际等待的日数。",
        ),
    ],
};

static MATTER: Words = Words {
    cases: "其他权力事项办件",
    received: "收到申请、申报",
    year: "收到的年份",
    by_month: "按收到的月份",
    median: "从受理到决定（日，中位数）",
    columns: columns! {
        "收到申请、申报" Some("收到"), |figures| Figure::Count(figures.received);
        "尚未决定" Some("尚未决定"), |figures| Figure::Count(figures.undecided);
        "已决定" Some("已决定"), |figures| Figure::Count(figures.decided());
        "不予认定等否定的决定" Some("其中否定的"), |figures| Figure::Count(figures.denied);
        "不予受理" Some("未受理"), |figures| Figure::Count(figures.turned_away);
        "撤回" Some("撤回"), |figures| Figure::Count(figures.withdrawn);
        "承诺期限内决定" Some("承诺期限内"), |figures| Figure::Count(figures.in_time);
        "超过承诺期限" Some("超过承诺"), |figures| Figure::Count(figures.past_promise);
        "超过法定期限" Some("超过法定"), |figures| Figure::Count(figures.past_law);
        "法定期限内的比例（%）" Some("法定期限内"), |figures| Figure::Share(figures.lawful_tenths());
        "现已超过法定期限未决定" Some("现已超期"), |figures| Figure::Count(figures.overdue);
        "受理到决定的日数（中位数）" Some("中位日数"), |figures| Figure::Days(figures.median_tenths);
    },
    definitions: &[
        (
            "收到",
            "行政确认、行政征收等事项收到的申请、申报，按收到的月份归入，不论后来怎样。",
        ),
        (
            "尚未决定",
            "没有作出决定、没有不予受理、也没有撤回的办件数，包括等待补充材料的。",
        ),
        ("其中否定的", "流程图上标为否定结果的决定，例如不予认定。"),
        (
            "承诺期限内、超过承诺、超过法定",
            "已作决定的办件，按作决定的那一天分；依法中止、不计入期限的时间已经扣除。法律、法规没有规定期限的事项，以本机关承诺的期限为准。",
        ),
        ("法定期限内", "已作决定的办件中没有超过法定期限的比例。"),
        ("现已超期", "到今天期限已过而仍未作决定的办件数；依法中止的不算。"),
        (
            "中位日数",
            "已作决定的办件从受理（登记齐全）到决定的自然日数，从短到长排在中间的那一个。",
        ),
    ],
};

/// Of bodies that are asked in a joint approval. No statute sets their limit; the chart does.
static ASSISTANCE: Words = Words {
    cases: "联合办理协办件",
    received: "收到转告",
    year: "收到的年份",
    by_month: "按收到的月份",
    median: "从收到转告到提出意见（日，中位数）",
    columns: columns! {
        "收到转告" Some("收到"), |figures| Figure::Count(figures.received);
        "尚未提出意见" Some("尚未提出"), |figures| Figure::Count(figures.undecided);
        "已提出意见" Some("已提出"), |figures| Figure::Count(figures.decided());
        "不同意" Some("其中不同意"), |figures| Figure::Count(figures.denied);
        "期限内提出" Some("期限内"), |figures| Figure::Count(figures.in_time);
        "超过期限提出" Some("超过期限"), |figures| Figure::Count(figures.past_promise);
        "收到转告到提出意见的日数（中位数）" Some("中位日数"), |figures| Figure::Days(figures.median_tenths);
    },
    definitions: &[
        (
            "收到",
            "主办机关受理联合办理的申请以后转告本机关、由本机关提出意见的件数，按收到的月份归入。",
        ),
        (
            "尚未提出",
            "还没有提出意见的件数，包括主办机关后来不再需要意见的。逾期不视为同意。",
        ),
        ("其中不同意", "提出的意见是不同意的。"),
        ("期限内、超过期限", "按提出意见的那一天和流程图规定的协办时限分。"),
        (
            "中位日数",
            "已提出意见的，从收到转告到提出意见的自然日数，从短到长排在中间的那一个。",
        ),
    ],
};

static PENALTY: Words = Words {
    cases: "行政处罚案件",
    received: "立案",
    year: "立案的年份",
    by_month: "按立案的月份",
    median: "从立案到决定（日，中位数）",
    columns: columns! {
        "立案" Some("立案"), |figures| Figure::Count(figures.received);
        "尚未决定" Some("尚未决定"), |figures| Figure::Count(figures.undecided);
        "已决定" None, |figures| Figure::Count(figures.decided());
        "给予处罚" Some("处罚"), |figures| Figure::Count(figures.fined);
        "不予处罚" Some("不予处罚"), |figures| Figure::Count(figures.no_penalty);
        "违法事实不能成立" Some("不成立"), |figures| Figure::Count(figures.not_established);
        "移送司法机关" Some("移送"), |figures| Figure::Count(figures.transferred);
        "法定期限内决定" Some("期限内"), |figures| Figure::Count(figures.in_time + figures.past_promise);
        "超过法定期限" Some("超过法定"), |figures| Figure::Count(figures.past_law);
        "法定期限内的比例（%）" Some("法定期限内"), |figures| Figure::Share(figures.lawful_tenths());
        "现已超过法定期限未决定" Some("现已超期"), |figures| Figure::Count(figures.overdue);
        "立案到决定的日数（中位数）" Some("中位日数"), |figures| Figure::Days(figures.median_tenths);
    },
    definitions: &[
        (
            "立案",
            "批准立案的案件数（行政处罚法第五十四条第二款），按立案的月份归入，不论后来怎样。线索和不予立案的不是案件，不计入任何一栏。",
        ),
        ("尚未决定", "已经立案、还没有作出决定的案件数。"),
        (
            "处罚、不予处罚、不成立、移送",
            "按行政处罚法第五十七条第一款的四种决定分；决定后来被变更或者撤销的，仍按原来的决定计。",
        ),
        (
            "期限内、超过法定",
            "已作决定的案件，按作决定的那一天分：在法定办案期限内（行政处罚法第六十条，自立案之日起九十日；法律、法规、规章另有规定的从其规定），或者超过。经批准的延长已经计入。",
        ),
        ("法定期限内", "已作决定的案件中没有超过法定期限的比例。"),
        ("现已超期", "到今天法定期限已过而仍未作决定的案件数。"),
        (
            "中位日数",
            "已作决定的案件从立案到决定的自然日数，从短到长排在中间的那一个。",
        ),
        (
            "不作考核",
            "罚款的数额和处罚的多少不用来考核或者变相考核任何机关和人员（行政处罚法第七十四条第三款）。",
        ),
    ],
};
