//! `/my/drafts/<draft>`: what has to be filled in, in any order and in several sittings.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_web::{Desk, Frame, Link, Problem, page};

use super::super::links::{check_page, discard_page, my_page};
use super::super::words;
use super::opened::{Opened, Task, open};

#[derive(Template)]
#[template(path = "apply_tasks.html")]
struct TasksPage {
    frame: Frame,
    opened: Opened,
    /// Title of a part and its tasks.
    parts: Vec<(&'static str, Vec<Task>)>,
    done: usize,
    all: usize,
}

pub async fn get_tasks(desk: Desk, Path(draft): Path<String>) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let tasks = opened.tasks();
    let (done, all) = (tasks.iter().filter(|task| task.done).count(), tasks.len());
    let mut first = vec![opened.party_task()];
    first.extend(opened.situation_task());
    let mut parts = vec![("申请人", first)];
    if !opened.asked_sections().is_empty() {
        parts.push(("填写申请书", opened.section_tasks()));
    }
    parts.push(("材料和送达", vec![opened.materials_task(), opened.delivery_task()]));
    let frame = desk
        .frame(format!("申请{}", opened.item.name))
        .crumb("首页", Link::to("/"))
        .crumb("我的办件", my_page());
    Ok(page(&TasksPage {
        frame,
        opened,
        parts,
        done,
        all,
    }))
}

impl Task {
    pub(super) fn status(&self) -> &'static str {
        match (self.done, self.begun) {
            (true, _) => "已完成",
            (false, true) => "待完善",
            (false, false) => "未开始",
        }
    }

    pub(super) fn colour(&self) -> &'static str {
        match (self.done, self.begun) {
            (true, _) => "",
            (false, true) => "yellow",
            (false, false) => "blue",
        }
    }
}

impl TasksPage {
    fn check(&self) -> String {
        if self.done == self.all {
            check_page(self.opened.id()).to_string()
        } else {
            String::new()
        }
    }

    fn discard(&self) -> Link {
        discard_page(self.opened.id())
    }

    fn saved(&self) -> String {
        words::minute(self.opened.draft.updated_at)
    }
}
