// What was proved, in plain words.
import { sha256 } from "./crypto.js";

const CLASSES = { permit: "行政许可", penalty: "行政处罚", register: "登记", erase: "删除个人信息", reads: "查阅记录", matter: "其他权力事项", close: "每日清点", shard: "日志起始" };

const NAMES = {
  actor: "办理账号（代号）", body: "机关代号", cause: "由哪个事件引起", class: "公开类别", command_id: "操作编号",
  event_id: "事件编号", happened_on: "法定日期", jurisdiction: "行政区划", kind: "行为种类", made_with: "所用版本",
  post: "岗位代号", recorded_at: "记录时间（世界时）", schema: "记录格式", stream: "办件", version: "在办件中的序号",
  "payload.act": "行为", "payload.decision": "决定内容", "payload.decided_on": "决定日期", "payload.accepted_on": "受理日期",
  "payload.certificate_no": "证件编号", "payload.sha256": "文书的 SHA-256", "payload.bytes": "文书的字节数",
  "payload.paper_id": "文书代号", "payload.reasons": "理由", "payload.served_on": "送达日期", "payload.service": "送达方式",
  "payload.channel": "申请方式", "payload.case_no": "办件编号", "payload.received_on": "收到日期",
  "payload.proof_of_arrival": "较早到达的证明", "payload.form": "申请表", "payload.materials": "材料清单", "payload.applicant": "申请人", "payload.item": "事项",
};

/** Nested values as indented lines, without the marks of the format. */
function outline(json, indent = "") {
  if (json === null || json === "") return "（无）";
  if (typeof json !== "object") return String(json);
  const parts = Array.isArray(json) ? json.map((value) => ["—", value]) : Object.entries(json).map(([key, value]) => [`${key}：`, value]);
  if (parts.length === 0) return "（无）";
  const lines = parts.map(([mark, value]) => {
    const text = outline(value, `${indent}　`);
    return text.includes("\n") ? `${indent}${mark}\n${text}` : `${indent}${mark} ${text.trim()}`;
  });
  return lines.join("\n");
}

/** The value as it was sealed. */
function plain(name, value) {
  if (!name.startsWith("payload.")) return value;
  try {
    return outline(JSON.parse(value));
  } catch {
    return value;
  }
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const moment = (seconds) => {
  const at = new Date(Number(seconds) * 1000);
  return Number.isNaN(at.getTime()) ? String(seconds) : at.toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" });
};

/** Words for what `verifyAct` proved, and whether a paper brought along is the one that was sealed. */
export async function explain(proved, paper) {
  const { leaf, fields } = proved;
  const lines = [
    `这个行为封存在公开日志 ${proved.log} 的第 ${proved.index} 号，日志签名时共有 ${proved.size} 条。` +
      `日志上公开的是：${CLASSES[leaf.class] ?? leaf.class}，${leaf.day}（世界时），机关代号 ${leaf.organ}。`,
  ];
  if (paper !== null) {
    const sealed = fields.find(({ name }) => name === "payload.sha256")?.value;
    if (sealed === undefined) {
      return { wrong: ["凭证本身有效，但它没有显示文书的 SHA-256，不能核对这份文书。请下载“文书制成”这一行为的凭证。"] };
    }
    if (sealed !== `"${hex(await sha256(paper))}"`) {
      return { wrong: ["凭证本身有效，但这份 PDF 不是当时封存的那一份：内容不同。", "请向办理机关索取原来的文书，或者向监督机关反映。"] };
    }
    lines.push("这份 PDF 就是当时封存的那一份，一个字节也没有改动。");
  }
  for (const { name, time } of proved.witnesses ?? []) lines.push(`见证人“${name}”在 ${moment(time)} 也看到了同一份日志。`);
  lines.push(fields.length > 0 ? "下面显示的内容就是当时封存的内容：" : "这份凭证没有显示行为的内容。");
  return {
    title: "核对通过：封存过，没有被改动",
    lines,
    rows: fields.map(({ name, value }) => [NAMES[name] ?? name.replace(/^payload\./, ""), plain(name, value)]),
  };
}
