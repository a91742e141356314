//! Addresses of the office's pages, and its part of the side navigation. Those of citizens are in `citizen::links`.

use mingjing_web::{Link, SideEntry, SideGroup};

use super::migrations::migrations_page;
use super::{BOARD, INTAKE, OPEN};
use crate::migration::MIGRATIONS;

/// The office's entries of the back office's navigation.
pub fn side() -> SideGroup {
    let entry = |label, link, permission| SideEntry {
        label,
        link,
        permission,
    };
    SideGroup {
        title: "办件",
        entries: vec![
            entry("工作台", worklist_page(), BOARD),
            entry("窗口收件", intake_page(), INTAKE),
            entry("依职权启动", openings_page(), OPEN),
            entry("办件查询", cases_page(), BOARD),
            entry("办件看板", board_page(), BOARD),
            entry("办件统计", statistics_page(), BOARD),
            entry("裁量情况", fines_page(), BOARD),
            entry("流程迁移", migrations_page(), MIGRATIONS),
        ],
    }
}

pub fn worklist_page() -> Link {
    Link::to("/desk")
}

pub fn cases_page() -> Link {
    Link::to("/desk/cases")
}

pub fn board_page() -> Link {
    Link::to("/desk/board")
}

pub fn statistics_page() -> Link {
    Link::to("/desk/statistics")
}

/// Decided fines against their benchmarks.
pub fn fines_page() -> Link {
    Link::to("/desk/fines")
}

pub fn intake_page() -> Link {
    Link::to("/desk/intake")
}

pub fn intake_of(item: &str) -> Link {
    intake_page().part(item)
}

pub fn openings_page() -> Link {
    Link::to("/desk/openings")
}

pub fn opening_of(item: &str) -> Link {
    openings_page().part(item)
}

pub fn receipts_page(case_no: &str) -> Link {
    case_page(case_no).part("receipts")
}

pub fn case_page(case_no: &str) -> Link {
    cases_page().part(case_no)
}

pub fn act_page(case_no: &str, act: &str) -> Link {
    case_page(case_no).part("acts").part(act)
}

/// Where the form of an act goes that has a file.
pub fn act_with_file(case_no: &str, act: &str) -> Link {
    act_page(case_no, act).part("file")
}

pub fn leads_page() -> Link {
    Link::to("/desk/leads")
}

pub fn lead_of(item: &str) -> Link {
    leads_page().part(item)
}

/// What statute and benchmark say about given factors; nothing is recorded there.
pub fn discretion_page(case_no: &str) -> Link {
    case_page(case_no).part("discretion")
}

pub fn evidence_file(case_no: &str, blob: &str) -> Link {
    material_file(case_no, blob)
}

pub fn paper_file(case_no: &str, paper_id: &str) -> Link {
    case_page(case_no).part("papers").part(paper_id)
}

pub fn material_file(case_no: &str, blob: &str) -> Link {
    case_page(case_no).part("files").part(blob)
}
