// What is refused, where, and why: the same codes at the same places as engines/tlog gives.

const FORMS = {
  key: "公钥",
  note: "签名文本",
  checkpoint: "检查点",
  receipt: "存证凭证",
  policy: "信任规则",
  leaf: "公开条目",
  opening: "内容披露文件",
};

const FAULTS = {
  "too-long": "内容过长",
  "too-many": "行数或项数超过上限",
  "not-utf8": "不是 UTF-8 文字",
  "control-character": "含有控制字符",
  "no-line-end": "末尾没有换行",
  missing: "内容不完整，缺少这里应有的一行或一段",
  surplus: "多出了不应有的内容",
  header: "开头不是这种文件的标志",
  keyword: "这一行的开头不是规定的词",
  number: "数字写法不对（十进制，不带前导零，小于 2^63）",
  base64: "Base64 写法不对",
  "hash-length": "哈希值的长度不是 32 字节",
  "key-name": "密钥名称不合规定（不能为空，不能含空白或加号）",
  "key-id": "密钥编号与密钥不符",
  "key-kind": "密钥种类不受支持，或不能用在这里",
  "public-key": "公钥不是有效的 Ed25519 公钥",
  "signature-line": "签名行写法不对",
  duplicate: "同一名称或同一公钥出现了两次，或一个名称属于两组",
  "unknown-name": "引用的名称此前没有定义",
  threshold: "门槛必须在 1 与成员数之间",
  json: "不是规定的规范 JSON",
  field: "某一项的内容不合规定",
  order: "各项没有按名称排序，或名称重复",
};

const UNPROVEN = {
  index: "条目序号不在这一检查点的范围内",
  size: "较早的规模大于较晚的规模",
  "proof-length": "证明中哈希值的个数不对",
  root: "由证明算出的根与检查点的根不同",
  "old-root": "由证明算出的根与较早检查点的根不同",
  equivocation: "同一规模出现了两个不同的根：日志出具了互相矛盾的检查点",
  "unknown-origin": "检查点的日志不在信任规则之中",
  signature: "签名验证不通过",
  "no-signature": "没有受信任的日志签名",
  quorum: "见证人的联署不够信任规则规定的数目",
  commitment: "所披露的内容与公开条目中的承诺不符",
};

/** A fault whose place is not known yet: thrown by readers of parts, caught where the line is known. */
export class Fault extends Error {
  constructor(fault) {
    super(FAULTS[fault]);
    this.fault = fault;
  }
}

/** A text or file that is not what it should be. `line`: from 1; null for the whole. */
export class Malformed extends Error {
  constructor(form, fault, line = null) {
    super(`${FORMS[form]}${line === null ? "" : `第 ${line} 行`}：${FAULTS[fault]}`);
    this.name = "Malformed";
    this.code = `${form}.${fault}`;
    this.line = line;
  }

  get place() {
    return this.line === null ? "whole" : `line ${this.line}`;
  }
}

/** Well formed, but it does not prove what it should. */
export class Unproven extends Error {
  constructor(reason, whose = null) {
    super(whose === null ? UNPROVEN[reason] : `“${whose}”的${UNPROVEN[reason]}`);
    this.name = "Unproven";
    this.code = `unproven.${reason}`;
  }
}

/** Runs a reader of a part; its fault gets form and line. */
export function at(form, line, read) {
  try {
    return read();
  } catch (fault) {
    throw fault instanceof Fault ? new Malformed(form, fault.fault, line) : fault;
  }
}

/** The same for readers that wait. */
export async function atLater(form, line, read) {
  try {
    return await read();
  } catch (fault) {
    throw fault instanceof Fault ? new Malformed(form, fault.fault, line) : fault;
  }
}
