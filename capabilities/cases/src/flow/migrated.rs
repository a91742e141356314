//! A case between two charts of its item: what it has done in law, whether it may go on on the other, and where it stands
//! there. Pure: what it came to is recorded, replay asks nobody.

use jiff::Timestamp;
use mingjing_bpmn::migrate::{Answer, Change, History, Lawful, Plan, Stop, migrate, stops};
use mingjing_bpmn::step::State;
use mingjing_bpmn::{Problem, Severity};
use mingjing_calendar::Calendar;
use mingjing_catalogue::public::{DecisionFile, ItemVersion, procedure_of};
use mingjing_chronicle::{Payload, RecordedEvent, Refusal};

use super::rules::CaseRules;
use super::{Flow, FlowEvent, FlowState, step_due};
use crate::events::{OpenStep, PlaceMoved};
use crate::matter::Matter;

/// The chart that cases run on, the one they go to, and which place becomes which.
#[derive(Debug, Clone)]
pub(crate) struct Charts {
    pub(crate) old: Flow,
    pub(crate) new: Flow,
    pub(crate) plan: Plan,
    /// Type of power with its procedure, as the prover's law names it, by either chart.
    powers: (&'static str, &'static str),
}

/// What comes of one case.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Errors, for which it stays; and what somebody should know.
    pub(crate) errors: Vec<Problem>,
    pub(crate) remarks: Vec<Problem>,
    /// What happens in the flow; empty where it stays.
    pub(crate) flow: Vec<FlowEvent>,
    /// Its open steps under the names, posts and limits of the chart after; each keeps its day.
    pub(crate) steps: Vec<OpenStep>,
    pub(crate) places: Vec<PlaceMoved>,
}

impl Judged {
    pub(crate) fn moves(&self) -> bool {
        !self.flow.is_empty()
    }

    /// With what speaks against it beside the charts.
    pub(crate) fn but_for(mut self, others: Vec<Problem>) -> Judged {
        if !others.is_empty() {
            self.errors.extend(others);
            self.flow.clear();
        }
        self
    }
}

impl Charts {
    /// Each chart with the version whose it is.
    pub(crate) fn of(old: (Flow, &ItemVersion), new: (Flow, &ItemVersion), plan: Plan) -> Charts {
        let power = |(flow, version): &(Flow, &ItemVersion)| procedure_of(version.power_type, Some(flow.model()));
        let powers = (power(&old), power(&new));
        Charts {
            old: old.0,
            new: new.0,
            plan,
            powers,
        }
    }

    /// What is wrong with the plan itself.
    pub(crate) fn findings(&self) -> Vec<String> {
        let findings = self.change().findings().to_vec().into_iter();
        let other = "两张流程图不是同一种法定程序（例如普通程序和简易程序），办理中的案件不能换程序。";
        let other = (self.powers.0 != self.powers.1).then(|| other.to_owned());
        other
            .into_iter()
            .chain(findings.map(|finding| finding.message))
            .collect()
    }

    /// Every place at which a case can rest, what it may become, and what it becomes by this plan.
    pub(crate) fn stops(&self) -> Vec<(Stop<'_>, Option<String>)> {
        let change = self.change();
        let stops = stops(self.old.model(), self.new.model()).into_iter();
        stops
            .map(|stop| {
                let becomes = change.becomes(stop.id).map(str::to_owned);
                (stop, becomes)
            })
            .collect()
    }

    fn change(&self) -> Change<'_> {
        Change::of(self.old.model(), self.new.model(), &self.plan)
    }

    /// # Errors
    /// `cases.flow.*` where the recorded state does not fit the chart it ran on.
    pub(crate) fn judge<M: Matter>(
        &self,
        case: &M,
        history: &History,
        at: Timestamp,
        calendar: &Calendar,
        decisions: &[DecisionFile],
    ) -> Result<Judged, Refusal> {
        let at = at.as_microsecond();
        let (mut events, from) = self.old.taken_over(case.flow(), at)?;
        let facts = || case.facts_for_rules();
        let rules = CaseRules {
            calendar,
            facts: &facts,
            decisions,
        };
        let law = Lawful {
            power: self.powers.1,
            local: &[],
        };
        let change = self.change();
        let answer = migrate(&change, &from, history, law, at, &rules);
        let moves = answer.moves();
        let steps = self.steps(case.steps(), &change, &answer, calendar);
        let places = self.places(case, &change, &answer.after);
        let (errors, remarks) = answer
            .findings
            .into_iter()
            .partition(|finding| finding.severity == Severity::Error);
        if moves {
            events.extend(answer.events);
        } else {
            events.clear();
        }
        Ok(Judged {
            errors,
            remarks,
            flow: events,
            steps,
            places,
        })
    }

    /// The body's own limit of a step is the new chart's, counted from the day on which the step began.
    fn steps(&self, before: &[OpenStep], change: &Change<'_>, answer: &Answer, calendar: &Calendar) -> Vec<OpenStep> {
        if !answer.moves() {
            return before.to_vec();
        }
        let there = before.iter().filter_map(|step| {
            let task = change.becomes(&step.task)?;
            let work = self.new.model().work(task)?;
            Some(OpenStep {
                task: task.to_owned(),
                name: work.name.clone(),
                kind: work.act.clone().unwrap_or_default(),
                role: work.posts.first().cloned().unwrap_or_default(),
                due: step_due(work.limit.as_ref(), step.since, calendar),
                ..step.clone()
            })
        });
        there.collect()
    }

    fn places<M: Matter>(&self, case: &M, change: &Change<'_>, after: &State) -> Vec<PlaceMoved> {
        let model = self.new.model();
        let label = |id: &str| model.find(id).map(|ix| model.node(ix).label().to_owned());
        let open = case.steps().iter().filter(|step| !step.signer);
        let mut places: Vec<PlaceMoved> = Vec::new();
        for step in open {
            let to = change.becomes(&step.task).filter(|_| after.begun()).and_then(label);
            let place = PlaceMoved {
                from: step.name.clone(),
                to: to.unwrap_or_default(),
            };
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}

impl FlowState {
    /// Two cases of one chart that rest on the same and did the same have the same prospects.
    pub(crate) fn is_running(&self) -> bool {
        !self.ended() && (self.earlier.is_some() || self.now.begun())
    }
}

/// What was done in law, from a case's recorded events; `chart`: the flow of a version of its item.
pub(crate) fn history<M: Matter>(
    case: &M,
    events: &[RecordedEvent],
    chart: impl Fn(i32) -> Option<Flow>,
) -> Option<History> {
    let mut history = History::default();
    let mut flow = chart(case.item()?.version)?;
    for event in events {
        // What was erased stays unknown: then nothing is judged.
        let Ok(Payload::Known(known)) = event.decode::<M::Event>() else {
            return None;
        };
        if let Some(effects) = M::effects(&known) {
            let model = flow.model();
            effects
                .earlier
                .iter()
                .for_each(|event| history.apply_earlier(model, event));
            effects.flow.iter().for_each(|event| history.apply(model, event));
        }
        if let Some(moved) = M::moved_by(&known) {
            flow = chart(moved.to_version)?;
        }
    }
    Some(history)
}
