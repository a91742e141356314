//! Given events, when a decision, then events or a refusal. Pure: nothing is stored.

use std::sync::Arc;

use jiff::Timestamp;
use mingjing_calendar::Calendar;
use mingjing_chronicle::{
    Actor, Aggregate, Context, Envelope, Event, MadeWith, Parameters, Payload, Recorded, Refusal, shanghai_date,
};

use crate::office::TestOffice;

/// The state after these events, all recorded at [`TestOffice::START`] by the system.
pub fn given<A: Aggregate>(events: impl IntoIterator<Item = A::Event>) -> Given<A> {
    let given = Given {
        state: A::default(),
        version: 0,
        context: context_at(TestOffice::START),
    };
    given.and(events)
}

/// A decision's context at this moment (RFC 3339), with the national calendar and no parameters.
pub fn context_at(at: &str) -> Context {
    let at: Timestamp = at.parse().expect("a time as in RFC 3339");
    Context {
        at,
        today: shanghai_date(at),
        jurisdiction: "510100".into(),
        actor: Actor::system(),
        calendar: Arc::new(Calendar::national()),
        parameters: Arc::new(Parameters::default()),
        software: "test",
        seed: [7; 32],
    }
}

pub struct Given<A: Aggregate> {
    pub state: A,
    pub version: i64,
    pub context: Context,
}

impl<A: Aggregate> Given<A> {
    /// The clock moves to this moment (RFC 3339).
    #[must_use]
    pub fn at(mut self, at: &str) -> Self {
        self.context.at = at.parse().expect("a time as in RFC 3339");
        self.context.today = shanghai_date(self.context.at);
        self
    }

    /// From here on this person acts.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.context.actor = actor;
        self
    }

    #[must_use]
    pub fn parameters(mut self, parameters: Parameters) -> Self {
        self.context.parameters = Arc::new(parameters);
        self
    }

    /// These happened, at the time and by the person set last.
    #[must_use]
    pub fn and(mut self, events: impl IntoIterator<Item = A::Event>) -> Self {
        for event in events {
            self.version += 1;
            let envelope = self.envelope(&event);
            self.state.evolve(&Recorded {
                envelope: &envelope,
                payload: Payload::Known(&event),
            });
        }
        self
    }

    pub fn when(&self, decide: impl FnOnce(&A, &Context) -> Result<Vec<A::Event>, Refusal>) -> Then<A::Event> {
        Then(decide(&self.state, &self.context))
    }

    fn envelope(&self, event: &A::Event) -> Envelope {
        Envelope {
            event_id: format!("event-{}", self.version),
            jurisdiction: self.context.jurisdiction.to_string(),
            stream: format!("{}/1", A::STREAM),
            version: self.version,
            kind: event.kind().to_owned(),
            schema: A::Event::SCHEMA,
            recorded_at: self.context.at,
            happened_on: self.context.today,
            class: String::new(),
            body: String::new(),
            actor: self.context.actor.account.clone(),
            post: String::new(),
            command_id: format!("command-{}", self.version),
            cause: None,
            made_with: MadeWith::default(),
        }
    }
}

#[derive(Debug)]
pub struct Then<E>(pub Result<Vec<E>, Refusal>);

impl<E: Event> Then<E> {
    /// These kinds of events, in this order.
    #[track_caller]
    pub fn then(self, kinds: &[&str]) -> Vec<E> {
        match self.0 {
            Ok(events) => {
                let got: Vec<_> = events.iter().map(Event::kind).collect();
                assert_eq!(got, kinds);
                events
            }
            Err(refusal) => panic!("refused as {}: {}", refusal.code, refusal.message),
        }
    }

    /// A refusal with this code.
    #[track_caller]
    pub fn refused(self, code: &str) -> Refusal {
        match self.0 {
            Ok(events) => {
                let got: Vec<_> = events.iter().map(Event::kind).collect();
                panic!("decided {got:?}, should be refused as {code}");
            }
            Err(refusal) => {
                assert_eq!(refusal.code, code, "{}", refusal.message);
                refusal
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, Clone, Serialize, Deserialize)]
    enum Door {
        Opened,
        Closed,
    }

    impl Event for Door {
        const SCHEMA: i32 = 1;
        fn kind(&self) -> &'static str {
            match self {
                Door::Opened => "door.opened",
                Door::Closed => "door.closed",
            }
        }
    }

    #[derive(Debug, Clone, Default)]
    struct State {
        open_since: Option<(i64, String)>,
    }

    impl Aggregate for State {
        type Event = Door;
        const STREAM: &'static str = "door";
        fn evolve(&mut self, recorded: &Recorded<'_, Door>) {
            self.open_since = match recorded.payload {
                Payload::Known(Door::Opened) => Some((recorded.envelope.version, recorded.envelope.actor.clone())),
                _ => None,
            };
        }
    }

    /// Nobody opens an open door, nor any on a rest day.
    fn open(state: &State, context: &Context) -> Result<Vec<Door>, Refusal> {
        if state.open_since.is_some() {
            return Err(Refusal::law("door.open", "门已经开着。"));
        }
        if context.today.weekday() == jiff::civil::Weekday::Sunday {
            return Err(Refusal::law("door.sunday", "今天休息。"));
        }
        Ok(vec![Door::Opened])
    }

    #[test]
    fn given_when_then() {
        given::<State>([]).when(open).then(&["door.opened"]);
        given::<State>([Door::Opened]).when(open).refused("door.open");
        given::<State>([Door::Opened, Door::Closed])
            .when(open)
            .then(&["door.opened"]);
        // 16:30 UTC on Saturday is Sunday in China.
        given::<State>([])
            .at("2026-03-07T16:30:00Z")
            .when(open)
            .refused("door.sunday");
        let opened = given::<State>([]).by(Actor::public()).and([Door::Closed, Door::Opened]);
        assert_eq!(opened.state.open_since, Some((2, "public".into())));
    }

    #[test]
    #[should_panic(expected = "refused as door.open")]
    fn an_unexpected_refusal_fails_the_test() {
        given::<State>([Door::Opened]).when(open).then(&["door.opened"]);
    }

    #[test]
    #[should_panic(expected = "should be refused as door.open")]
    fn an_unexpected_decision_fails_the_test() {
        given::<State>([]).when(open).refused("door.open");
    }
}
