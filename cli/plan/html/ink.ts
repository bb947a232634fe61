import type { VmReport } from "../report.ts";
import { type Content, type Markup, markup } from "./markup.ts";

/** What drawings have in common: colours by owner, and text that is known to fit. */

/** How many colours tenants take in turn. */
const tenantTones = 6;
const platformTones = { 2: "gate", 3: "shared", 4: "edge" } as const;

/** CSS class of a machine's colour: the platform's layers have their own, tenants take turns. */
export function toneOf({ owner, layer }: Pick<VmReport, "owner" | "layer">, tenants: readonly string[]): string {
  if (layer !== 1) return `tone-${platformTones[layer]}`;
  return `tone-t${Math.max(0, tenants.indexOf(owner)) % tenantTones}`;
}

/** Advance of one character of the usual monospaced fonts, in ems. */
const monoAdvance = 0.605;

/** Width in pixels of a name set in the monospaced font. */
export function monoWidth(text: string, fontSize: number): number {
  return [...text].reduce((sum, character) => sum + (isWide(character) ? 1.05 : monoAdvance), 0) * fontSize;
}

/** Width in pixels that text takes at most in the usual proportional fonts, which differ. */
export function textWidth(text: string, fontSize: number): number {
  return [...text].reduce((sum, character) => sum + advanceOf(character), 0) * fontSize;
}

function advanceOf(character: string): number {
  if (isWide(character)) return 1.05;
  if (/[iljtfrI.,:;'|! ()[\]/-]/.test(character)) return 0.42;
  if (/[mwMW@%→×]/.test(character)) return 1;
  return /[A-Z0-9+=<>~#&]/.test(character) ? 0.72 : 0.64;
}

/** Hangul, Han and Kana are as wide as they are high. */
function isWide(character: string): boolean {
  return (character.codePointAt(0) ?? 0) >= 0x1100;
}

export interface TextOptions {
  x: number;
  y: number;
  /** Pixels that it may take. What is too long is cut, and said whole when pointed at. */
  room: number;
  size?: number;
  font?: "mono" | "sans";
  anchor?: "start" | "middle" | "end";
  /** Further classes, such as `strong` or `faint`. */
  look?: string;
}

/** One line of text in a drawing, never wider than its room. */
export function line(text: string, options: TextOptions): Markup {
  const { x, y, room, size = 10, font = "sans", anchor = "start", look = "" } = options;
  const width = font === "mono" ? monoWidth : textWidth;
  const shown = cut(text, room, (candidate) => width(candidate, size));
  const title: Content = shown !== text && markup`<title>${text}</title>`;
  return markup`<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}" class="${font} ${look}" data-room="${round(room)}">${title}${shown}</text>`;
}

function cut(text: string, room: number, width: (text: string) => number): string {
  if (width(text) <= room) return text;
  const characters = [...text];
  while (characters.length > 0 && width(`${characters.join("")}…`) > room) characters.pop();
  return characters.length > 0 ? `${characters.join("")}…` : "";
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A drawing that shrinks with the page, and never grows beyond its own measure. */
export function drawing(label: string, width: number, height: number, content: Content): Markup {
  const box = `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" viewBox="${box}" style="max-width:${Math.ceil(width)}px">${content}</svg>\n`;
}
