//! Archives and workbooks of strangers, read with limits. Pure: bytes in, lines out.

pub mod archive;
mod encoding;
pub mod workbook;

pub use archive::{Archive, Limits};
pub use encoding::{Encoding, text_of};
pub use workbook::{Area, Cell, Kind, Line, Workbook};

/// Why a file is not read. The words are for the person who handed it in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("文件不是压缩包（ZIP、XLSX），或者已经损坏")]
    NotAnArchive,
    #[error("文件有密码保护，请去掉密码后再上传")]
    Encrypted,
    #[error("文件用了不支持的压缩方法，请用常用的表格软件另存后再上传")]
    Method,
    #[error("压缩包里有不规范的文件名“{0}”")]
    Name(String),
    #[error("压缩包里的文件“{0}”重复或者互相重叠")]
    Twice(String),
    #[error("压缩包里的文件超过{0}个")]
    TooManyMembers(usize),
    #[error("解压后超过{}MB，没有读取", .0 / 1024 / 1024)]
    TooLarge(u64),
    #[error("“{0}”的压缩比异常，可能是恶意构造的文件，没有读取")]
    Ratio(String),
    #[error("“{0}”的校验值不符，文件已经损坏")]
    Checksum(String),
    #[error("压缩包里没有“{0}”")]
    NoMember(String),
    #[error("“{0}”不是格式正确的XML")]
    Xml(String),
    #[error("“{0}”含有文档类型声明（DOCTYPE），没有读取")]
    DocType(String),
    #[error("不是表格工作簿（XLSX）")]
    NotAWorkbook,
    #[error("工作表超过{0}张")]
    TooManySheets(usize),
    #[error("工作表“{sheet}”有内容的行超过{most}行，请分成几个文件")]
    TooManyRows { sheet: String, most: usize },
    #[error("工作表“{sheet}”第{row}行的内容超出第{most}列")]
    TooManyColumns { sheet: String, row: u32, most: u32 },
    #[error("工作表“{sheet}”第{row}行有单元格超过{}KB", .most / 1024)]
    CellTooLong { sheet: String, row: u32, most: usize },
    #[error("工作表“{0}”的合并单元格太多")]
    TooManyAreas(String),
    #[error("工作簿里的文字合计超过{}MB", .0 / 1024 / 1024)]
    TooMuchText(usize),
}

impl Broken {
    /// Stable name of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            Broken::NotAnArchive => "not_an_archive",
            Broken::Encrypted => "encrypted",
            Broken::Method => "method",
            Broken::Name(_) => "member_name",
            Broken::Twice(_) => "member_twice",
            Broken::TooManyMembers(_) => "too_many_members",
            Broken::TooLarge(_) => "inflates_too_much",
            Broken::Ratio(_) => "ratio",
            Broken::Checksum(_) => "checksum",
            Broken::NoMember(_) => "no_member",
            Broken::Xml(_) => "xml",
            Broken::DocType(_) => "doctype",
            Broken::NotAWorkbook => "not_a_workbook",
            Broken::TooManySheets(_) => "too_many_sheets",
            Broken::TooManyRows { .. } => "too_many_rows",
            Broken::TooManyColumns { .. } => "too_many_columns",
            Broken::CellTooLong { .. } => "cell_too_long",
            Broken::TooManyAreas(_) => "too_many_areas",
            Broken::TooMuchText(_) => "too_much_text",
        }
    }
}
