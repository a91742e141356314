//! What is refused, where, and why, as values. The browser's verifier gives the same codes at the same places.

use std::fmt;

use crate::KeyName;

/// A text or file that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{form}{place}：{fault}")]
pub struct Malformed {
    pub form: Form,
    pub place: Place,
    pub fault: Fault,
}

impl Malformed {
    /// `receipt.number`: stable, for machines and for the browser's verifier.
    pub fn code(&self) -> String {
        format!("{}.{}", self.form.code(), self.fault.code())
    }
}

/// What was being read. In a receipt the checkpoint within it is named, with the line counted in the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Path,
    Tile,
    Bundle,
    Frontier,
    Key,
    Note,
    Checkpoint,
    Receipt,
    Policy,
    WitnessRequest,
    WitnessAnswer,
    Leaf,
    Opening,
}

impl Form {
    pub const fn code(self) -> &'static str {
        match self {
            Form::Path => "path",
            Form::Tile => "tile",
            Form::Bundle => "bundle",
            Form::Frontier => "frontier",
            Form::Key => "key",
            Form::Note => "note",
            Form::Checkpoint => "checkpoint",
            Form::Receipt => "receipt",
            Form::Policy => "policy",
            Form::WitnessRequest => "witness-request",
            Form::WitnessAnswer => "witness-answer",
            Form::Leaf => "leaf",
            Form::Opening => "opening",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Path => "路径",
            Form::Tile => "哈希分片",
            Form::Bundle => "条目包",
            Form::Frontier => "日志边界",
            Form::Key => "公钥",
            Form::Note => "签名文本",
            Form::Checkpoint => "检查点",
            Form::Receipt => "存证凭证",
            Form::Policy => "信任规则",
            Form::WitnessRequest => "见证请求",
            Form::WitnessAnswer => "见证答复",
            Form::Leaf => "公开条目",
            Form::Opening => "内容披露文件",
        })
    }
}

/// Lines count from 1, bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Whole,
    Line(u32),
    Byte(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => Ok(()),
            Place::Line(line) => write!(f, "第 {line} 行"),
            Place::Byte(byte) => write!(f, "第 {byte} 字节"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("内容过长")]
    TooLong,
    #[error("行数或项数超过上限")]
    TooMany,
    #[error("不是 UTF-8 文字")]
    NotUtf8,
    #[error("含有控制字符")]
    ControlCharacter,
    #[error("末尾没有换行")]
    NoLineEnd,
    #[error("内容不完整，缺少这里应有的一行或一段")]
    Missing,
    #[error("多出了不应有的内容")]
    Surplus,
    #[error("开头不是这种文件的标志")]
    Header,
    #[error("这一行的开头不是规定的词")]
    Keyword,
    #[error("数字写法不对（十进制，不带前导零，小于 2^63）")]
    Number,
    #[error("Base64 写法不对")]
    Base64,
    #[error("哈希值的长度不是 32 字节")]
    HashLength,
    #[error("密钥名称不合规定（不能为空，不能含空白或加号）")]
    KeyName,
    #[error("密钥编号与密钥不符")]
    KeyId,
    #[error("密钥种类不受支持，或不能用在这里")]
    KeyKind,
    #[error("公钥不是有效的 Ed25519 公钥")]
    PublicKey,
    #[error("签名行写法不对")]
    SignatureLine,
    #[error("同一名称或同一公钥出现了两次，或一个名称属于两组")]
    Duplicate,
    #[error("引用的名称此前没有定义")]
    UnknownName,
    #[error("门槛必须在 1 与成员数之间")]
    Threshold,
    #[error("宽度或长度与所指位置不符")]
    Width,
    #[error("不是规定的规范 JSON")]
    Json,
    #[error("某一项的内容不合规定")]
    Field,
    #[error("各项没有按名称排序，或名称重复")]
    Order,
}

impl Fault {
    pub const fn code(self) -> &'static str {
        match self {
            Fault::TooLong => "too-long",
            Fault::TooMany => "too-many",
            Fault::NotUtf8 => "not-utf8",
            Fault::ControlCharacter => "control-character",
            Fault::NoLineEnd => "no-line-end",
            Fault::Missing => "missing",
            Fault::Surplus => "surplus",
            Fault::Header => "header",
            Fault::Keyword => "keyword",
            Fault::Number => "number",
            Fault::Base64 => "base64",
            Fault::HashLength => "hash-length",
            Fault::KeyName => "key-name",
            Fault::KeyId => "key-id",
            Fault::KeyKind => "key-kind",
            Fault::PublicKey => "public-key",
            Fault::SignatureLine => "signature-line",
            Fault::Duplicate => "duplicate",
            Fault::UnknownName => "unknown-name",
            Fault::Threshold => "threshold",
            Fault::Width => "width",
            Fault::Json => "json",
            Fault::Field => "field",
            Fault::Order => "order",
        }
    }

    pub(crate) const fn at(self, form: Form, place: Place) -> Malformed {
        Malformed {
            form,
            place,
            fault: self,
        }
    }

    pub(crate) const fn in_whole(self, form: Form) -> Malformed {
        self.at(form, Place::Whole)
    }
}

/// Well formed, but it does not prove what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    #[error("条目序号不在这一检查点的范围内")]
    Index,
    #[error("较早的规模大于较晚的规模")]
    Size,
    #[error("证明中哈希值的个数不对")]
    ProofLength,
    #[error("由证明算出的根与检查点的根不同")]
    Root,
    #[error("由证明算出的根与较早检查点的根不同")]
    OldRoot,
    #[error("同一规模出现了两个不同的根：日志出具了互相矛盾的检查点")]
    Equivocation,
    #[error("检查点的日志不在信任规则之中")]
    UnknownOrigin,
    #[error("“{0}”的签名验证不通过")]
    Signature(KeyName),
    #[error("没有受信任的日志签名")]
    NoSignature,
    #[error("见证人的联署不够信任规则规定的数目")]
    Quorum,
    #[error("所披露的内容与公开条目中的承诺不符")]
    Commitment,
}

impl Unproven {
    pub const fn code(&self) -> &'static str {
        match self {
            Unproven::Index => "unproven.index",
            Unproven::Size => "unproven.size",
            Unproven::ProofLength => "unproven.proof-length",
            Unproven::Root => "unproven.root",
            Unproven::OldRoot => "unproven.old-root",
            Unproven::Equivocation => "unproven.equivocation",
            Unproven::UnknownOrigin => "unproven.unknown-origin",
            Unproven::Signature(_) => "unproven.signature",
            Unproven::NoSignature => "unproven.no-signature",
            Unproven::Quorum => "unproven.quorum",
            Unproven::Commitment => "unproven.commitment",
        }
    }
}
