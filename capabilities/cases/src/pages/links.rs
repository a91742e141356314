//! Addresses of this capability's pages.

use mingjing_web::Link;

pub fn apply_page(item: &str) -> Link {
    Link::to("/apply").part(item)
}

pub fn draft_page(draft: &str) -> Link {
    Link::to("/drafts").part(draft)
}

pub fn my_cases_page() -> Link {
    Link::to("/my/cases")
}

pub fn inbox_page() -> Link {
    Link::to("/my/inbox")
}

pub fn my_case_page(case_no: &str) -> Link {
    Link::to("/my/cases").part(case_no)
}

pub fn worklist_page() -> Link {
    Link::to("/office")
}

pub fn office_cases_page() -> Link {
    Link::to("/office/cases")
}

pub fn board_page() -> Link {
    Link::to("/office/board")
}

pub fn intake_page() -> Link {
    Link::to("/office/intake")
}

pub fn case_page(case_no: &str) -> Link {
    Link::to("/office/cases").part(case_no)
}

pub fn act_page(case_no: &str, act: &str) -> Link {
    case_page(case_no).part(act)
}

pub fn paper_page(case_no: &str, paper_id: &str) -> Link {
    Link::to("/cases").part(case_no).part("papers").part(paper_id)
}

pub fn file_page(case_no: &str, blob: &str) -> Link {
    Link::to("/cases").part(case_no).part("files").part(blob)
}

pub fn records_page() -> Link {
    Link::to("/records")
}

pub fn record_page(case_no: &str) -> Link {
    Link::to("/records").part(case_no)
}

pub fn progress_page() -> Link {
    Link::to("/progress")
}
