//! A shorthand for small models: one line a node, braces for what holds others. Gives BPMN XML.
//!
//! `kind id key=value flag > target target[condition] target[default]`; values with blanks stand in `'…'`.

use std::fmt::Write;

#[derive(Default)]
pub struct Xml {
    body: String,
    roots: Vec<(String, String)>,
    collaboration: String,
    flows: usize,
    /// Lanes by name with the nodes in them.
    lanes: Vec<(String, Vec<String>)>,
}

struct Line<'a> {
    kind: &'a str,
    id: String,
    attributes: Vec<(String, Option<String>)>,
    targets: Vec<(String, Option<String>)>,
    opens: bool,
}

pub fn xml(model: &str) -> String {
    let mut xml = Xml::default();
    let lines: Vec<&str> = model
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .collect();
    let whole = lines.iter().any(|line| line.starts_with("process "));
    if !whole {
        xml.body.push_str("<process id=\"p\" isExecutable=\"true\">");
    }
    let mut closers: Vec<&str> = Vec::new();
    for line in lines {
        if line == "}" {
            xml.body.push_str(closers.pop().unwrap());
        } else {
            let line = read(line);
            if line.opens {
                closers.push(closer(line.kind));
            }
            xml.node(&line);
        }
    }
    if !whole {
        let lanes = xml.lane_set();
        xml.body.push_str(&lanes);
        xml.body.push_str("</process>");
    }
    let mut roots = String::new();
    for (kind, name) in &xml.roots {
        let extra = match kind.as_str() {
            "error" => format!(" errorCode=\"{name}\""),
            "escalation" => format!(" escalationCode=\"{name}\""),
            _ => String::new(),
        };
        write!(roots, "<{kind} id=\"{kind}_{name}\" name=\"{name}\"{extra}/>").unwrap();
    }
    let collaboration = match xml.collaboration.is_empty() {
        true => String::new(),
        false => format!(
            "<collaboration id=\"collaboration\">{}</collaboration>",
            xml.collaboration
        ),
    };
    format!(
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\" xmlns:mingjing=\"https://mingjing.dev/schema/bpmn/1\" id=\"definitions\" targetNamespace=\"urn:x\">{roots}{collaboration}{}</definitions>",
        xml.body
    )
}

fn closer(kind: &str) -> &'static str {
    match kind {
        "process" => "</process>",
        "tx" => "</transaction>",
        "adhoc" => "</adHocSubProcess>",
        _ => "</subProcess>",
    }
}

fn read(line: &str) -> Line<'_> {
    let opens = line.ends_with('{');
    let line = line.trim_end_matches('{').trim();
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut tokens = tokens(rest);
    let id = tokens.remove(0);
    let mut result = Line {
        kind,
        id,
        attributes: Vec::new(),
        targets: Vec::new(),
        opens,
    };
    let mut flows = false;
    for token in tokens {
        if token == ">" {
            flows = true;
        } else if flows {
            match token.split_once('[') {
                Some((to, condition)) => {
                    let condition = condition.strip_suffix(']').unwrap().to_owned();
                    result.targets.push((to.to_owned(), Some(condition)));
                }
                None => result.targets.push((token, None)),
            }
        } else {
            match token.split_once('=') {
                Some((key, value)) => result.attributes.push((key.to_owned(), Some(value.to_owned()))),
                None => result.attributes.push((token, None)),
            }
        }
    }
    result
}

fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut token) = (Vec::new(), String::new());
    let (mut quoted, mut depth) = (false, 0);
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted && depth == 0 => {
                if !token.is_empty() {
                    tokens.push(std::mem::take(&mut token));
                }
            }
            c => {
                depth += i32::from(c == '[') - i32::from(c == ']');
                token.push(c);
            }
        }
    }
    if !token.is_empty() {
        tokens.push(token);
    }
    tokens
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

impl Line<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name == key);
        found.and_then(|(_, value)| value.as_deref())
    }

    fn has(&self, key: &str) -> bool {
        self.attributes.iter().any(|(name, _)| name == key)
    }
}

impl Xml {
    fn root(&mut self, kind: &str, name: &str) -> String {
        let entry = (kind.to_owned(), name.to_owned());
        if !self.roots.contains(&entry) {
            self.roots.push(entry);
        }
        format!("{kind}_{name}")
    }

    /// Where the schema wants it first our reader does not mind.
    fn lane_set(&self) -> String {
        if self.lanes.is_empty() {
            return String::new();
        }
        let mut xml = String::from("<laneSet id=\"lanes\">");
        for (at, (name, nodes)) in self.lanes.iter().enumerate() {
            write!(xml, "<lane id=\"lane{at}\" name=\"{name}\">").unwrap();
            for node in nodes {
                write!(xml, "<flowNodeRef>{node}</flowNodeRef>").unwrap();
            }
            xml.push_str("</lane>");
        }
        xml + "</laneSet>"
    }

    fn node(&mut self, line: &Line<'_>) {
        if let Some(lane) = line.get("lane") {
            match self.lanes.iter_mut().find(|(name, _)| name == lane) {
                Some((_, nodes)) => nodes.push(line.id.clone()),
                None => self.lanes.push((lane.to_owned(), vec![line.id.clone()])),
            }
        }
        match line.kind {
            "process" => {
                let executable = !line.has("idle");
                write!(self.body, "<process id=\"{}\" isExecutable=\"{executable}\">", line.id).unwrap();
                write!(
                    self.collaboration,
                    "<participant id=\"pool_{0}\" processRef=\"{0}\"/>",
                    line.id
                )
                .unwrap();
                return;
            }
            "messageflow" => {
                let (from, to) = (line.get("from").unwrap(), line.get("to").unwrap());
                write!(
                    self.collaboration,
                    "<messageFlow id=\"{}\" sourceRef=\"{from}\" targetRef=\"{to}\"/>",
                    line.id
                )
                .unwrap();
                return;
            }
            "data" => {
                write!(self.body, "<dataObject id=\"{0}\" name=\"{0}\"/>", line.id).unwrap();
                return;
            }
            _ => {}
        }
        let mut flows = String::new();
        let mut default = String::new();
        for (target, condition) in &line.targets {
            self.flows += 1;
            let id = format!("{}_{target}", line.id);
            let id = if flows.contains(&format!("id=\"{id}\"")) {
                format!("{id}_{}", self.flows)
            } else {
                id
            };
            let condition = match condition.as_deref() {
                Some("default") => {
                    default = format!(" default=\"{id}\"");
                    String::new()
                }
                Some(text) => format!("<conditionExpression>{}</conditionExpression>", escaped(text)),
                None => String::new(),
            };
            write!(
                flows,
                "<sequenceFlow id=\"{id}\" sourceRef=\"{}\" targetRef=\"{target}\">{condition}</sequenceFlow>",
                line.id
            )
            .unwrap();
        }
        let (name, attributes, inner) = self.element(line);
        write!(
            self.body,
            "{flows}<{name} id=\"{}\"{default}{attributes}>{inner}",
            line.id
        )
        .unwrap();
        if !line.opens {
            write!(self.body, "</{name}>").unwrap();
        }
        if let Some(handler) = line.get("handler") {
            write!(
                self.body,
                "<association id=\"{0}_{handler}\" sourceRef=\"{0}\" targetRef=\"{handler}\" associationDirection=\"One\"/>",
                line.id
            )
            .unwrap();
        }
    }

    fn element(&mut self, line: &Line<'_>) -> (&'static str, String, String) {
        let mut attributes = String::new();
        let mut inner = self.extensions(line);
        let name = match line.kind {
            "start" | "catch" | "throw" | "end" | "boundary" => {
                let name = match line.kind {
                    "start" => "startEvent",
                    "catch" => "intermediateCatchEvent",
                    "throw" => "intermediateThrowEvent",
                    "end" => "endEvent",
                    _ => "boundaryEvent",
                };
                if line.has("nonint") {
                    attributes.push_str(if name == "startEvent" {
                        " isInterrupting=\"false\""
                    } else {
                        " cancelActivity=\"false\""
                    });
                }
                if line.has("all") {
                    attributes.push_str(" parallelMultiple=\"true\"");
                }
                if let Some(host) = line.get("on") {
                    write!(attributes, " attachedToRef=\"{host}\"").unwrap();
                }
                self.triggers(line, &mut inner);
                return (name, attributes, inner);
            }
            "exclusive" => "exclusiveGateway",
            "parallel" => "parallelGateway",
            "inclusive" => "inclusiveGateway",
            "complex" => {
                if let Some(when) = line.get("when") {
                    write!(inner, "<activationCondition>{}</activationCondition>", escaped(when)).unwrap();
                }
                "complexGateway"
            }
            "eventgate" => {
                if line.has("instantiate") {
                    attributes.push_str(" instantiate=\"true\"");
                }
                if line.has("all") {
                    attributes.push_str(" eventGatewayType=\"Parallel\"");
                }
                "eventBasedGateway"
            }
            _ => return self.activity(line, attributes, inner),
        };
        (name, attributes, inner)
    }

    fn triggers(&mut self, line: &Line<'_>, inner: &mut String) {
        for (key, value) in &line.attributes {
            let value = value.as_deref();
            match key.as_str() {
                "message" | "signal" | "error" | "escalation" => {
                    let reference = match value {
                        Some(name) => format!(" {key}Ref=\"{}\"", self.root(key, name)),
                        None => String::new(),
                    };
                    write!(inner, "<{key}EventDefinition{reference}/>").unwrap();
                }
                "timer" => {
                    let text = value.unwrap();
                    let form = match text.trim_start_matches(['=', '"']).chars().next() {
                        Some('P') => "timeDuration",
                        Some('R') => "timeCycle",
                        Some('d') => "timeDuration",
                        _ => "timeDate",
                    };
                    write!(
                        inner,
                        "<timerEventDefinition><{form}>{}</{form}></timerEventDefinition>",
                        escaped(text)
                    )
                    .unwrap();
                }
                "workingdays" => {
                    let days = value.unwrap();
                    write!(inner, "<timerEventDefinition><extensionElements><mingjing:workingDays amount=\"{days}\"/></extensionElements></timerEventDefinition>").unwrap();
                }
                "cond" => {
                    write!(
                        inner,
                        "<conditionalEventDefinition><condition>{}</condition></conditionalEventDefinition>",
                        escaped(value.unwrap())
                    )
                    .unwrap();
                }
                "compensate" => {
                    let of = value.map(|of| format!(" activityRef=\"{of}\"")).unwrap_or_default();
                    let wait = if line.has("nowait") {
                        " waitForCompletion=\"false\""
                    } else {
                        ""
                    };
                    write!(inner, "<compensateEventDefinition{of}{wait}/>").unwrap();
                }
                "cancel" => inner.push_str("<cancelEventDefinition/>"),
                "terminate" => inner.push_str("<terminateEventDefinition/>"),
                "link" => write!(inner, "<linkEventDefinition name=\"{}\"/>", value.unwrap()).unwrap(),
                _ => {}
            }
        }
    }

    fn extensions(&mut self, line: &Line<'_>) -> String {
        let mut inner = String::new();
        let mut mapping = String::new();
        for (key, value) in &line.attributes {
            let Some(value) = value else { continue };
            if key == "in" || key == "out" {
                let (target, source) = value.split_once(":=").unwrap();
                let side = if key == "in" { "input" } else { "output" };
                write!(
                    mapping,
                    "<zeebe:{side} source=\"={}\" target=\"{target}\"/>",
                    escaped(source)
                )
                .unwrap();
            }
            if key == "outcomes" {
                inner.push_str("<mingjing:outcomes>");
                for outcome in value.split(',') {
                    write!(inner, "<mingjing:outcome id=\"{outcome}\" name=\"{outcome}\"/>").unwrap();
                }
                inner.push_str("</mingjing:outcomes>");
            }
            match key.as_str() {
                "act" => write!(inner, "<mingjing:act kind=\"{value}\"/>").unwrap(),
                "post" => write!(inner, "<zeebe:assignmentDefinition candidateGroups=\"{value}\"/>").unwrap(),
                "form" => write!(inner, "<zeebe:formDefinition formId=\"{value}\"/>").unwrap(),
                "paper" => write!(inner, "<mingjing:paper template=\"{value}\"/>").unwrap(),
                "limit" => {
                    let (amount, unit) = value.split_once(' ').unwrap();
                    write!(inner, "<mingjing:limit amount=\"{amount}\" unit=\"{unit}\"/>").unwrap();
                }
                _ => {}
            }
            if key == "key" {
                write!(inner, "<mingjing:correlation key=\"={}\"/>", escaped(value)).unwrap();
            }
            if key == "decision" {
                write!(
                    inner,
                    "<zeebe:calledDecision decisionId=\"{value}\" resultVariable=\"{}\"/>",
                    line.get("result").unwrap_or("result")
                )
                .unwrap();
            }
        }
        if !mapping.is_empty() {
            write!(inner, "<zeebe:ioMapping>{mapping}</zeebe:ioMapping>").unwrap();
        }
        match inner.is_empty() {
            true => inner,
            false => format!("<extensionElements>{inner}</extensionElements>"),
        }
    }

    fn activity(
        &mut self,
        line: &Line<'_>,
        mut attributes: String,
        mut inner: String,
    ) -> (&'static str, String, String) {
        for (flag, text) in [
            ("forcomp", " isForCompensation=\"true\""),
            ("instantiate", " instantiate=\"true\""),
        ] {
            if line.has(flag) {
                attributes.push_str(text);
            }
        }
        for (key, name) in [
            ("needs", "startQuantity"),
            ("gives", "completionQuantity"),
            ("calls", "calledElement"),
        ] {
            if let Some(value) = line.get(key) {
                write!(attributes, " {name}=\"{value}\"").unwrap();
            }
        }
        let name = match line.kind {
            "task" => "task",
            "user" => "userTask",
            "manual" => "manualTask",
            "service" => "serviceTask",
            "rule" => "businessRuleTask",
            "script" => {
                write!(attributes, " scriptFormat=\"{}\"", line.get("format").unwrap_or("feel")).unwrap();
                if let (Some(result), true) = (line.get("result"), line.has("do")) {
                    inner.push_str(&format!(
                        "<extensionElements><mingjing:result variable=\"{result}\"/></extensionElements>"
                    ));
                }
                write!(
                    inner,
                    "<script>{}</script>",
                    escaped(line.get("do").unwrap_or_default())
                )
                .unwrap();
                "scriptTask"
            }
            "send" | "receive" => {
                if let Some(message) = line.get("message") {
                    let reference = self.root("message", message);
                    write!(attributes, " messageRef=\"{reference}\"").unwrap();
                }
                if line.kind == "send" { "sendTask" } else { "receiveTask" }
            }
            "call" => "callActivity",
            "sub" => "subProcess",
            "eventsub" => {
                attributes.push_str(" triggeredByEvent=\"true\"");
                "subProcess"
            }
            "tx" => "transaction",
            "adhoc" => {
                if line.has("sequential") {
                    attributes.push_str(" ordering=\"Sequential\"");
                }
                if line.has("keep") {
                    attributes.push_str(" cancelRemainingInstances=\"false\"");
                }
                if let Some(done) = line.get("done") {
                    write!(inner, "<completionCondition>{}</completionCondition>", escaped(done)).unwrap();
                }
                "adHocSubProcess"
            }
            other => panic!("unknown kind {other}"),
        };
        repeat(line, &mut inner);
        (name, attributes, inner)
    }
}

fn repeat(line: &Line<'_>, inner: &mut String) {
    if line.has("loop") || line.has("max") {
        let before = if line.has("before") { " testBefore=\"true\"" } else { "" };
        let max = line
            .get("max")
            .map(|max| format!(" loopMaximum=\"{max}\""))
            .unwrap_or_default();
        let condition = line
            .get("loop")
            .map(|c| format!("<loopCondition>{}</loopCondition>", escaped(c)));
        write!(
            inner,
            "<standardLoopCharacteristics{before}{max}>{}</standardLoopCharacteristics>",
            condition.unwrap_or_default()
        )
        .unwrap();
    }
    let Some(multi) = line.get("multi") else { return };
    let sequential = if line.has("sequential") {
        " isSequential=\"true\""
    } else {
        ""
    };
    write!(inner, "<multiInstanceLoopCharacteristics{sequential}>").unwrap();
    if multi.parse::<u32>().is_ok() || line.has("count") {
        write!(inner, "<loopCardinality>{}</loopCardinality>", escaped(multi)).unwrap();
    } else {
        write!(
            inner,
            "<extensionElements><zeebe:loopCharacteristics inputCollection=\"{}\" inputElement=\"{}\"",
            escaped(multi),
            line.get("item").unwrap_or("item")
        )
        .unwrap();
        if let Some(collect) = line.get("collect") {
            let (into, element) = collect.split_once(":=").unwrap();
            write!(
                inner,
                " outputCollection=\"{into}\" outputElement=\"={}\"",
                escaped(element)
            )
            .unwrap();
        }
        inner.push_str("/></extensionElements>");
    }
    if let Some(done) = line.get("done") {
        write!(inner, "<completionCondition>{}</completionCondition>", escaped(done)).unwrap();
    }
    inner.push_str("</multiInstanceLoopCharacteristics>");
}
