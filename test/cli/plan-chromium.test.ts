import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { planPage } from "../../cli/plan/html/page.ts";
import { repoRoot } from "../../tools/toolchain/layout.ts";
import { pages, reported } from "./plan-profiles.ts";

/** The page as a real browser lays it out. Pictures of it stay in `.strata/artifacts`, for people to look at. */
const artifacts = join(repoRoot, ".strata/artifacts");
const folder = mkdtempSync(join(tmpdir(), "strata-page-"));
const width = 1280;
/** Ends what hangs: a browser takes seconds to start on a busy machine. */
const timeout = 180_000;
const inspection = readFileSync(join(import.meta.dirname, "inspect-page.js"), "utf8");

const browser = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((path) => join(path, name)))
  .find((file) => existsSync(file));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Findings {
  problems: string[];
  texts: number;
  height: number;
}

describe.skipIf(browser === undefined)("in a real browser (skipped where no Chromium is on PATH)", { timeout }, () => {
  test.each(pages)(
    "the page of $name overflows nothing and asks nobody for anything",
    ({ name, profile, overrides }) => {
      const page = planPage(reported(profile, overrides).report);
      const { problems, texts, height } = inspected(name, page);
      picture(name, page, height);
      expect(texts).toBeGreaterThan(50);
      expect(problems).toEqual([]);
    },
  );

  test("the check finds what overflows, overlaps and is asked for", () => {
    const page = planPage(reported("demo-cpu").report)
      .replace(">ai-gateway-01</text>", ">a-gateway-with-far-too-long-a-name-for-its-box</text>")
      .replace("<h1>", `<img src="http://localhost:65530/none.png"/><p style="width:3000px">wide</p><h1>`);
    const { problems } = inspected("broken", page);
    for (const kind of ["takes", "overlaps", "request", "wider than the window"]) {
      expect(
        problems.filter((problem) => problem.includes(kind)),
        kind,
      ).not.toEqual([]);
    }
  });
});

/** Loads the page with a script in it that measures everything and writes down what is wrong. */
function inspected(name: string, page: string): Findings {
  const file = join(folder, `${name}.html`);
  writeFileSync(
    file,
    page.replace("</body>", () => `<script>${inspection}</script></body>`),
  );
  const dom = chromium("--dump-dom", `--window-size=${width},2000`, pathToFileURL(file).href);
  const [, found] = /data-findings="([^"]*)"/.exec(dom) ?? [];
  if (found === undefined) throw new Error(`the browser measured nothing: ${dom.slice(0, 500)}`);
  return JSON.parse(
    found.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
}

function picture(name: string, page: string, height: number): void {
  mkdirSync(artifacts, { recursive: true });
  const file = join(artifacts, `plan-${name}.html`);
  writeFileSync(file, page);
  const url = pathToFileURL(file).href;
  chromium(`--screenshot=${join(artifacts, `plan-${name}.png`)}`, `--window-size=${width},${height}`, url);
}

function chromium(...words: string[]): string {
  const profile = `--user-data-dir=${join(folder, "profile")}`;
  const quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"];
  return execFileSync(browser ?? "", [...quiet, profile, ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}
