import { describe, expect, test } from "vitest";
import { markup } from "../../cli/plan/html/markup.ts";
import { planPage } from "../../cli/plan/html/page.ts";
import type { PlanReport } from "../../cli/plan/report.ts";
import { leftOutText } from "../../cli/plan/words.ts";
import { hardOverrides, longName, pages, reported } from "./plan-profiles.ts";
import { all, type Element, parseXml, textOf } from "./xml.ts";

describe.each(pages)("the page of $name", ({ profile, overrides }) => {
  const { report } = reported(profile, overrides);
  const page = planPage(report);
  const root = parseXml(page);

  test("is well-formed and asks nobody for anything", () => {
    expect(page.startsWith("<!DOCTYPE html>\n<html")).toBe(true);
    const names = all(root, "html").flatMap((html) => [html, ...descendants(html)]);
    expect(names.filter(({ name }) => ["script", "link", "img", "iframe", "image", "use", "a"].includes(name))).toEqual(
      [],
    );
    for (const { name, attributes } of names) {
      const asking = Object.keys(attributes).filter((key) => /^(on.*|src|href|xlink:href|action|data)$/.test(key));
      expect(asking, name).toEqual([]);
    }
    expect(page.match(/@import|url\((?!#)/g)).toBeNull();
  });

  test("says every machine with its places, and every figure of the plan that tables hold", () => {
    const text = textOf(root);
    for (const { name, nics } of report.vms) {
      expect(text).toContain(name);
      for (const { address } of nics) expect(text).toContain(address);
    }
    for (const { displayName } of report.tenants) expect(text).toContain(displayName);
    for (const { name } of report.storage.pools) expect(text).toContain(name);
    for (const { message } of report.compromises) expect(text).toContain(message);
    for (const { because } of report.failures.flatMap(({ leftOut }) => leftOut)) expect(text).toContain(because);
    for (const failure of report.failures) expect(text).toContain(leftOutText(failure));
  });

  test("draws every network, leg, host and card", () => {
    const topology = drawingOf(root, "Networks, machines and allowed flows");
    const drawn = withClass(topology, "block").length;
    const layers = all(topology, "text").filter((text) => textOf(text).includes("layer ")).length;
    const legs = report.vms.reduce((sum, { nics }) => sum + nics.length, 0);
    expect(withClass(topology, "lane")).toHaveLength(report.networks.length);
    expect(drawn - legendChips(report)).toBe(legs);
    expect(layers).toBeGreaterThan(0);
    expect(withClass(topology, "head")).toHaveLength(1);
    for (const { name, vcpus, vms } of report.hosts) {
      const bars = withClass(drawingOf(root, `vCPU and memory of ${name}`), "block");
      expect(bars).toHaveLength(2 * vms.length);
      const lengths = bars.slice(0, vms.length).reduce((sum, { attributes }) => sum + Number(attributes.width), 0);
      const [trough] = withClass(drawingOf(root, `vCPU and memory of ${name}`), "trough");
      expect(lengths / Number(trough?.attributes.width)).toBeCloseTo(vcpus.used / vcpus.capacity, 2);
    }
    for (const host of new Set(report.gpus.map((gpu) => gpu.host))) {
      const cards = report.gpus.filter((gpu) => gpu.host === host);
      const picture = drawingOf(root, `GPU cards of ${host}`);
      expect(withClass(picture, "panel")).toHaveLength(cards.length);
      const used = cards.flatMap(({ slots }) => slots).filter(({ state }) => state === "used");
      expect(withClass(picture, "block")).toHaveLength(used.length);
    }
  });

  test("keeps every shape and line of text inside its drawing, every text in the room that it has", () => {
    for (const svg of all(root, "svg")) {
      const [, , width = 0, height = 0] = (svg.attributes.viewBox ?? "").split(" ").map(Number);
      for (const [element, dx, dy] of positioned(svg)) {
        const { x, y, width: own = "0", height: tall = "0" } = element.attributes;
        if (x === undefined || y === undefined) continue;
        const [left, top] = [Number(x) + dx, Number(y) + dy];
        const what = `${element.name} ${textOf(element)} at ${left}, ${top}`;
        expect(left, what).toBeGreaterThanOrEqual(0);
        expect(left + Number(own), what).toBeLessThanOrEqual(width);
        expect(top, what).toBeGreaterThanOrEqual(0);
        expect(top + Number(tall), what).toBeLessThanOrEqual(height);
      }
      for (const text of all(svg, "text")) {
        // DejaVu Sans Mono and Liberation Mono, the widest of the usual ones: 0.602 em.
        const size = Number(text.attributes["font-size"]);
        if (!text.attributes.class?.includes("mono")) continue;
        expect(text.text.length * size * 0.602, text.text).toBeLessThanOrEqual(
          Number(text.attributes["data-room"]) + 0.5,
        );
      }
    }
  });
});

test("the longest of names is whole where it is drawn", () => {
  const root = parseXml(planPage(reported("demo-cpu", hardOverrides).report));
  expect(longName).toHaveLength(63);
  const drawn = all(drawingOf(root, "Networks, machines and allowed flows"), "text").map(({ text }) => text);
  expect(drawn).toContain(longName);
});

test("markup escapes whatever is not markup", () => {
  const evil = `<b a="1" b='2'>&\u0000\u001b`;
  expect(markup`<p title="${evil}">${[evil, 1, false, undefined, markup`<i/>`]}</p>`.text).toBe(
    `<p title="&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;1<i/></p>`,
  );
});

function descendants(element: Element): Element[] {
  return element.children.flatMap((child) => [child, ...descendants(child)]);
}

function drawingOf(root: Element, label: string): Element {
  const found = all(root, "svg").filter(({ attributes }) => attributes["aria-label"] === label);
  expect(found, label).toHaveLength(1);
  return found[0] as Element;
}

function withClass(element: Element, name: string): Element[] {
  return descendants(element).filter(({ attributes }) => attributes.class?.split(" ").includes(name));
}

/** One per layer of the platform, one per tenant with machines, as long as there are colours. */
function legendChips({ vms }: PlanReport): number {
  const platform = new Set(vms.filter(({ layer }) => layer > 1).map(({ layer }) => layer)).size;
  return platform + Math.min(6, new Set(vms.filter(({ layer }) => layer === 1).map(({ owner }) => owner)).size);
}

/** Rectangles and upright texts with what their groups move them by. Turned text is the browser's to check. */
function positioned(element: Element, dx = 0, dy = 0): [Element, number, number][] {
  return element.children.flatMap((child): [Element, number, number][] => {
    const transform = child.attributes.transform ?? "";
    if (transform.includes("rotate")) return [];
    const [, x = "0", y = "0"] = /translate\(([\d.-]+) ([\d.-]+)\)/.exec(transform) ?? [];
    const own: [Element, number, number][] = ["rect", "text"].includes(child.name) ? [[child, dx, dy]] : [];
    return [...own, ...positioned(child, dx + Number(x), dy + Number(y))];
  });
}
