//! Commands: one file each, holding the command, the rule with its articles, and its scenarios. Pure.

pub mod abolish_post;
pub mod appoint_officer;
pub mod create_administrator;
pub mod create_post;
pub mod deactivate_account;
pub mod end_agency;
pub mod end_appointment;
pub mod erase;
pub mod grant_agency;
pub mod issue_api_token;
pub mod open_office;
pub mod reactivate_officer;
pub mod record_certificate;
pub mod register_body;
pub mod register_citizen;
pub mod register_officer;
pub mod register_organisation;
pub mod replace_administrator;
pub mod revoke_api_token;
pub mod revoke_certificate;

#[cfg(test)]
pub mod given;
#[cfg(test)]
mod separation;

use mingjing_chronicle::Refusal;

fn unknown_body() -> Refusal {
    Refusal::not_found("people.body.unknown", "没有登记这个单位。").advice("请从单位列表里选择。")
}

fn unknown_officer() -> Refusal {
    Refusal::not_found("people.officer.unknown", "没有这位工作人员的账号。").advice("请从人员列表里选择。")
}

fn account_is_taken() -> Refusal {
    Refusal::law("people.account.taken", "这个账号已经开立，一个账号只能是一种身份。")
        .article("GB/T 22239-2019 第8.1.4.2条、第8.1.5条（管理员权限分离）")
        .advice("请为这个人另开账号。")
}
