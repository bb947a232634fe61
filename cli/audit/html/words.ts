import { type Content, markup } from "../../plan/html/markup.ts";

/** What is typed: a command of cmk, ceph or s3cmd with its words, or one of the engine's. */
const command =
  /((?:cmk|ceph) [a-z]+ [a-z]+(?: (?:[a-z]+=[^\s,]*[^\s,.)]|client\.[\w.-]*\w))*|s3cmd [a-z]+(?: --[a-z-]+)? s3:\/\/[a-z0-9.-]*[a-z0-9]|pulumi (?:up|import))/;

/** A text with what is typed as such, to be copied as a whole. */
export function withCommands(text: string): Content {
  return text.split(command).map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : part));
}
