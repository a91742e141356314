//! Charts and acts made of bytes, so that what a fuzzer changes is the chart and not its spelling.

use std::fmt::Write as _;

use mingjing_bpmn::step::{Doer, State, Stimulus, Target, When};
use serde_json::{Map, Value};

pub struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub fn of(rest: &'a [u8]) -> Bytes<'a> {
        Bytes { rest }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn next(&mut self) -> usize {
        let Some((first, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        usize::from(*first)
    }
}

/// What a node is: element, its attributes, and what stands inside.
const KINDS: [(&str, &str, &str); 34] = [
    ("userTask", "", ""),
    ("exclusiveGateway", "", ""),
    ("parallelGateway", "", ""),
    ("inclusiveGateway", "", ""),
    ("endEvent", "", ""),
    ("userTask", "", OUTCOMES),
    (
        "userTask",
        "",
        "<multiInstanceLoopCharacteristics><loopCardinality>=n</loopCardinality></multiInstanceLoopCharacteristics>",
    ),
    (
        "userTask",
        "",
        "<multiInstanceLoopCharacteristics isSequential=\"true\"><loopCardinality>=n</loopCardinality><completionCondition>=c</completionCondition></multiInstanceLoopCharacteristics>",
    ),
    (
        "userTask",
        "",
        "<standardLoopCharacteristics loopMaximum=\"3\"><loopCondition>=c</loopCondition></standardLoopCharacteristics>",
    ),
    ("task", "", ""),
    ("manualTask", "", ""),
    ("serviceTask", "", ""),
    ("receiveTask", " messageRef=\"m\"", ""),
    ("sendTask", " messageRef=\"m\"", ""),
    ("eventBasedGateway", "", ""),
    ("complexGateway", "", "<activationCondition>=c</activationCondition>"),
    (
        "intermediateCatchEvent",
        "",
        "<timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition>",
    ),
    (
        "intermediateCatchEvent",
        "",
        "<messageEventDefinition messageRef=\"m\"/>",
    ),
    (
        "intermediateCatchEvent",
        "",
        "<conditionalEventDefinition><condition>=c</condition></conditionalEventDefinition>",
    ),
    ("intermediateThrowEvent", "", "<signalEventDefinition signalRef=\"g\"/>"),
    (
        "intermediateThrowEvent",
        "",
        "<escalationEventDefinition escalationRef=\"e\"/>",
    ),
    ("intermediateThrowEvent", "", "<compensateEventDefinition/>"),
    ("endEvent", "", "<terminateEventDefinition/>"),
    ("endEvent", "", "<errorEventDefinition errorRef=\"r\"/>"),
    ("endEvent", "", "<cancelEventDefinition/>"),
    ("callActivity", " calledElement=\"q\"", ""),
    ("userTask", " isForCompensation=\"true\"", ""),
    (
        "boundaryEvent",
        "",
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
    ),
    (
        "boundaryEvent",
        " cancelActivity=\"false\"",
        "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>",
    ),
    ("boundaryEvent", "", "<errorEventDefinition errorRef=\"r\"/>"),
    (
        "boundaryEvent",
        " cancelActivity=\"false\"",
        "<signalEventDefinition signalRef=\"g\"/>",
    ),
    ("boundaryEvent", "", "<compensateEventDefinition/>"),
    ("boundaryEvent", "", "<cancelEventDefinition/>"),
    ("boundaryEvent", "", "<escalationEventDefinition escalationRef=\"e\"/>"),
];
const OUTCOMES: &str = "<extensionElements><mingjing:outcomes><mingjing:outcome id=\"a\" name=\"甲\"/><mingjing:outcome id=\"b\" name=\"乙\"/></mingjing:outcomes></extensionElements>";
const SCOPES: [(&str, &str, &str); 5] = [
    ("subProcess", "", ""),
    ("transaction", "", ""),
    (
        "subProcess",
        "",
        "<multiInstanceLoopCharacteristics><loopCardinality>=n</loopCardinality></multiInstanceLoopCharacteristics>",
    ),
    ("subProcess", " triggeredByEvent=\"true\"", ""),
    ("adHocSubProcess", "", "<completionCondition>=c</completionCondition>"),
];

struct Chart {
    xml: String,
    nodes: usize,
    flows: usize,
}

/// A file with a process made of the bytes, and one that it may call.
pub fn chart(bytes: &mut Bytes<'_>) -> String {
    let mut chart = Chart {
        xml: String::new(),
        nodes: 0,
        flows: 0,
    };
    chart.scope(bytes, 0, "start");
    format!(
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:mingjing=\"https://mingjing.dev/schema/bpmn/1\" id=\"d\" targetNamespace=\"urn:x\"><message id=\"m\" name=\"m\"/><signal id=\"g\" name=\"g\"/><error id=\"r\" errorCode=\"r\"/><escalation id=\"e\" escalationCode=\"e\"/><process id=\"p\" isExecutable=\"true\">{}</process><process id=\"q\" isExecutable=\"true\"><startEvent id=\"qs\"/><sequenceFlow id=\"qf\" sourceRef=\"qs\" targetRef=\"qt\"/><userTask id=\"qt\"/><sequenceFlow id=\"qg\" sourceRef=\"qt\" targetRef=\"qe\"/><endEvent id=\"qe\"/></process></definitions>",
        chart.xml
    )
}

impl Chart {
    /// A chain from a start with what the bytes put in, and flows across.
    fn scope(&mut self, bytes: &mut Bytes<'_>, depth: usize, kind: &str) {
        let mut names: Vec<(String, &'static str)> = Vec::new();
        if kind != "adHocSubProcess" {
            let start = self.name();
            let trigger = match kind {
                "event" => "<signalEventDefinition signalRef=\"g\"/>",
                _ => "",
            };
            let alongside = if kind == "event" && bytes.next().is_multiple_of(2) {
                " isInterrupting=\"false\""
            } else {
                ""
            };
            let _ = write!(self.xml, "<startEvent id=\"{start}\"{alongside}>{trigger}</startEvent>");
            names.push((start, "startEvent"));
        }
        for _ in 0..1 + bytes.next() % 8 {
            let byte = bytes.next();
            let name = self.name();
            if byte >= 216 && depth < 3 {
                self.inner(bytes, depth, byte, name, &mut names);
                continue;
            }
            let (element, attributes, inside) = KINDS[byte % KINDS.len()];
            let host = names
                .iter()
                .rev()
                .find(|(_, kind)| kind.ends_with("Task") || kind.ends_with("rocess"));
            let attached = match (element, host) {
                ("boundaryEvent", Some((host, _))) => format!(" attachedToRef=\"{host}\""),
                ("boundaryEvent", None) => continue,
                _ => String::new(),
            };
            let _ = write!(
                self.xml,
                "<{element} id=\"{name}\"{attributes}{attached}>{inside}</{element}>"
            );
            names.push((name, element));
        }
        if kind != "adHocSubProcess" {
            let end = self.name();
            let _ = write!(self.xml, "<endEvent id=\"{end}\"/>");
            names.push((end, "endEvent"));
        }
        self.join(bytes, &names);
    }

    fn inner(
        &mut self,
        bytes: &mut Bytes<'_>,
        depth: usize,
        byte: usize,
        name: String,
        names: &mut Vec<(String, &'static str)>,
    ) {
        let (element, attributes, inside) = SCOPES[byte % SCOPES.len()];
        let _ = write!(self.xml, "<{element} id=\"{name}\"{attributes}>{inside}");
        let event = attributes.contains("triggeredByEvent");
        self.scope(bytes, depth + 1, if event { "event" } else { element });
        let _ = write!(self.xml, "</{element}>");
        if !event {
            names.push((name, element));
        }
    }

    /// Each node leads to the next that may be led to; some lead elsewhere too.
    fn join(&mut self, bytes: &mut Bytes<'_>, names: &[(String, &'static str)]) {
        for (at, (from, kind)) in names.iter().enumerate() {
            if *kind == "endEvent" {
                continue;
            }
            let may = |to: &&(String, &'static str)| !matches!(to.1, "startEvent" | "boundaryEvent");
            let Some((next, _)) = names[at + 1..].iter().find(may) else {
                continue;
            };
            let chooses = matches!(*kind, "exclusiveGateway" | "inclusiveGateway" | "complexGateway");
            let more = bytes.next();
            self.flow(from, next, false, more);
            let extra = match kind.ends_with("Gateway") {
                true => 1 + more % 3,
                false => usize::from(more > 200),
            };
            for _ in 0..extra {
                let byte = bytes.next();
                let (to, _) = &names[byte % names.len()];
                self.flow(from, to, chooses, byte);
            }
        }
    }

    fn flow(&mut self, from: &str, to: &str, chooses: bool, byte: usize) {
        self.flows += 1;
        let condition = match (chooses, byte % 3) {
            (false, _) => "",
            (true, 0) => "<conditionExpression>=outcome = \"a\"</conditionExpression>",
            (true, _) => "<conditionExpression>=c</conditionExpression>",
        };
        let _ = write!(
            self.xml,
            "<sequenceFlow id=\"f{}\" sourceRef=\"{from}\" targetRef=\"{to}\">{condition}</sequenceFlow>",
            self.flows
        );
    }

    fn name(&mut self) -> String {
        self.nodes += 1;
        format!("n{}", self.nodes)
    }
}

pub fn start() -> Stimulus {
    Stimulus::Start {
        process: "p".to_owned(),
        vars: Map::new(),
    }
}

/// An act on something that is open, or on nothing.
pub fn stimulus(state: &State, bytes: &mut Bytes<'_>) -> Stimulus {
    let act = bytes.next();
    let pick = bytes.next();
    let open = state.instances();
    let target = match open.len() {
        0 => Target::Instance(pick as u32),
        many => Target::Instance(open[pick % many].id),
    };
    let doer = Doer::default();
    let vars: Map<String, Value> = match pick % 3 {
        0 => Map::new(),
        1 => [("outcome".to_owned(), Value::from("a"))].into_iter().collect(),
        _ => [("outcome".to_owned(), Value::from("b"))].into_iter().collect(),
    };
    let who = |many: usize| (0..many).map(|at| format!("w{at}")).collect::<Vec<_>>();
    match act % 20 {
        0..=5 => Stimulus::Complete { target, vars },
        6 => Stimulus::Tick,
        7 => Stimulus::Return {
            target,
            to: format!("n{}", bytes.next() % 16),
            doer,
        },
        8 => Stimulus::Withdraw {
            element: format!("n{}", pick % 16),
            doer,
        },
        9 => Stimulus::AddSigners {
            target,
            who: who(1 + act % 2),
            when: [When::Before, When::Beside, When::After][bytes.next() % 3],
            doer,
        },
        10 => Stimulus::RemoveSigners {
            target,
            who: who(act % 2),
            doer,
        },
        11 => Stimulus::Delegate {
            target,
            to: "w".to_owned(),
            doer,
        },
        12 => Stimulus::HandBack { target, doer },
        13 => Stimulus::Suspend {
            target: act.is_multiple_of(2).then_some(target),
            doer,
        },
        14 => Stimulus::Resume {
            target: act.is_multiple_of(2).then_some(target),
            doer,
        },
        15 => Stimulus::Fail {
            target,
            error: "r".to_owned(),
            vars,
        },
        16 => Stimulus::Message {
            name: "m".to_owned(),
            key: None,
            vars,
        },
        17 => Stimulus::Signal {
            name: "g".to_owned(),
            vars,
        },
        18 => Stimulus::Begin {
            element: format!("n{}", pick % 16),
        },
        _ => Stimulus::Escalate {
            target,
            code: "e".to_owned(),
        },
    }
}
