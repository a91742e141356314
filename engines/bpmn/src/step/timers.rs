//! When timers are due, and those that are.

use jiff::Span;
use serde_json::Value as Json;

use super::state::{Sub, Variables};
use super::{Refusal, Run};
use crate::model::{Moment, Node, TimerKind, TimerRule, Trigger, timer};

/// Timers fired by one tick: a late start catches up in several.
const MOST_AT_ONCE: usize = 10_000;

impl Run<'_> {
    pub(super) fn set_timer(&mut self, sub: &mut Sub, rule: &TimerRule, node: &Node) -> Result<(), Refusal> {
        if self.rules.proving() {
            sub.due = Some(0);
            return Ok(());
        }
        let text = self.timer_text(sub.owner, rule, node)?;
        let unreadable = || {
            Refusal::at(
                node,
                "timer_unreadable",
                format!("的定时“{text}”不是日期、时长或周期。"),
            )
        };
        let too_far = || Refusal::at(node, "timer_too_far", "的定时超出可表示的日期。");
        match rule.kind {
            TimerKind::Date => sub.due = Some(timer::date(&text).ok_or_else(unreadable)?),
            TimerKind::Duration => {
                let span = timer::duration(&text).ok_or_else(unreadable)?;
                sub.due = Some(timer::add(self.at, span).ok_or_else(too_far)?);
            }
            TimerKind::Cycle => {
                let cycle = timer::cycle(&text).ok_or_else(unreadable)?;
                if cycle.times == Some(0) {
                    return Ok(());
                }
                sub.left = cycle.times.map(|times| times - 1);
                let next = timer::add(self.at, cycle.every).ok_or_else(too_far);
                sub.due = Some(match cycle.first {
                    Some(first) => first,
                    None => next?,
                });
            }
            TimerKind::WorkingDays => {
                let days = text.trim().parse().map_err(|_| unreadable())?;
                let due = self.rules.working_days(self.at, days);
                let text = "的定时以工作日计算，但没有接入日历。";
                sub.due = Some(due.ok_or_else(|| Refusal::at(node, "no_calendar", text))?);
            }
        }
        Ok(())
    }

    fn timer_text(&self, owner: u32, rule: &TimerRule, node: &Node) -> Result<String, Refusal> {
        if rule.literal {
            return Ok(rule.value.text.to_string());
        }
        match self.evaluate(&rule.value, &self.seen_from(owner, Variables::new()), node)? {
            Json::String(text) => Ok(text),
            Json::Null => Err(Refusal::at(node, "timer_without_value", "的定时没有值。")),
            other => Ok(other.to_string()),
        }
    }

    /// A cycle's next time; none when it has fired often enough or was no cycle.
    pub(super) fn next_time(&self, sub: &Sub) -> Result<Option<Sub>, Refusal> {
        let Some(Trigger::Timer(rule)) = self.trigger_of(sub) else {
            return Ok(None);
        };
        if rule.kind != TimerKind::Cycle || sub.left == Some(0) || self.rules.proving() {
            return Ok(None);
        }
        let node = self.model.node(self.ix(&sub.element)?);
        let text = self.timer_text(sub.owner, rule, node)?;
        let every: Option<Span> = timer::cycle(&text).map(|cycle| cycle.every);
        let due = every.and_then(|every| timer::add(sub.due?, every));
        Ok(due.map(|due| Sub {
            due: Some(due),
            left: sub.left.map(|left| left - 1),
            ..sub.clone()
        }))
    }

    /// Fires what is due, earliest first; what a fired timer sets may be due, too.
    pub(super) fn tick(&mut self) -> Result<(), Refusal> {
        for _ in 0..MOST_AT_ONCE {
            let due = self
                .state
                .subs
                .iter()
                .filter(|sub| !self.state.stands_still(sub.owner) && !sub.hit);
            let due = due
                .filter_map(|sub| Some((sub.due.filter(|due| *due <= self.at)?, sub.id)))
                .min();
            let Some((_, id)): Option<(Moment, u32)> = due else {
                return Ok(());
            };
            self.fire(id, &Variables::new())?;
            self.settle()?;
        }
        Ok(())
    }
}
