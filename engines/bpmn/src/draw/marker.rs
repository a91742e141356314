//! The small signs in events, gateways and tasks (BPMN 2.0 tables 7.1, 10.93), as paths in a 20 × 20 box.

use std::fmt::Write as _;

use crate::model::{EventNode, Gateway, Place, Point, Repeat, SubKind, TaskKind, Trigger};

/// Filled signs throw, open ones catch.
pub(super) fn event(event: &EventNode, center: Point, size: f64, ink: &str, out: &mut String) {
    let filled = matches!(event.place, Place::Throw | Place::End);
    let path = match event.triggers.as_slice() {
        [] => return,
        [one] => trigger(one),
        _ if event.parallel => "M8 3h4v5h5v4h-5v5h-4v-5h-5v-4h5z",
        _ => "M10 2l8 6-3 10h-10l-3-10z",
    };
    draw(path, center, size, ink, filled, out);
}

fn trigger(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Message { .. } => "M3 5h14v10h-14zM3 5l7 6 7-6",
        Trigger::Timer(_) => "M10 2a8 8 0 1 0 0.01 0zM10 5v5l4 2",
        Trigger::Signal { .. } => "M10 3l8 13h-16z",
        Trigger::Error { .. } => "M3 17l4-13 5 7 5-8-4 14-5-7z",
        Trigger::Escalation { .. } => "M10 2l6 15-6-6-6 6z",
        Trigger::Conditional(_) => "M4 3h12v14h-12zM6 6h8M6 9h8M6 12h8M6 15h8",
        Trigger::Compensate { .. } => "M10 4v12l-7-6zM17 4v12l-7-6z",
        Trigger::Cancel => "M5 3l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z",
        Trigger::Terminate => "M10 3a7 7 0 1 0 0.01 0z",
        Trigger::Link(_) => "M3 7h8v-3l6 6-6 6v-3h-8z",
    }
}

pub(super) fn gateway(gateway: &Gateway, center: Point, ink: &str, out: &mut String) {
    match gateway {
        Gateway::Exclusive => draw(
            "M5 4l5 5 5-5 1 1-5 5 5 5-1 1-5-5-5 5-1-1 5-5-5-5z",
            center,
            22.0,
            ink,
            true,
            out,
        ),
        Gateway::Parallel => draw("M9 2h2v7h7v2h-7v7h-2v-7h-7v-2h7z", center, 24.0, ink, true, out),
        Gateway::Inclusive => draw(
            "M10 3a7 7 0 1 0 0.01 0zM10 5a5 5 0 1 1-0.01 0z",
            center,
            24.0,
            ink,
            true,
            out,
        ),
        Gateway::Complex { .. } => draw(
            "M9 2h2v7h7v2h-7v7h-2v-7h-7v-2h7zM4 3l13 13-1 1-13-13zM16 3l1 1-13 13-1-1z",
            center,
            24.0,
            ink,
            true,
            out,
        ),
        Gateway::EventBased { instantiate, parallel } => {
            circle(center, 13.0, ink, out);
            if !instantiate {
                circle(center, 10.5, ink, out);
            }
            let path = match parallel {
                true => "M8 3h4v5h5v4h-5v5h-4v-5h-5v-4h5z",
                false => "M10 2l8 6-3 10h-10l-3-10z",
            };
            draw(path, center, 14.0, ink, false, out);
        }
    }
}

fn circle(center: Point, radius: f64, ink: &str, out: &mut String) {
    let _ = write!(
        out,
        r#"<circle cx="{}" cy="{}" r="{radius}" fill="none" stroke="{ink}"/>"#,
        center.x, center.y
    );
}

/// In the upper left corner of a task.
pub(super) fn task(kind: &TaskKind, at: Point, ink: &str, out: &mut String) {
    let (path, filled) = match kind {
        TaskKind::Abstract => return,
        TaskKind::User => ("M10 3a4 4 0 1 0 0.01 0zM2 18c0-6 4-7 8-7s8 1 8 7z", false),
        TaskKind::Manual => ("M2 9l6-4h3l-2 3h9v2h-7h6v2h-6h5v2h-5h4v2h-8l-5-2z", false),
        TaskKind::Service => (
            "M10 6a4 4 0 1 0 0.01 0zM9 2h2v3h-2zM9 15h2v3h-2zM2 9h3v2h-3zM15 9h3v2h-3zM4 4l2 2M14 14l2 2M16 4l-2 2M4 16l2-2",
            false,
        ),
        TaskKind::Script(_) => ("M6 2h11c-5 5 2 9-3 16h-11c5-7-2-11 3-16zM7 6h5M7 10h6M6 14h6", false),
        TaskKind::Rule { .. } => ("M2 4h16v12h-16zM2 8h16M2 12h16M7 8v8", false),
        TaskKind::Send { .. } => ("M3 5h14v10h-14zM3 5l7 6 7-6", true),
        TaskKind::Receive { .. } => ("M3 5h14v10h-14zM3 5l7 6 7-6", false),
    };
    draw(path, at, 16.0, ink, filled, out);
}

/// In the middle of an activity's lower edge.
pub(super) fn bottom(signs: &[Sign], middle: Point, ink: &str, out: &mut String) {
    const STEP: f64 = 16.0;
    let left = middle.x - STEP * (signs.len() as f64 - 1.0) / 2.0;
    for (index, sign) in signs.iter().enumerate() {
        let center = Point {
            x: left + STEP * index as f64,
            y: middle.y,
        };
        draw(sign.path(), center, 13.0, ink, *sign == Sign::Compensation, out);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Loop,
    Parallel,
    Sequential,
    AdHoc,
    Compensation,
    Collapsed,
}

impl Sign {
    fn path(self) -> &'static str {
        match self {
            Sign::Loop => "M7 17a7 7 0 1 1 6 0M7 17l-4 0M7 17l-1-5",
            Sign::Parallel => "M5 3v14M10 3v14M15 3v14",
            Sign::Sequential => "M3 5h14M3 10h14M3 15h14",
            Sign::AdHoc => "M2 12c3-7 6-5 8-3s5 3 8-3",
            Sign::Compensation => "M10 4v12l-7-6zM17 4v12l-7-6z",
            Sign::Collapsed => "M2 2h16v16h-16zM10 5v10M5 10h10",
        }
    }
}

pub(super) fn signs(activity: &crate::model::Activity, sub: Option<SubKind>, collapsed: bool) -> Vec<Sign> {
    let mut signs = Vec::new();
    match &activity.repeat {
        Repeat::Once => {}
        Repeat::Loop(_) => signs.push(Sign::Loop),
        Repeat::Multi(multi) if multi.sequential => signs.push(Sign::Sequential),
        Repeat::Multi(_) => signs.push(Sign::Parallel),
    }
    if activity.for_compensation {
        signs.push(Sign::Compensation);
    }
    if collapsed {
        signs.push(Sign::Collapsed);
    }
    if sub == Some(SubKind::AdHoc) {
        signs.push(Sign::AdHoc);
    }
    signs
}

fn draw(path: &str, center: Point, size: f64, ink: &str, filled: bool, out: &mut String) {
    let scale = size / 20.0;
    let (x, y) = (center.x - size / 2.0, center.y - size / 2.0);
    let fill = if filled { ink } else { "none" };
    // A filled letter keeps its fold visible.
    let stroke = if filled { "#ffffff" } else { ink };
    let width = if filled { 0.8 } else { 1.3 / scale.max(0.4) };
    let _ = write!(
        out,
        r#"<path d="{path}" transform="translate({x:.1} {y:.1}) scale({scale:.2})" fill="{fill}" stroke="{stroke}" stroke-width="{width:.1}"/>"#
    );
}
