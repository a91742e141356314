//! Addresses of the pages for citizens and the public.

use mingjing_web::Link;

pub fn my_page() -> Link {
    Link::to("/my")
}

pub fn inbox_page() -> Link {
    Link::to("/my/inbox")
}

pub fn draft_page(draft: &str) -> Link {
    Link::to("/my/drafts").part(draft)
}

pub fn party_page(draft: &str) -> Link {
    draft_page(draft).part("party")
}

pub fn situation_page(draft: &str) -> Link {
    draft_page(draft).part("situation")
}

pub fn section_page(draft: &str, section: &str) -> Link {
    draft_page(draft).part("form").part(section)
}

pub fn materials_page(draft: &str) -> Link {
    draft_page(draft).part("materials")
}

pub fn material_upload(draft: &str, material: &str) -> Link {
    materials_page(draft).part(material)
}

pub fn draft_file(draft: &str, blob: &str) -> Link {
    draft_page(draft).part("files").part(blob)
}

pub fn delivery_page(draft: &str) -> Link {
    draft_page(draft).part("delivery")
}

pub fn check_page(draft: &str) -> Link {
    draft_page(draft).part("check")
}

pub fn discard_page(draft: &str) -> Link {
    draft_page(draft).part("discard")
}

/// The party's own page of a case.
pub fn case_page(case_no: &str) -> Link {
    Link::to("/my/cases").part(case_no)
}

/// Proofs that the acts of one's own case were sealed.
pub fn receipts_page(case_no: &str) -> Link {
    case_page(case_no).part("receipts")
}

pub fn supply_page(case_no: &str) -> Link {
    case_page(case_no).part("supply")
}

pub fn defend_page(case_no: &str) -> Link {
    case_page(case_no).part("defend")
}

pub fn waive_page(case_no: &str) -> Link {
    case_page(case_no).part("waive")
}

pub fn recusal_page(case_no: &str) -> Link {
    case_page(case_no).part("recusal")
}

pub fn confirm_page(case_no: &str) -> Link {
    case_page(case_no).part("electronic-service")
}

pub fn public_penalties_page() -> Link {
    Link::to("/public/penalties")
}

pub fn withdraw_page(case_no: &str) -> Link {
    case_page(case_no).part("withdraw")
}

pub fn paper_file(case_no: &str, paper_id: &str) -> Link {
    case_page(case_no).part("papers").part(paper_id)
}

pub fn material_file(case_no: &str, blob: &str) -> Link {
    case_page(case_no).part("files").part(blob)
}

/// Looking up by number and query secret, without signing in.
pub fn progress_page() -> Link {
    Link::to("/progress")
}

pub fn public_list_page() -> Link {
    Link::to("/public")
}

/// The record of a case that passed release review; stable.
pub fn public_record_page(case_no: &str) -> Link {
    public_list_page().part(case_no)
}

pub fn public_record_json(case_no: &str) -> Link {
    public_list_page().part(format!("{case_no}.json"))
}
