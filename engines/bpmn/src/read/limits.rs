//! Refuses what is too big before anything is built from it.
//!
//! This scan runs in constant memory. The namespace limit bounds the tree builder's work, which is
//! proportional to elements × declarations in scope.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::problem::Problem;

/// How much a file may hold. Flows of cases are drawn by hand and stay small; a model of another house may be large.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub bytes: usize,
    pub nodes: usize,
}

pub const CASE_FLOW: Limits = Limits {
    bytes: 1 << 20,
    nodes: 20_000,
};
pub const MODEL: Limits = Limits {
    bytes: 16 << 20,
    nodes: 400_000,
};

pub const MAX_DEPTH: usize = 64;
pub const MAX_ATTRIBUTES: usize = 255;
pub const MAX_NAMESPACES: usize = 64;

pub fn scan(xml: &str, limits: Limits) -> Result<(), Problem> {
    if xml.len() > limits.bytes {
        return Err(refuse("too_large", format!("流程文件超过{}字节的上限。", limits.bytes)));
    }
    let mut reader = Reader::from_str(xml);
    let mut tally = Tally {
        most: limits.nodes,
        ..Tally::default()
    };
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(event) => tally.count(&event)?,
            Err(_) => {
                let at = reader.error_position();
                return Err(refuse(
                    "xml_malformed",
                    format!("不是格式正确的XML（第{at}字节附近）。"),
                ));
            }
        }
    }
}

#[derive(Default)]
struct Tally {
    most: usize,
    depth: usize,
    nodes: usize,
    namespaces: usize,
}

impl Tally {
    fn count(&mut self, event: &Event<'_>) -> Result<(), Problem> {
        match event {
            Event::DocType(_) => {
                return Err(refuse(
                    "doctype",
                    "流程文件不得含有DOCTYPE（文档类型声明）。".to_owned(),
                ));
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                return Ok(());
            }
            Event::Start(start) => {
                self.depth += 1;
                self.attributes(start)?;
            }
            Event::Empty(start) => self.attributes(start)?,
            _ => {}
        }
        self.nodes += 1;
        if self.depth > MAX_DEPTH {
            return Err(refuse("too_deep", format!("元素嵌套超过{MAX_DEPTH}层。")));
        }
        if self.nodes > self.most {
            return Err(refuse("too_many_nodes", format!("文件中的节点超过{}个。", self.most)));
        }
        Ok(())
    }

    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<(), Problem> {
        let mut count = 0;
        // Duplicate detection is the tree builder's; here it would be quadratic.
        for attribute in start.attributes().with_checks(false) {
            count += 1;
            if count > MAX_ATTRIBUTES {
                return Err(refuse(
                    "too_many_attributes",
                    format!("一个元素的属性超过{MAX_ATTRIBUTES}个。"),
                ));
            }
            let declares = attribute.is_ok_and(|a| a.key.as_ref().starts_with("xmlns"));
            self.namespaces += usize::from(declares);
        }
        if self.namespaces > MAX_NAMESPACES {
            return Err(refuse(
                "too_many_namespaces",
                format!("命名空间声明超过{MAX_NAMESPACES}个。"),
            ));
        }
        Ok(())
    }
}

fn refuse(code: &'static str, message: String) -> Problem {
    Problem::error(None, code, message)
}
