import { describe, expect, test } from "vitest";
import { stackReport } from "../../cli/report/build.ts";
import { commentOf } from "../../cli/report/comment.ts";
import { readEngineLog } from "../../cli/report/engine-log.ts";
import { reportVersion, type StackReport } from "../../cli/report/model.ts";
import { parseReport } from "../../cli/report/parse.ts";
import { scrubber } from "../../cli/report/scrub.ts";
import { type Recording, readRecording, recordings } from "./recorded/files.ts";

/** The tool on what the real engine wrote. */
function reported(name: Recording): StackReport {
  return stackReport(readEngineLog(readRecording(name)), scrubber({}));
}

const shown = (name: Recording, language: "en" | "ko" = "en") =>
  commentOf({ version: reportVersion, stacks: [reported(name)] }, language);

describe("the engine's events", () => {
  test("of a first preview are creates by layer, with the pack's findings", () => {
    const { stack, profile, operation, result, changes, findings, packs } = reported("first");
    expect({ stack, profile, operation, result }).toEqual({
      stack: "recorded",
      profile: "demo-cpu",
      operation: "preview",
      result: "failed",
    });
    expect(new Set(changes.map(({ step }) => step))).toEqual(new Set(["create"]));
    expect(new Set(changes.map(({ layer }) => layer))).toEqual(
      new Set(["foundation", "quality-gate", "service-edge", "shared-gpu-pool", "tenant-a", "tenant-b", "tenant-c"]),
    );
    const tier = changes.find(({ name }) => name === "tenant-a-tier");
    expect(tier).toMatchObject({ layer: "tenant-a", type: "cloudstack:network:Network", stopsMachine: false });
    expect(
      findings.map(({ rule, level, severity, layer, resource }) => [rule, level, severity, layer, resource]),
    ).toEqual([
      ["no-ml-of-a", "mandatory", "critical", "tenant-a", "ai-a-data-01"],
      ["no-ml-of-a", "mandatory", "critical", "tenant-a", "ai-a-ml-01"],
      ["sample-machines", "mandatory", "critical", "tenant-b", "ai-b-ml-01"],
      ["sample-machines", "mandatory", "critical", "tenant-c", "ai-c-ml-01"],
      ["strata-pack", "mandatory", "high", "", ""],
      ["sample-address", "undecided", "medium", "", ""],
      ["sample-machines", "excepted", "critical", "tenant-b", "ai-b-data-01"],
      ["sample-sum", "advisory", "low", "", ""],
      ["strata-pack", "advisory", "low", "", ""],
      ["whole-stack", "advisory", "low", "foundation", expect.any(String)],
    ]);
    expect(packs.map(({ name }) => name)).toEqual(["sample", "strata"]);
    for (const { decisions } of packs) expect(decisions).toBeGreaterThan(80);
  });

  test("tell every exception: who answers, until when, and what it covers", () => {
    expect(reported("first").exceptions).toEqual([
      expect.objectContaining({ resource: "*::ai-b-data-01", state: "in force", covers: 1, owner: "Kim | net team" }),
      expect.objectContaining({ resource: "*::ai-a-*", state: "in force", covers: 0 }),
      expect.objectContaining({ resource: "*::ai-c-ml-01", state: "expired", covers: 0, expires: "2020-01-31" }),
    ]);
  });

  test("tell every rule that the configuration asks less of, and the comment shows it", () => {
    expect(reported("first").weakened).toEqual([
      { rule: "sample-volumes", severity: "critical", normally: "mandatory", here: "disabled" },
    ]);
    expect(shown("first")).toContain("| <code>sample-volumes</code> | critical | stops | nothing: switched off |");
    expect(shown("first", "ko")).toMatch(/설정으로 약화된 정책 \(1\)[\s\S]*\| 차단 \| 비활성화 \|/);
    expect(shown("same")).not.toContain("asks less");
  });

  test("tell our own findings in both languages, whatever the run's was, and the words of a pack of others", () => {
    const { findings } = reported("first");
    const of = (rule: string) => findings.find((one) => one.rule === rule)?.message;
    expect(of("sample-sum")).toEqual({ en: "there are some machines", ko: "가상머신이 있음" });
    expect(of("sample-address")?.ko).toContain("주소를 아직 알 수 없음");
    expect(of("whole-stack")?.ko).toBe("Sums.\nthere are some resources");
  });

  test("of an update that a rule stopped still tell the exceptions, without what they cover", () => {
    const lines = readRecording("first").split("\n");
    const stopped = lines.filter((line) => !line.includes('\\"record\\":\\"end\\"')).join("\n");
    const { exceptions, findings } = stackReport(readEngineLog(stopped), scrubber({}));
    expect(exceptions).toHaveLength(3);
    for (const exception of exceptions) expect(exception).not.toHaveProperty("covers");
    expect(findings.map(({ level }) => level)).toContain("excepted");
  });

  test("whose records have lost a violation, or cannot be read, are no report", () => {
    const text = readRecording("first");
    expect(text).toContain('\\"violations\\":3');
    const more = text.replace('\\"violations\\":3', '\\"violations\\":4');
    expect(() => stackReport(readEngineLog(more), scrubber({}))).toThrow(/counted 4 violations .* tell of 3/);
    const torn = text.replace('\\"status\\":\\"excepted\\"', '\\"status\\":\\"fine\\"');
    expect(() => stackReport(readEngineLog(torn), scrubber({}))).toThrow(/record of the policy pack cannot be read/);
  });

  test("of our pack without records are what the engine says: nothing is lost", () => {
    const silent = readRecording("first")
      .split("\n")
      .filter((line) => !line.includes("strata-policies-record"));
    const { findings } = stackReport(readEngineLog(silent.join("\n")), scrubber({}));
    expect(findings.filter(({ level }) => level === "mandatory")).toHaveLength(5);
  });

  test("of a change put data that goes first, then name every machine that stops", () => {
    const { changes, unchanged } = reported("change");
    expect(changes[0]).toMatchObject({ step: "delete", name: "ai-c-ml-01-data", layer: "tenant-c", holdsData: true });
    expect(changes.filter(({ stopsMachine }) => stopsMachine).map(({ name }) => name)).toEqual([
      "ai-c-ml-01",
      "ai-b-data-01",
      "ai-b-ml-01",
      "ai-router-01",
    ]);
    expect(changes.find(({ name }) => name === "tenant-b-tier")).toMatchObject({
      step: "replace",
      properties: ["vlan"],
    });
    expect(changes.find(({ name }) => name === "ai-storage-01-data")).toMatchObject({
      step: "update",
      properties: ["sizeGib"],
      holdsData: true,
    });
    expect(unchanged).toBeGreaterThan(60);
  });

  test("of a refresh are what somebody else did", () => {
    const { operation, changes } = reported("drift");
    expect(operation).toBe("refresh");
    expect(changes.map(({ step, name }) => [step, name])).toEqual([
      ["delete", "ai-shared-01"],
      ["update", "ai-shared-01-data"],
      ["update", "tenant-a-tier"],
    ]);
  });

  test("of no change are none", () => {
    expect(reported("same")).toMatchObject({ changes: [], findings: [], errors: [], result: "succeeded" });
  });

  test("that break off leave a report that says so, and what is no log at all is refused with its line", () => {
    const lines = readRecording("first").split("\n");
    const torn = `${lines.slice(0, 60).join("\n")}\n{"sequence":61,"resour`;
    expect(stackReport(readEngineLog(torn), scrubber({})).result).toBe("incomplete");
    expect(() => readEngineLog("Previewing update (dev)\n\n{}")).toThrow(/line 1 is no event of the engine/);
  });
});

describe("the comment", () => {
  test("says loudly what loses data and what stops, before anything else", () => {
    const text = shown("change");
    const order = ["[!CAUTION]", "ai-c-ml-01-data", "[!WARNING]", "ai-router-01", "Changes by layer", "<details>"];
    const places = order.map((words) => text.indexOf(words));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(text).toContain("⚠️");
  });

  test("names rules that block, that are undecided and that advise apart, with what to do", () => {
    const text = shown("first");
    expect(text).toMatch(/⛔ Policy violations that block \(5\)/);
    expect(text).toMatch(/#### Undecided \(1\)/);
    expect(text).toMatch(/Violations that an exception covers \(1\)/);
    expect(text).toMatch(/Advice of policies \(3\)/);
    expect(text).toMatch(
      /policy pack sample: \d+ decisions .*\*\*5 blocking\*\* · 1 undecided · 1 excepted · 3 advised/,
    );
    expect(text).toMatch(/ai-b-ml-01 is wrong .* \*\*What to do:\*\* take it out/);
  });

  test("lists every exception, what has expired first and marked", () => {
    const table = shown("first").split("#### Exceptions from policies (3)")[1] ?? "";
    const rows = table
      .split("####", 1)
      .join()
      .split("\n")
      .filter((line) => line.startsWith("| <code>"));
    expect(rows.map((line) => line.split(" | ").slice(2, 6).join(" "))).toEqual([
      "⛔ expired 2020-01-31 0 lee",
      expect.stringMatching(/^in force \d{4}-\d\d-\d\d 1 Kim &#124; net team$/),
      expect.stringMatching(/^in force \d{4}-\d\d-\d\d 0 Kim &#124; net team$/),
    ]);
  });

  test("speaks Korean", () => {
    const text = shown("first", "ko");
    for (const words of [
      "차단되는 정책 위반",
      "#### 미결정 (1)",
      "정책 권고",
      "계층별 변경",
      "실패",
      "정책 예외",
      "만료",
    ])
      expect(text).toContain(words);
    expect(shown("drift", "ko")).toContain("사라짐");
    expect(text).not.toMatch(/Policy|Changes|unchanged|critical|expired|What to do/);
  });

  test("says that a pack decided nothing: silence is no consent", () => {
    const stack = { ...reported("same"), packs: [{ name: "strata", decisions: 0 }] };
    expect(commentOf({ version: reportVersion, stacks: [stack] })).toMatch(/⛔.*\n[\s\S]*strata decided nothing/);
  });

  test("says of drift what is gone, unfolded: nobody has asked for any of it", () => {
    const text = shown("drift");
    expect(text).toMatch(/> \[!WARNING\]\n> \*\*1 machine is gone\*\*\n> - \*\*is gone\*\* <code>ai-shared-01/);
    expect(text).toContain("<details open>");
    expect(text).not.toContain("would be");
    expect(shown("drift", "ko")).toContain("가상머신 1대가 사라졌습니다");
    expect(shown("change")).not.toContain("<details open>");
  });

  test("begins no line of sums as a list would", () => {
    for (const name of recordings) expect(shown(name)).not.toMatch(/^[+-] \d/m);
  });

  test("is found again by its hidden marker, which stands at its very start", () => {
    for (const name of recordings) expect(shown(name)).toMatch(/^<!-- strata-report -->\n## /);
  });
});

describe("secrets", () => {
  test("are neither in the report nor in the comment: values of properties never are", () => {
    for (const name of recordings) {
      const report = reported(name);
      expect(JSON.stringify(report)).not.toMatch(/10\.0\.\d+\.\d+|hunter2|userData":/);
      expect(JSON.stringify(report)).not.toMatch(/cloud-config|BEGIN/);
    }
  });

  test("of the environment, of addresses and of requests are blacked out in messages", () => {
    const scrub = scrubber({
      CLOUDSTACK_SECRET_KEY: "s3cr3t-value",
      CEPH_DASHBOARD_URL: "https://mgr:8443",
      SHORT_TOKEN: "ab",
    });
    const text = scrub(
      "s3cr3t-value at https://admin:pw1234@mgr:8443/?apiKey=abcdef&signature=Zm9v%3D key AQDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDA== ab",
    );
    expect(text).toBe("[secret] at https://[secret]@mgr:8443/?apiKey=[secret]&signature=[secret] key [secret] ab");
    expect(scrub("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- after")).toBe("[secret] after");
  });
});

describe("a report of a stranger's job", () => {
  const [exception] = reported("first").exceptions;
  const [finding] = reported("first").findings;
  const [weakened] = reported("first").weakened;
  const good = () => JSON.parse(JSON.stringify({ version: reportVersion, stacks: [reported("first")] }));

  test("is taken as it was written", () => {
    expect(parseReport(JSON.stringify(good()))).toEqual(good());
  });

  test.each<[string, (report: { version: unknown; stacks: Record<string, unknown>[] }) => void, RegExp]>([
    ["another version", (report) => Object.assign(report, { version: 1 }), /report\.version is not one of 3/],
    [
      "an exception in a state of its own",
      (report) => Object.assign(report.stacks[0] ?? {}, { exceptions: [{ ...exception, state: "eternal" }] }),
      /exceptions\[0\]\.state is not one of in force, expired/,
    ],
    [
      "a rule that is weakened in a way of its own",
      (report) => Object.assign(report.stacks[0] ?? {}, { weakened: [{ ...weakened, here: "<b>" }] }),
      /weakened\[0\]\.here is not one of disabled, advisory/,
    ],
    [
      "words in one language",
      (report) => Object.assign(report.stacks[0] ?? {}, { findings: [{ ...finding, message: "x" }] }),
      /findings\[0\]\.message is not an object/,
    ],
    ["no list", (report) => Object.assign(report, { stacks: {} }), /report\.stacks is not a list/],
    [
      "a step of its own",
      (report) => Object.assign(report.stacks[0] ?? {}, { changes: [{ step: "<b>" }] }),
      /changes\[0\]\.step/,
    ],
    [
      "a number for a text",
      (report) => Object.assign(report.stacks[0] ?? {}, { stack: 5 }),
      /stacks\[0\]\.stack is not a text/,
    ],
    [
      "a negative count",
      (report) => Object.assign(report.stacks[0] ?? {}, { unchanged: -1 }),
      /unchanged is not a count/,
    ],
    [
      "an inherited field",
      (report) => Reflect.deleteProperty(report.stacks[0] ?? {}, "errors"),
      /errors is not a list/,
    ],
  ])("with %s is refused, without a word of it", (_, spoil, message) => {
    const report = good();
    spoil(report);
    expect(() => parseReport(JSON.stringify(report))).toThrow(message);
  });

  test("brings no further fields with it", () => {
    const report = good();
    report.stacks[0].body = "evil";
    report.stacks[0].changes[0].html = "<script>";
    expect(parseReport(JSON.stringify(report))).toEqual(good());
  });
});
