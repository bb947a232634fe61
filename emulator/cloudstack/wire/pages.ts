import { failBare, invalid } from "../models/errors.ts";

/** Default and greatest size of a page (`default.page.size`): an unpaged list is cut there. */
const largestPage = 500;

export interface Page {
  readonly start: number;
  readonly size: number;
}

/** Which part of a list is asked for. @throws {ApiError} 431 when page and pagesize do not come together or are too large. */
export function pageOf(parameters: ReadonlyMap<string, string>): Page {
  const named = (name: string) => [...parameters].find(([key]) => key.toLowerCase() === name)?.[1];
  const page = named("page");
  const size = named("pagesize");
  if (page === undefined && size === undefined) return { start: 0, size: largestPage };
  if (page === undefined) throw failBare(431, '"page" parameter is required when "pagesize" is specified');
  if (size === undefined) throw failBare(431, '"pagesize" parameter is required when "page" is specified');
  if (Number(size) > largestPage || Number(size) < 0) {
    throw invalid(`Page size can't exceed max allowed page size value: ${largestPage}`);
  }
  return { start: Math.max(0, Number(page) - 1) * Number(size), size: Number(size) };
}
