/** What people read, in both languages of the pack. */
export interface Text {
  readonly en: string;
  readonly ko: string;
}

/** Steps in order, in both languages. */
export interface Steps {
  readonly en: readonly string[];
  readonly ko: readonly string[];
}

export type Language = keyof Text;

/** Printed wherever references to public frameworks are. */
export const ownMapping: Text = {
  en: "own mapping, not a certification",
  ko: "자체 매핑 — 인증/적합성 판정 아님",
};
